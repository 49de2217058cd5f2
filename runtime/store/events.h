/* Events: what happened, once each, and what was decided about it. */
#pragma once

#include "runtime/store/db.h"

/* Strings are borrowed; NULL, 0 and trigger -1 mean "none". */
struct event_new {
	const char *kind;   /* push tag cron interval file emit run */
	const char *dedupe; /* unique: the same key is the same event */
	int64_t repo, recipe;
	int64_t trigger; /* -1: of no particular trigger */
	const char *ref, *old_oid, *new_oid;
	const char *payload; /* JSON */
	int64_t due;         /* not before; 0: now */
};

/* The id, 0 when an event with that key was there already, -1: an error. */
int64_t event_add(struct db *db, const struct event_new *event,
		  struct error **err);

/*
 * Record that `ref` of a repository is at `oid` (NULL: deleted), and add the
 * push or tag event ("push:REPO:REF:SEQ", old = the tip as last seen), in one
 * transaction. Returns the event's id, 0 when that tip was known, -1: error.
 */
int64_t ref_advance(struct db *db, int64_t repo, const char *ref,
		    const char *oid, struct error **err);

/* Record a tip without an event: what is there when a repository is added. */
int ref_record(struct db *db, int64_t repo, const char *ref, const char *oid,
	       struct error **err);

/* The tip as last seen: owned, or NULL (unknown, deleted). */
char *ref_tip(struct db *db, int64_t repo, const char *ref);

/* Why an event did or did not start a run of a recipe's trigger. */
struct decision {
	int64_t event, recipe;
	int64_t trigger;     /* -1: none */
	const char *verdict; /* run filtered skipped superseded error */
	const char *reason;  /* a sentence for people */
	int64_t run;         /* 0: none */
};

int decision_add(struct db *db, const struct decision *decision,
		 struct error **err);

/*
 * new -> done (`error` may be NULL), or -> superseded by event `by`, which a
 * decision records. 1: changed, 0: it was not new, -1: an error.
 */
int event_done(struct db *db, int64_t id, const char *error,
	       struct error **err);
int event_supersede(struct db *db, int64_t id, int64_t by, struct error **err);
