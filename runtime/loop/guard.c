#include "runtime/loop/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/guard_parts.h"
#include "runtime/loop/guard_spawn.h"

enum { END_MS = 200 };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Fork with `flags`; the child becomes the guardian. Its first byte, or -1. */
static int start_guardian(struct guard *guard, unsigned long flags,
			  const char *cookie)
{
	int ends[2];
	char answer;
	long pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0) {
		close(ends[0]);
		if (flags)
			guardian_of_namespace(ends[1]);
		guardian_of_groups(ends[1], cookie);
	}
	close(ends[1]);
	if (pid < 0 || read(ends[0], &answer, 1) != 1) {
		close(ends[0]);
		if (pid > 0)
			waitpid((pid_t)pid, NULL, 0);
		return -1;
	}
	guard->pid = (pid_t)pid;
	guard->link = ends[0];
	return answer;
}

static int open_namespace(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t length = (ssize_t)strlen(text);
	bool written = fd >= 0 && write(fd, text, (size_t)length) == length;

	if (fd >= 0)
		close(fd);
	return written ? 0 : -1;
}

/* Whoever we are stays who we are; every other user becomes "nobody". */
static bool enter_user_namespace(void)
{
	uid_t user = geteuid();
	gid_t group = getegid();
	char map[64];

	if (unshare(CLONE_NEWUSER) != 0)
		return false;
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "%u %u 1", user, user);
	if (write_file("/proc/self/uid_map", map) != 0)
		return false;
	snprintf(map, sizeof(map), "%u %u 1", group, group);
	return write_file("/proc/self/gid_map", map) == 0;
}

static void stop_guardian(struct guard *guard)
{
	struct pollfd ended = {.events = POLLIN};

	if (guard->pid == 0)
		return;
	close_fd(&guard->link);
	close_fd(&guard->inner_pids);
	close_fd(&guard->own_pids);
	close_fd(&guard->mounts);
	if (guard->kind == GUARD_NAMESPACE)
		kill(guard->pid, SIGKILL);
	/* A namespace's init ends last, after we have reaped our children. */
	ended.fd = (int)syscall(SYS_pidfd_open, guard->pid, 0);
	if (ended.fd >= 0) {
		poll(&ended, 1, END_MS);
		close(ended.fd);
	}
	waitpid(guard->pid, NULL, WNOHANG);
	guard->pid = 0;
}

static bool start_namespace(struct guard *guard, bool user)
{
	int answer = start_guardian(guard, CLONE_NEWPID, NULL);

	if (answer < 0)
		return false;
	guard->kind = GUARD_NAMESPACE;
	guard->inner_pids = open_namespace(guard->pid, "pid");
	guard->own_pids = open_namespace(getpid(), "pid");
	if (answer == 'p')
		guard->mounts = open_namespace(guard->pid, "mnt");
	if (guard->inner_pids >= 0 && guard->own_pids >= 0 &&
	    write(guard->link, "g", 1) == 1 &&
	    (!user || guard_thread_start(guard, NULL) == 0)) {
		close_fd(&guard->link);
		return true;
	}
	guard_thread_end(guard);
	stop_guardian(guard);
	return false;
}

static bool start_best(struct guard *guard, const struct guard_options *options)
{
	const char *wish = getenv("TIDEMILL_GUARD");
	bool groups =
		options->no_namespace || (wish && strcmp(wish, "groups") == 0);

	if (!groups && start_namespace(guard, false))
		return true;
	if (!groups && errno == EPERM && enter_user_namespace() &&
	    start_namespace(guard, true))
		return true;
	guard->kind = GUARD_GROUPS;
	return start_guardian(guard, 0, options->cookie) >= 0;
}

struct guard *guard_init(const struct guard_options *options,
			 struct error **err)
{
	struct guard *guard = mem_alloc(sizeof(*guard));

