/* Judging a job: every candidate's triggers, one after the other. */
#pragma once

#include "runtime/engine/job.h"

/* At most one run a candidate: the first trigger that wants it. */
struct judge {
	struct job *job;
	void (*done)(struct judge *judge); /* also from judge_start */
	void *context;
	size_t candidate, trigger; /* private: where it is */
	struct predicate *predicate;
};

/* Fills job->findings, or job->put_off when a quiet period is not over. */
void judge_start(struct judge *judge);

/*
 * Older events of the same ref (or name, for emit) that are in their quiet
 * period make room for this one, which takes over the `old` of the first.
 */
void judge_supersede_older(struct job *job);

/* A Lua predicate, answered by a child. */
struct predicate {
	struct engine *engine;
	const char *path; /* of the recipe's file; or else… */
	const char *text; /* …its text; both borrowed until `answered` */
	size_t length;
	int64_t trigger;
	char *event; /* owned: JSON; freed with the predicate */
	void (*answered)(struct predicate *predicate);
	void *context;

	bool run;
	char *reason;  /* owned by the asker */
	bool problem;  /* it failed; `reason` says how */
	char *file;    /* private: a temporary file */
	void *process; /* private */
};

/* Calls `answered` later. */
void predicate_start(struct predicate *predicate);
