#include "runtime/loop/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/mem.h"

/*
 * A child shares our memory until it executes, while we stand still (as with
 * vfork): starting costs the same however much memory we hold. It runs on a
 * stack inside our frame. Sanitizers must not instrument it.
 */
#define IN_CHILD __attribute__((no_sanitize("address", "undefined", "thread")))
enum { STACK_SIZE = 16 * 1024, KERNEL_SIGSET = 8 };

struct child {
	struct spawn *spawn;
	bool clear; /* handlers have been reset by clone3 */
};

/* The kernel's own layout, which the C library's sigaction is not. */
struct kernel_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

/* clone3 resets handlers, but what we ignore stays ignored: here it is not. */
IN_CHILD static void reset_signals(bool clear)
{
	static const int ignored[] = {
		SIGPIPE, SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGCHLD, SIGUSR1,
		SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU, 32,      33}; /* glibc's */
	struct kernel_sigaction fresh = {0};
	uint64_t none = 0;

	for (unsigned i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		syscall(SYS_rt_sigaction, ignored[i], &fresh, NULL,
			KERNEL_SIGSET);
	for (int i = 1; !clear && i < NSIG; i++)
		syscall(SYS_rt_sigaction, i, &fresh, NULL, KERNEL_SIGSET);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIGSET);
}

IN_CHILD static long enter_session(struct spawn *spawn)
{
	if (!spawn->session)
		return syscall(SYS_setpgid, 0, 0);
	if (syscall(SYS_setsid) < 0)
		return -1;
	if (spawn->terminal)
		return syscall(SYS_ioctl, spawn->fds[0], TIOCSCTTY, 0);
	return 0;
}

IN_CHILD static long place_streams(struct spawn *spawn)
{
	int *fds = spawn->fds;

	/* Out of the way first: we may have been started without 0, 1, 2. */
	for (int i = 0; i < 3; i++)
		if (fds[i] < 3 && fds[i] != i &&
		    (fds[i] = (int)syscall(SYS_fcntl, fds[i], F_DUPFD, 3)) < 0)
			return -1;
	for (int i = 0; i < 3; i++) {
		long status = fds[i] == i ? syscall(SYS_fcntl, i, F_SETFD, 0)
					  : syscall(SYS_dup3, fds[i], i, 0);

		if (status < 0)
			return -1;
	}
	syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
	return 0;
}

IN_CHILD static void execute(struct spawn *spawn)
{
	syscall(SYS_execve, spawn->path, spawn->argv, spawn->env);
	if (errno != ENOEXEC)
		return;
	/* A script without "#!" is for the shell, as execvp does it. */
	spawn->argv[-1] = (char *)(uintptr_t) "/bin/sh";
	spawn->argv[0] = (char *)(uintptr_t)spawn->path;
	syscall(SYS_execve, "/bin/sh", spawn->argv - 1, spawn->env);
}

IN_CHILD static int child_main(void *argument)
{
	struct child *child = argument;
	struct spawn *spawn = child->spawn;

	if (!spawn->detached)
		syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	spawn->stage = SPAWN_SESSION;
	if (enter_session(spawn) < 0)
		goto failed;
	spawn->stage = SPAWN_NAMESPACE;
	if (spawn->mounts >= 0 &&
	    syscall(SYS_setns, spawn->mounts, CLONE_NEWNS) < 0)
		goto failed;
	spawn->stage = SPAWN_STREAMS;
	if (place_streams(spawn) < 0)
		goto failed;
	spawn->stage = SPAWN_CWD;
	if (spawn->cwd && syscall(SYS_chdir, spawn->cwd) < 0)
		goto failed;
	spawn->stage = SPAWN_EXEC;
	reset_signals(child->clear);
	execute(spawn);
failed:
	spawn->why = errno;
	syscall(SYS_exit, 127);
	__builtin_unreachable();
}

#if defined(__x86_64__) && !defined(__ILP32__)
/* clone3 with a stack of its own: the C library has no wrapper for it. */
static long clone_with(struct clone_args *args, struct child *child)
{
	long status;

	__asm__ volatile(
		"syscall\n\t"
		"test %%rax, %%rax\n\t"
		"jnz 1f\n\t"
		"xor %%ebp, %%ebp\n\t"
		"mov %[child], %%rdi\n\t"
		"call *%[main]\n\t"
		"hlt\n"
		"1:"
		: "=a"(status)
		: "0"((long)SYS_clone3), "D"(args),
		  "S"(sizeof(*args)), [child] "r"(child), [main] "r"(child_main)
		: "rcx", "r11", "memory", "cc");
	if (status < 0) {
		errno = (int)-status;
		return -1;
	}
	return status;
}
#else
static long clone_with(struct clone_args *args, struct child *child)
{
	(void)args;
	(void)child;
	errno = ENOSYS;
	return -1;
}
#endif

static pid_t clone_child(struct spawn *spawn)
{
	_Alignas(64) char stack[STACK_SIZE];
	struct child child = {.spawn = spawn, .clear = true};
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD |
			 CLONE_CLEAR_SIGHAND,
		.pidfd = (uintptr_t)&spawn->pidfd,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)stack,
		.stack_size = sizeof(stack),
	};
	long pid;

	if (spawn->cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)spawn->cgroup;
	}
	pid = clone_with(&args, &child);
	if (pid < 0 && spawn->cgroup >= 0) {
		spawn->cgroup = -1; /* not allowed: then without */
		args.flags &= ~CLONE_INTO_CGROUP;
		pid = clone_with(&args, &child);
	}
	if (pid >= 0 || (errno != ENOSYS && errno != EPERM))
		return (pid_t)pid;
	/* Containers forbid clone3; then the child stays in our cgroup. */
	child.clear = false;
	return clone(child_main, stack + sizeof(stack),
		     CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &child,
		     &spawn->pidfd);
}

int spawn_run(struct spawn *spawn)
{
	sigset_t all;
	sigset_t before;

	spawn->stage = SPAWN_CLONE;
	spawn->why = 0;
	spawn->pidfd = -1;
	/* No handler of ours may run in the child, on our memory. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	spawn->pid = clone_child(spawn);
	if (spawn->pid < 0)
		spawn->why = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (spawn->why == 0)
		return 0;
	if (spawn->pid > 0) {
		waitpid(spawn->pid, NULL, __WALL);
		close(spawn->pidfd);
	}
	spawn->pid = 0;
	spawn->pidfd = -1;
	return -1;
}

static bool is_program(const char *path)
{
	struct stat info;

	if (access(path, X_OK) != 0 || stat(path, &info) != 0)
		return false;
	if (!S_ISDIR(info.st_mode))
		return true;
	errno = EACCES;
	return false;
}

char *spawn_lookup(const char *name, const char *path)
{
	int why = ENOENT;

	if (strchr(name, '/'))
		return mem_copy(name);
	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	while (*name && path) {
		const char *end = strchrnul(path, ':');
		char *file = end == path
				     ? mem_printf("./%s", name)
				     : mem_printf("%.*s/%s", (int)(end - path),
						  path, name);

		if (is_program(file))
			return file;
		if (errno == EACCES)
			why = EACCES; /* tell this if nothing better comes */
		mem_free(file);
		path = *end ? end + 1 : NULL;
	}
	errno = why;
	return NULL;
}