	guard->link = guard->inner_pids = guard->own_pids = -1;
	guard->mounts = -1;
	guard->entry = mem_printf("TIDEMILL_RUN=%s", options->cookie);
	if (start_best(guard, options)) {
		if (!options->no_cgroup)
			guard->groups = cgroup_pool_open(options->cookie);
		return guard;
	}
	error_set(err, ERROR_IO, "cannot start the guardian: %s",
		  strerror(errno));
	mem_free(guard->entry);
	mem_free(guard);
	return NULL;
}

static void free_if_over(struct guard *guard)
{
	if (!guard->ended || guard->users > 0)
		return;
	mem_free(guard->entry);
	mem_free(guard);
}

void guard_end(struct guard *guard)
{
	if (!guard)
		return;
	guard_thread_end(guard);
	stop_guardian(guard);
	cgroup_pool_close(guard->groups);
	guard->groups = NULL;
	guard->ended = true;
	free_if_over(guard);
}

struct cgroup_pool *guard_cgroups(const struct guard *guard)
{
	return guard ? guard->groups : NULL;
}

enum guard_kind guard_kind(const struct guard *guard)
{
	return guard->kind;
}

pid_t guard_pid(const struct guard *guard)
{
	return guard->pid;
}

static int spawn_inside(struct guard *guard, struct spawn *spawn)
{
	int status = -1;

	if (guard->threaded)
		return guard_thread_spawn(guard, spawn);
	/* Only this thread, only for this child. */
	if (setns(guard->inner_pids, CLONE_NEWPID) == 0)
		status = spawn_run(spawn);
	else
		spawn->why = errno;
	if (setns(guard->own_pids, CLONE_NEWPID) != 0)
		abort(); /* we could never make a thread again */
	return status;
}

/* Entering other mounts leaves one at their root; the owned absolute cwd. */
static char *absolute_cwd(const char *cwd)
{
	char *base = getcwd(NULL, 0);
	char *path =
		cwd && base ? mem_printf("%s/%s", base, cwd) : mem_copy(base);

	free(base); /* NOLINT: the C library's own */
	return path;
}

static int spawn_in_namespace(struct guard *guard, struct spawn *spawn)
{
	char *here = NULL;
	int status;

	spawn->mounts = guard->mounts;
	if (spawn->mounts >= 0 && (!spawn->cwd || spawn->cwd[0] != '/'))
		spawn->cwd = here = absolute_cwd(spawn->cwd);
	spawn->stage = SPAWN_CLONE;
	status = spawn_inside(guard, spawn);
	if (here)
		spawn->cwd = NULL;
	mem_free(here);
	return status;
}

static void tell(struct guard *guard, pid_t message)
{
	ssize_t length = 0;

	if (guard->kind == GUARD_GROUPS && guard->link >= 0)
		length = write(guard->link, &message, sizeof(message));
	(void)length; /* it has ended: nobody to tell */
}

int guard_spawn(struct guard *guard, struct spawn *spawn)
{
	int status;

	if (!guard || spawn->detached)
		return spawn_run(spawn);
	if (guard->kind == GUARD_NAMESPACE)
		status = spawn_in_namespace(guard, spawn);
	else
		status = spawn_run(spawn);
	if (status == 0) {
		guard->users++;
		tell(guard, spawn->pid);
	}
	return status;
}

void guard_ended(struct guard *guard, pid_t pid)
{
	if (!guard)
		return;
	tell(guard, -pid);
	guard->users--;
	free_if_over(guard);
}

const char **guard_environment(const struct guard *guard,
			       const char *const *env)
{
	static const char name[] = "TIDEMILL_RUN=";
	const char **made;
	size_t count = 0;
	size_t kept = 0;

	if (!guard)
		return NULL;
	while (env[count])
		count++;
	made = mem_array(count + 2, sizeof(*made));
	for (size_t i = 0; i < count; i++)
		if (strncmp(env[i], name, sizeof(name) - 1) != 0)
			made[kept++] = env[i];
	made[kept] = guard->entry;
	return made;
}
