/*
 * Starting processes: ours beside a bare posix_spawn + pipe loop.
 *
 *     spawn                      both, in turns: CPU a child and the ratio
 *     spawn floor COUNT JOBS     posix_spawn, read to the end, waitpid
 *     spawn ours COUNT JOBS      proc_start, output captured
 *     spawn guarded COUNT JOBS   ditto inside a guard
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "runtime/loop/guard.h"
#include "runtime/loop/proc.h"

enum { COUNT = 5000, JOBS = 2, JOBS_MAX = 64, ROUNDS = 5 };

static const char *const program[] = {"/bin/true", NULL};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* The floor: what any program that captures output must do. */
struct child {
	pid_t pid;
	int fd;
};

static struct child start_child(void)
{
	posix_spawn_file_actions_t actions;
	struct child child;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		fail("pipe2");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	if (posix_spawn(&child.pid, program[0], &actions, NULL,
			(char *const *)(uintptr_t)program, environ) != 0)
		fail("posix_spawn");
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	child.fd = ends[0];
	return child;
}

static void run_floor(int count, int jobs)
{
	struct child children[JOBS_MAX];
	struct pollfd fds[JOBS_MAX];
	char bytes[65536];
	int started = 0;
	int running = 0;

	while (started < count || running > 0) {
		while (running < jobs && started < count) {
			children[running] = start_child();
			fds[running].fd = children[running].fd;
			fds[running++].events = POLLIN;
			started++;
		}
		poll(fds, (nfds_t)running, -1);
		for (int i = running - 1; i >= 0; i--) {
			if (!fds[i].revents ||
			    read(fds[i].fd, bytes, sizeof(bytes)) > 0)
				continue;
			close(fds[i].fd);
			waitpid(children[i].pid, NULL, 0);
			children[i] = children[--running];
			fds[i] = fds[running];
		}
	}
}

struct bench {
	uv_loop_t loop;
	struct guard *guard;
	struct proc procs[JOBS_MAX];
	int left;
};

static void start_next(struct proc *proc, struct bench *bench);

static void on_done(struct op *op)
{
	struct proc *proc = (struct proc *)op;

	if (op->error || proc->status != 0)
		fail(op->error ? op->error->message : "a process failed");
	op->release(op);
	start_next(proc, op->waiter);
}

static void start_next(struct proc *proc, struct bench *bench)
{
	struct proc_options options = {.argv = program,
				       .err = PROC_OUTPUT_MERGE,
				       .guard = bench->guard};

	if (bench->left-- <= 0)
		return;
	memset(proc, 0, sizeof(*proc));
	proc->op.done = on_done;
	proc->op.waiter = bench;
	proc_start(proc, &bench->loop, &options);
}

static void run_ours(int count, int jobs, bool guarded)
{
	static struct bench bench;
	char cookie[32]; /* of our own: a guard kills what had it before */
	struct guard_options options = {.cookie = cookie};

	snprintf(cookie, sizeof(cookie), "bench-%d", (int)getpid());
	bench.left = count;
	bench.guard = guarded ? guard_init(&options, NULL) : NULL;
	uv_loop_init(&bench.loop);
	for (int i = 0; i < jobs; i++)
		start_next(&bench.procs[i], &bench);
	uv_run(&bench.loop, UV_RUN_DEFAULT);
	uv_loop_close(&bench.loop);
	guard_end(bench.guard);
}

static void run(const char *name, int count, int jobs)
{
	if (strcmp(name, "floor") == 0)
		run_floor(count, jobs);
	else
		run_ours(count, jobs, strcmp(name, "guarded") == 0);
}

/* CPU of a fresh process and its children that runs it, in microseconds. */
static double measure(const char *name)
{
	struct rusage used;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		run(name, COUNT / ROUNDS, JOBS);
		_exit(0);
	}
	if (wait4(pid, &status, 0, &used) != pid || status != 0)
		fail(name);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static void compare(void)
{
	static const char *const names[] = {"floor", "ours", "guarded"};
	double sums[3] = {0};

	/* In turns, so that what else the machine does hits all alike. */
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < 3; i++)
			sums[i] += measure(names[i]);
	printf("%d x /bin/true, %d at a time, output captured\n", COUNT, JOBS);
	for (int i = 0; i < 3; i++)
		printf("  %-8s %6.0f us CPU a child  %.3fx\n", names[i],
		       sums[i] / COUNT, sums[i] / sums[0]);
}

int main(int count, char **words)
{
	int jobs = count > 3 ? (int)strtol(words[3], NULL, 10) : JOBS;

	signal(SIGPIPE, SIG_IGN);
	if (count == 1)
		compare();
	else if (count > 2 && jobs > 0 && jobs <= JOBS_MAX)
		run(words[1], (int)strtol(words[2], NULL, 10), jobs);
	else
		return 2;
	return 0;
}
