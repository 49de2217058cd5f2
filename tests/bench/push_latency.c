/*
 * From a push to the first process that it starts.
 *
 *     push_latency NAME WORK REPO STAMPS COUNT < COMMITS
 *
 * Pushes COUNT commits (one id a line on stdin) from WORK to new branches of
 * the bare repository REPO and waits each time until a line with the commit's
 * id stands in the file STAMPS (see stamp.c). Two times are printed: from the
 * moment the ref was renamed into place (seen by inotify), and from the moment
 * `git push` returned (negative: it was already running).
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE_NS 10000000000LL
#define OID_LENGTH 40

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

static pid_t push(const char *work, const char *repo, const char *oid, int i)
{
	char spec[128];
	pid_t pid;

	snprintf(spec, sizeof(spec), "%s:refs/heads/bench-%d", oid, i);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 2);
		execlp("git", "git", "-C", work, "push", "-q", repo, spec,
		       (char *)NULL);
		_exit(127);
	}
	return pid;
}

/* Wait until a ref appears under its final name (not NAME.lock). */
static long long wait_for_ref(int watch)
{
	char bytes[4096]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	struct pollfd ready = {.fd = watch, .events = POLLIN};

	while (poll(&ready, 1, 10000) > 0) {
		long long seen = now();
		ssize_t length = read(watch, bytes, sizeof(bytes));

		for (ssize_t at = 0; at < length;) {
			struct inotify_event *event = (void *)(bytes + at);

			if ((event->mask & IN_MOVED_TO) &&
			    !strstr(event->name, ".lock"))
				return seen;
			at += (ssize_t)sizeof(*event) + event->len;
		}
	}
	return -1;
}

/* The time stamped for `oid`, or -1 when the deadline passes first. */
static long long wait_for_stamp(const char *path, const char *oid, long *offset)
{
	long long deadline = now() + DEADLINE_NS;
	struct timespec pause = {0, 100000};
	char line[256];

	while (now() < deadline) {
		FILE *file = fopen(path, "r");

		if (file && fseek(file, *offset, SEEK_SET) == 0 &&
		    fgets(line, sizeof(line), file) && strchr(line, '\n')) {
			*offset = ftell(file);
			fclose(file);
			if (strstr(line, oid))
				return strtoll(line, NULL, 10);
			continue;
		}
		if (file)
			fclose(file);
		nanosleep(&pause, NULL);
	}
	return -1;
}

static int ascending(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static void print(const char *what, double *ms, int count)
{
	qsort(ms, (size_t)count, sizeof(*ms), ascending);
	printf("  %-34s p50 %7.2f ms   p99 %7.2f ms\n", what, ms[count / 2],
	       ms[(int)((count - 1) * 0.99)]);
}

int main(int count, char **words)
{
	int pushes = count == 6 ? (int)strtol(words[5], NULL, 10) : 0;
	double *from_ref = calloc((size_t)pushes + 1, sizeof(double));
	double *from_exit = calloc((size_t)pushes + 1, sizeof(double));
	char dir[4096], oid[64], what[128];
	int watch = inotify_init1(IN_CLOEXEC);
	long offset = 0;

	if (pushes < 1)
		return 2;
	snprintf(dir, sizeof(dir), "%s/refs/heads", words[3]);
	if (inotify_add_watch(watch, dir, IN_MOVED_TO) < 0)
		return 1;
	for (int i = 0; i < pushes && fgets(oid, sizeof(oid), stdin); i++) {
		long long ref, done, stamp;
		pid_t pid;

		oid[OID_LENGTH] = '\0';
		pid = push(words[2], words[3], oid, i);
		ref = wait_for_ref(watch);
		waitpid(pid, NULL, 0);
		done = now();
		stamp = wait_for_stamp(words[4], oid, &offset);
		if (ref < 0 || stamp < 0) {
			fprintf(stderr, "push %d was not seen\n", i);
			return 1;
		}
		from_ref[i] = (double)(stamp - ref) / 1e6;
		from_exit[i] = (double)(stamp - done) / 1e6;
	}
	snprintf(what, sizeof(what), "%s: ref moved -> process", words[1]);
	print(what, from_ref, pushes);
	snprintf(what, sizeof(what), "%s: push returned -> process", words[1]);
	print(what, from_exit, pushes);
	free(from_ref);
	free(from_exit);
	return 0;
}
