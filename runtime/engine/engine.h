/* The engine: what all parts of the server share. Private to this room. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "runtime/engine/config.h"
#include "runtime/engine/spec.h"
#include "runtime/loop/watch.h"
#include "runtime/store/db.h"
#include "runtime/store/zones.h"

/* What there is to do before the loop waits again; see engine_kick. */
enum engine_due {
	ENGINE_DECIDE = 1, /* look for new events */
	ENGINE_QUEUE = 2,  /* look for runs to start */
	ENGINE_CHAIN = 4,  /* look for runs that ended */
	ENGINE_CANCEL = 8, /* look for runs that were asked to stop */
};

/*
 * Each part is opaque, opened by the server in the order of this list and
 * closed in the reverse one. Closing is asynchronous: a part counts its
 * handles and operations in `open`, and the server is done at 0.
 */
struct engine {
	uv_loop_t *loop;
	struct db *db;
	char *home;
	char *exe; /* what children are started from */
	struct config *config;
	struct zones zones;
	struct watcher *watcher;
	struct specs *specs;
	struct supervisor *supervisor;
	struct queue *queue;
	struct decider *decider;
	struct cron_source *cron;
	struct file_source *files;
	struct recipes *recipes;
	struct sources *sources;
	struct sweeper *sweeper;
	unsigned listeners[TRIGGER_RUN + 1]; /* recipes with such a trigger */
	unsigned due;
	unsigned open;
	bool stopping;
	int64_t started;                       /* wall clock */
	void (*closed)(struct engine *engine); /* open has become 0 */
};

/* Something is due, as soon as the callback that runs now has returned. */
void engine_kick(struct engine *engine, unsigned due);

void engine_hold(struct engine *engine);    /* open++ */
void engine_release(struct engine *engine); /* open-- */

/* Log a failure that the server survives, and free it. */
void engine_complain(struct error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
