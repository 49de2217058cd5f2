/* Retention: old runs and events leave, in small bites. */
#pragma once

#include "runtime/store/db.h"

struct retention {
	int64_t keep;    /* newest runs kept of each name; 0: all */
	int64_t max_age; /* ms since it finished; 0: any */
	int64_t now;
	char *at;   /* owned: the name looked at last; NULL: a new round */
	bool again; /* private: more of that name is left */
	int64_t event_at; /* private: where retention_events goes on */
};

void retention_release(struct retention *retention);

/*
 * The next ended runs to remove (live ones, and parents of live ones, never),
 * at most `max`. The caller removes logs/RUN and work/RUN of each and then
 * calls retention_delete, in this order, so that a crash leaves nothing
 * behind. Returns how many, or -1. Looks at a bounded number of rows, so it may
 * return few; go on while retention_more.
 */
int retention_pick(struct retention *retention, struct db *db, int64_t *runs,
		   int max, struct error **err);
bool retention_more(const struct retention *retention);

/* Delete runs with their steps, notes and decisions, in one transaction. */
int retention_delete(struct db *db, const int64_t *runs, int count,
		     struct error **err);

/*
 * Delete up to `max` events that are older than `before`, done, and of no run
 * that is still there; their decisions too. Goes on where it stopped. How
 * many, or -1.
 */
int retention_events(struct retention *retention, struct db *db, int64_t before,
		     int max, struct error **err);
