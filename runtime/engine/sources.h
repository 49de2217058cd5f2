/* Sources: the registered repositories, and how their tips are looked at. */
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/git/jobs.h"
#include "runtime/git/refs.h"

struct sources;

struct source {
	int64_t id;
	char *name, *url, *recipe;
	char *dir; /* where the objects are: the repository, or our mirror */
	bool remote;
	bool busy;        /* the decider looks at one of its events */
	bool wants_paths; /* its recipe asked for changed paths last time */
	bool gone;        /* not in the table any more */
	bool recorded;    /* its tips were seen before */
	char *head;       /* "refs/heads/main": what others start from */
	struct refs_place place; /* local: what is watched */
	struct watch *watch_dir, *watch_refs;

	/* Remote: see source_poll.c. Local: `timer` while it is gone. */
	struct remote_job *job; /* what runs now, or NULL */
	uv_timer_t timer;
	bool timed; /* `timer` is open */
	int64_t interval;
	int64_t failures;
	struct sources *sources;
	struct source *next;
};

struct sources *sources_open(struct engine *engine);
void sources_close(struct sources *sources);
void sources_free(struct sources *sources); /* when nothing is open any more */

/* Read the table again: what was added is watched, what has gone is not. */
void sources_reload(struct sources *sources);

struct source *source_get(const struct sources *sources, int64_t id);
struct source *sources_first(const struct sources *sources);
struct engine *sources_engine(const struct sources *sources);

/*
 * What the push hook said: `lines` are "OLD NEW REF". Returns an owned answer,
 * when everything that is new is durable.
 */
char *sources_pushed(struct sources *sources, const char *path, char **lines,
		     size_t count);

/*
 * Compare tips with those seen last, and make events of what differs; with
 * `record` only remember them. Returns how many, or -1.
 */
int source_compare(struct source *source, const struct refs *refs, bool record,
		   struct error **err);

/* For local ones: read the tips, then the same. */
int source_look(struct source *source);

void source_poll_start(struct source *source);
void source_poll_stop(struct source *source);
