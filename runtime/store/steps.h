/* Steps: the record that a resumed run is replayed from. */
#pragma once

#include "runtime/store/db.h"

/*
 * All of these go through db_write: durable with the group. Start a struct
 * commit (commit.h) before acting on them. Strings are borrowed; NULL means
 * none.
 */
struct step_new {
	int64_t run;
	const char *name, *parent;
	const char *kind;  /* command function value sleep lock run hook undo */
	const char *state; /* NULL: running */
	int64_t soft, once;
	int64_t attempt; /* 0: 1 */
	const char *source, *command;
	int64_t started; /* 0: now */
	int64_t wake_at; /* 0: none */
};

/*
 * Returns the id, or -1. A step of that name that is there and unfinished (a
 * crash, another attempt) keeps its id and starts again; one that has passed
 * is ERROR_INVALID: finished steps are never repeated.
 */
int64_t step_start(struct db *db, const struct step_new *step,
		   struct error **err);

/* How a step ended. Numbers: -1 is "not known". */
struct step_end {
	const char *state; /* passed failed skipped cancelled timed_out */
	int64_t finished;  /* 0: now */
	int64_t attempt;   /* 0: as it was */
	int64_t status, signal;
	const char *class, *error, *result; /* JSON */
	int64_t wall, cpu_user, cpu_system, max_rss;
	int64_t read_bytes, write_bytes;
	int64_t log_bytes, log_truncated; /* 0 */
};

/* 1: recorded, 0: no unfinished step has that id, -1: error. */
int step_finish(struct db *db, int64_t id, const struct step_end *end,
		struct error **err);

/* running -> waiting, until `wake_at` (0: until somebody acts). 1, 0, -1. */
int step_wait(struct db *db, int64_t id, int64_t wake_at, struct error **err);

/* Its undo has been done. */
int step_undone(struct db *db, int64_t id, struct error **err);

/* A remark about a run (step may be NULL); the same text only once. */
int note_add(struct db *db, int64_t run, const char *step, const char *text,
	     struct error **err);
