/* Locks: durable, counting or exclusive, first come first served. */
#pragma once

#include "runtime/store/db.h"

/*
 * A ticket is one wish for a lock by (name, run, step); asking again gives
 * the same ticket, so a resumed run finds its own. It is granted when what is
 * held, plus everything older that waits, plus its own count fits into the
 * capacity: strictly first come first served. A count over the capacity (and
 * LOCK_ALL) needs the lock alone. The capacity is read when granting: setting
 * "lock:NAME", else what this request says.
 */
#define LOCK_ALL INT32_MAX

struct lock_request {
	const char *name;
	int64_t run;
	const char *step;
	int64_t count;    /* 0: 1 */
	int64_t capacity; /* 0: 1 */
	int64_t lease;    /* ms from the grant until it ends by itself; 0: no */
};

int64_t lock_ask(struct db *db, const struct lock_request *request,
		 struct error **err); /* the ticket, -1: error */

/* Asks when needed. 1: held, 0: others are first, -1: error. */
int lock_try(struct db *db, const struct lock_request *request,
	     struct error **err);

/* Also gives up a ticket that waits. 1: released, 0: there was none, -1. */
int lock_release(struct db *db, const char *name, int64_t run, const char *step,
		 struct error **err);

/* All of a run (it ended; run_finish does it). How many, or -1. */
int lock_release_run(struct db *db, int64_t run, struct error **err);

/*
 * Free what has outlived its lease or belongs to runs that ended; a note of
 * the run says so. How many, or -1.
 */
int lock_expire(struct db *db, int64_t now, struct error **err);

int64_t lock_next_lease(struct db *db); /* when the next one ends; 0: none */

/*
 * The runs that would get a lock if they tried now, oldest ticket first. How
 * many were stored (at most `max`), or -1.
 */
int locks_ready(struct db *db, int64_t *runs, int max, struct error **err);

/* Would this run get one of the locks that it waits for? 1, 0, -1. */
int lock_ready_for(struct db *db, int64_t run, struct error **err);

/*
 * After any release: expire leases, then SIGUSR1 to ready runs that have a
 * runner and queue those that wait without one. How many, or -1. When it
 * queued some, poke the server.
 */
int locks_wake(struct db *db, struct error **err);
