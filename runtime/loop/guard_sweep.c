#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/cgroup.h"
#include "runtime/loop/guard.h"

enum { ENVIRONMENT_MAX = 1024 * 1024, PASSES = 20 };

static bool has_entry(const struct buf *text, const char *entry)
{
	const char *at = text->data;
	const char *end = at + text->length;

	while (at && at < end) {
		if (strcmp(at, entry) == 0)
			return true;
		at += strlen(at) + 1;
	}
	return false;
}

static bool read_environment(const char *pid, struct buf *text)
{
	char path[512];
	ssize_t length;
	char *room;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/environ", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	buf_clear(text);
	while ((room = buf_reserve(text, 16384)) != NULL &&
	       (length = read(fd, room, 16384)) > 0) {
		text->length += (size_t)length;
		text->data[text->length] = '\0';
	}
	close(fd);
	return text->length > 0;
}

/* One look at every process. */
static unsigned sweep_once(const char *entry, struct buf *text)
{
	unsigned killed = 0;
	struct dirent *found;
	DIR *dir = opendir("/proc");

	while (dir && (found = readdir(dir)) != NULL) {
		pid_t pid = (pid_t)strtol(found->d_name, NULL, 10);
		int fd;

		if (pid <= 0 || pid == getpid())
			continue;
		/* Opened before the look: the right one is killed. */
		fd = (int)syscall(SYS_pidfd_open, pid, 0);
		if (fd < 0)
			continue;
		if (read_environment(found->d_name, text) &&
		    has_entry(text, entry) &&
		    syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0)
			killed++;
		close(fd);
	}
	if (dir)
		closedir(dir);
	return killed;
}

unsigned guard_sweep(const char *cookie)
{
	char *entry = mem_printf("TIDEMILL_RUN=%s", cookie);
	unsigned killed = 0;
	struct buf text;

	buf_init(&text, ENVIRONMENT_MAX);
	/* Again, for what was forked while we looked. */
	for (int i = 0; i < PASSES; i++) {
		unsigned now = sweep_once(entry, &text);

		killed += now;
		if (now == 0)
			break;
		usleep(1000); /* NOLINT: a killed one takes a moment to go */
	}
	cgroup_sweep(cookie);
	buf_release(&text);
	mem_free(entry);
	return killed;
}

/* Does a child get these namespaces? */
static bool may_unshare(int flags)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(flags) == 0 ? 0 : 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void guard_describe(struct buf *text)
{
	if (may_unshare(CLONE_NEWPID | CLONE_NEWNS))
		buf_puts(text, "guard: PID namespace; the kernel kills all "
			       "that a runner started when it dies\n");
	else if (may_unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS))
		buf_puts(text, "guard: PID namespace in a user namespace "
			       "(no sudo in steps; TIDEMILL_GUARD=groups "
			       "allows it)\n");
	else
		buf_puts(text, "guard: process groups; no right to make a PID "
			       "namespace, so a program that clears its "
			       "environment and leaves its group outlives a "
			       "killed runner\n");
	cgroup_describe(text);
}
