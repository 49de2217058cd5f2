#include "runtime/loop/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"

enum { LINK = 3, PATIENCE_MS = 500 };

/* What goes through the socket. The number keeps late answers apart. */
enum what { READY, FORK, BORN, GOES_ON };

struct message {
	enum what what;
	pid_t pid;
	int64_t number;
};

struct zygote {
	pid_t pid;
	int link; /* our end of the socket */
	enum zygote_state state;
};

/* The opener's side. */

static int start(const struct zygote_options *options, int link, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	sigset_t all;
	int status;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, link, LINK);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID |
						      POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
	status = posix_spawn(pid, options->path, &actions, &attributes,
			     options->argv, options->env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

struct zygote *zygote_open(const struct zygote_options *options)
{
	struct zygote *zygote;
	int ends[2];
	pid_t pid;
	int status;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return NULL;
	status = start(options, ends[1], &pid);
	close(ends[1]);
	if (status != 0) {
		close(ends[0]);
		return NULL;
	}
	zygote = mem_alloc(sizeof(*zygote));
	zygote->pid = pid;
	zygote->link = ends[0];
	return zygote;
}

void zygote_close(struct zygote *zygote)
{
	if (!zygote)
		return;
	close(zygote->link);
	kill(zygote->pid, SIGKILL); /* it holds nothing */
	waitpid(zygote->pid, NULL, 0);
	mem_free(zygote);
}

/* 1, 0 when there is none in `ms`, or -1: the other side has ended. */
static int receive(int link, struct message *message, int ms)
{
	struct pollfd ready = {.fd = link, .events = POLLIN};
	int status;

	do
		status = poll(&ready, 1, ms);
	while (status < 0 && errno == EINTR);
	if (status <= 0)
		return status;
	return recv(link, message, sizeof(*message), MSG_DONTWAIT) ==
			       (ssize_t)sizeof(*message)
		       ? 1
		       : -1;
}

enum zygote_state zygote_state(struct zygote *zygote)
{
	struct message message;
	int status = 0;

	if (zygote->state == ZYGOTE_PREPARES)
		status = receive(zygote->link, &message, 0);
	if (status < 0)
		zygote->state = ZYGOTE_ENDED;
	else if (status > 0 && message.what == READY)
		zygote->state = ZYGOTE_READY;
	return zygote->state;
}

static bool ask(int link, int64_t number, int log)
{
	struct message message = {.what = FORK, .number = number};
	struct iovec bytes = {&message, sizeof(message)};
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr parts = {
		.msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &log, sizeof(int));
	return sendmsg(link, &parts, MSG_NOSIGNAL) == (ssize_t)sizeof(message);
}

/* Wait for the child's own word; `born` is set to its pid by the zygote's. */
static bool await_child(int link, int64_t number, pid_t *born)
{
	int64_t till = clock_monotonic() + PATIENCE_MS;
	struct message message;
	bool shut = false;

	for (;;) {
		int64_t left = till - clock_monotonic();
		int status = receive(link, &message, left > 0 ? (int)left : 0);

		if (status > 0 && message.number != number)
			continue; /* about an earlier one */
		if (status > 0)
			*born = message.pid;
		if (status > 0 && message.what == GOES_ON)
			return true;
		if (status > 0)
			continue;
		if (shut || status < 0)
			return false;
		/* From here on it cannot speak, but it may have done so. */
		shutdown(link, SHUT_RDWR);
		shut = true;
	}
}

pid_t zygote_fork(struct zygote *zygote, int64_t number, int log)
{
	pid_t born = 0;

	if (ask(zygote->link, number, log) &&
	    await_child(zygote->link, number, &born))
		return born;
	zygote->state = ZYGOTE_ENDED;
	if (born > 0) {
		kill(born, SIGKILL);
		waitpid(born, NULL, 0);
	}
	return 0;
}

/* The zygote's side. */

static void say(enum what what, pid_t pid, int64_t number)
{
	struct message message = {.what = what, .pid = pid, .number = number};

	if (send(LINK, &message, sizeof(message), MSG_NOSIGNAL) !=
	    (ssize_t)sizeof(message))
		_exit(0); /* nobody waits for us any more */
}

/* Returns the fd of the log, or -1. */
static int hear(struct message *message)
{
	struct iovec bytes = {message, sizeof(*message)};
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr parts = {
		.msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *header;
	ssize_t length;
	int log = -1;

	do
		length = recvmsg(LINK, &parts, MSG_CMSG_CLOEXEC);
	while (length < 0 && errno == EINTR);
	if (length != (ssize_t)sizeof(*message))
		_exit(0);
	header = CMSG_FIRSTHDR(&parts);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&log, CMSG_DATA(header), sizeof(log));
	return log;
}

/*
 * A fork, but the child's parent is ours. The C library remembers a thread's
 * number at `tid`, as its own fork tells the kernel, too.
 */
static pid_t fork_sibling(int *tid)
{
	unsigned long flags = CLONE_PARENT | CLONE_CHILD_SETTID |
			      CLONE_CHILD_CLEARTID | SIGCHLD;

#if defined(__x86_64__)
	return (pid_t)syscall(SYS_clone, flags, NULL, NULL, tid, NULL);
#else
	return (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, tid);
#endif
}

static void become_child(int64_t number, int log)
{
	setsid();
	if (log >= 0) {
		dup2(log, STDERR_FILENO);
		close(log);
	}
	say(GOES_ON, getpid(), number);
	close(LINK);
}

int64_t zygote_serve(void)
{
	struct message message;
	int *tid = NULL;

	prctl(PR_SET_NAME, "tidemill");
	if (prctl(PR_GET_TID_ADDRESS, &tid) != 0 || !tid)
		_exit(1); /* an unusual kernel: do without */
	fcntl(LINK, F_SETFD, FD_CLOEXEC);
	say(READY, getpid(), 0);
	for (;;) {
		int log = hear(&message);
		pid_t pid = fork_sibling(tid);

		if (pid == 0) {
			become_child(message.number, log);
			return message.number;
		}
		if (pid < 0)
			_exit(1);
		say(BORN, pid, message.number);
		close(log);
	}
}
