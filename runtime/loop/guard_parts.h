/* What the files of the guard share. */
#pragma once

#include <pthread.h>

#include "runtime/loop/cgroup.h"
#include "runtime/loop/guard.h"
#include "runtime/loop/spawn.h"

struct guard {
	enum guard_kind kind;
	pid_t pid;                  /* the guardian */
	int link;                   /* socket to it */
	struct cgroup_pool *groups; /* NULL: none */
	unsigned users;             /* processes that have not been reaped */
	bool ended;                 /* freed with the last of them */
	char *entry;                /* owned: "TIDEMILL_RUN=cookie" */
	int inner_pids;             /* its PID namespace; -1: none */
	int own_pids;               /* ours, to come back to */
	int mounts;    /* its mounts, with its own /proc; -1: none */
	bool threaded; /* a user namespace: no way back, see guard_thread.c */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct spawn *request; /* for the thread; NULL: none */
	bool answered;
	bool ending;
	int status; /* of the request */
};

/* Run the guardian of a namespace, or of groups, in a new process: no return */
_Noreturn void guardian_of_namespace(int link);
_Noreturn void guardian_of_groups(int link, const char *cookie);

/* The thread that starts processes in a user's PID namespace. */
int guard_thread_start(struct guard *guard, struct error **err);
int guard_thread_spawn(struct guard *guard, struct spawn *spawn);
void guard_thread_end(struct guard *guard);
