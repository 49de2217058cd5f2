/* Runs: their rows, and the few ways from one state to another. */
#pragma once

#include <sys/types.h>

#include "runtime/store/db.h"

/*
 * Every function that changes a row is one statement or transaction, durable
 * when it returns, and changes it only from the states it names. Unless said
 * otherwise they return 1: changed, 0: the run was in another state (somebody
 * was faster) or is not there, -1: an error.
 */

/* A new run. Strings are borrowed; NULL, 0 and trigger -1 mean "none". */
struct run_new {
	const char *name, *path, *hash;
	int64_t recipe, repo, event;
	int64_t trigger; /* index in the spec, from 0; -1: none */
	int64_t parent;
	const char *parent_step;
	const char *ref, *oid;
	const char *params; /* JSON; NULL: {} */
	const char *state;  /* NULL: queued */
	int64_t priority;
	const char *concurrency;
	int64_t group_limit;              /* 0: 1 */
	const char *supersede, *on_crash; /* on_crash NULL: resume */
	int64_t timeout;
	const char *workspace;
	int64_t seed;
	int64_t fork_of;
	const char *fork_step;
	const char *waits_for;
	int64_t wake_at;
};

/*
 * Returns the id, or 0 when this event already made a run of this recipe and
 * trigger (so matching an event again is harmless), or -1. A retry of a run
 * keeps `event` for `why`, and takes trigger -1.
 */
int64_t run_create(struct db *db, const struct run_new *run,
		   struct error **err);

/* A row; strings are owned and freed with run_release. NULL numbers are 0. */
struct run {
	int64_t id, recipe, repo, event, parent;
	int64_t trigger; /* -1: none */
	char *name, *path, *hash, *ref, *oid, *params, *state;
	int64_t priority, group_limit, timeout;
	char *concurrency, *supersede, *on_crash, *waits_for, *cancel;
	int64_t created, queued, started, finished, wake_at;
	int64_t pid, pid_start, attempt;
	int64_t status; /* -1: none yet */
	char *workspace, *error, *parent_step;
};

int run_get(struct db *db, int64_t id, struct run *run, struct error **err);
void run_release(struct run *run);

/*
 * A runner takes the run: queued, or waiting with wake_at passed, or running
 * with a runner that is dead -> running, with its pid and start time, attempt
 * + 1. Of any number of processes that try, exactly one gets 1.
 */
int run_claim(struct db *db, int64_t id, pid_t pid, int64_t pid_start,
	      struct error **err);

/* How a run ended: passed, failed, cancelled, timed_out or superseded. */
struct run_end {
	const char *state;
	int64_t status;    /* exit code; -1: none */
	const char *error; /* JSON, or NULL */
	int64_t cpu, max_rss;
};

/*
 * queued, running or waiting -> ended; what it held of locks is released and
 * its tickets are gone in the same transaction. Call locks_wake afterwards.
 */
int run_finish(struct db *db, int64_t id, const struct run_end *end,
	       struct error **err);

/*
 * running -> waiting without a process: until `wake_at` (0: until somebody
 * requeues it) for the reason `waits_for`. Becomes queued instead when the
 * run was asked to cancel meanwhile, so that its runner comes back.
 */
int run_wait(struct db *db, int64_t id, int64_t wake_at, const char *waits_for,
	     struct error **err);

/*
 * waiting, or running with a dead runner -> queued. `reason` goes to
 * waits_for (NULL: none).
 */
int run_requeue(struct db *db, int64_t id, const char *reason,
		struct error **err);

enum run_asked {
	RUN_ENDED_ALREADY, /* nothing changed */
	RUN_ENDED_NOW,     /* it had never started: cancelled or superseded */
	RUN_WILL_END       /* poke it: its runner ends it, with undo and hooks;
			    * a waiting run was queued for that */
};

/*
 * Ask a run to stop; `who` ("anna: wrong branch") is kept in runs.cancel, the
 * first one wins. Returns enum run_asked, or -1.
 */
int run_cancel(struct db *db, int64_t id, const char *who, struct error **err);

/*
 * The same because run `by` replaces it: runs.cancel becomes "superseded by
 * run N", and such a run ends as superseded. Returns enum run_asked, or -1.
 */
int run_supersede(struct db *db, int64_t id, int64_t by, struct error **err);

/* Say why a queued or waiting run waits; writes only when it changed. */
int run_waits_for(struct db *db, int64_t id, const char *reason,
		  struct error **err);
