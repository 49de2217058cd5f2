/* Spawning: one child, in one call, without copying our memory. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Where a child was when it could not go on. */
enum spawn_stage {
	SPAWN_CLONE,
	SPAWN_SESSION,
	SPAWN_NAMESPACE,
	SPAWN_STREAMS,
	SPAWN_CWD,
	SPAWN_EXEC,
};

/*
 * What a child needs, found out before it exists: between clone and exec it
 * shares our memory, so it only makes system calls.
 */
struct spawn {
	const char *path; /* of the program, looked up already */
	char **argv;      /* argv[-1] is spare, for "/bin/sh" */
	char *const *env;
	const char *cwd; /* NULL: ours */
	int fds[3];      /* become 0, 1, 2 */
	bool session;    /* setsid instead of setpgid */
	bool terminal;   /* fds[0] becomes the controlling terminal */
	bool detached;   /* does not die with us */
	int cgroup;      /* fd of a cgroup v2 directory; -1: ours, or refused */
	int mounts;      /* fd of a mount namespace; -1: ours */

	pid_t pid;              /* result */
	int pidfd;              /* result, owned by the caller */
	enum spawn_stage stage; /* where it failed */
	int why;                /* errno */
};

/* Returns 0, or -1 with `stage` and `why`; nothing is left behind then. */
int spawn_run(struct spawn *spawn);

/* The file that `name` means for PATH=`path`; owned, or NULL with errno. */
char *spawn_lookup(const char *name, const char *path);
