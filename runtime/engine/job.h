/* Jobs: one event on its way to decisions and runs. Private to the decider. */
#pragma once

#include "runtime/base/sha256.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/matcher.h"

/* A recipe that may want the event. */
struct candidate {
	int64_t recipe, repo;
	char *path;
	char hash[SHA256_HEX + 1];
	struct spec *spec; /* kept */
};

/* What is to be written about one trigger. */
struct finding {
	size_t candidate;
	int64_t trigger;     /* -1: none in particular */
	const char *verdict; /* literal */
	char *reason;        /* owned */
	char *key;           /* owned: instead of the trigger's own; or NULL */
	bool run;
};

struct job {
	struct engine *engine;
	struct job *next;
	int64_t event, repo, recipe, trigger, created;
	enum trigger_kind kind;
	char *ref, *old, *new, *payload;

	/* What became known; NULL: does not apply. Owned. */
	char *author, *message, *name, *state;
	char **paths;
	size_t path_count;
	bool paths_known;
	char *text; /* of the recipe at the pushed commit */
	size_t length;

	struct candidate *candidates;
	size_t count;
	struct finding *findings;
	size_t found;
	char *problem;   /* what made deciding impossible */
	int64_t put_off; /* not 0: look again then (quiet period) */
};

struct job *job_new(struct engine *engine, struct rows *row);
void job_free(struct job *job);

struct candidate *job_candidate(struct job *job, int64_t recipe, int64_t repo,
				const char *path);
/* Takes over `reason`. */
struct finding *job_find(struct job *job, size_t candidate, int64_t trigger,
			 const char *verdict, char *reason);
void job_subject(const struct job *job, struct subject *subject);

/* The columns job_new wants, of `events`. */
#define JOB_COLUMNS                                                            \
	"id, kind, repo, coalesce(recipe, 0), coalesce(trigger, -1), ref, "    \
	"old,"                                                                 \
	" new, payload, created"

/*
 * Write everything down in one transaction: runs, decisions, the event's
 * state. Returns 0 or -1, then nothing is changed.
 */
int job_write(struct job *job, struct error **err);

/* The event as JSON, for a predicate; owned. */
char *job_json(const struct job *job);
