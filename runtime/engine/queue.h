/* The queue: which runs may start now, and why the others wait. */
#pragma once

#include "runtime/engine/engine.h"

struct queue;

struct queue *queue_open(struct engine *engine);
void queue_close(struct queue *queue);
void queue_free(struct queue *queue);

/* Start what may start; wake what is due; say why the rest waits. */
void queue_run(struct queue *queue);

/*
 * What may be granted, as a decision over the database alone: the ids of
 * queued runs in the order in which they start, at most `max`. `taken` says of
 * a run that a runner was started for it already. Why one waits for its group
 * is written when it changes. Returns how many, or -1.
 */
struct grant_options {
	unsigned limit;
	bool (*taken)(void *context, int64_t run);
	void *context;
	unsigned pending; /* runners that have not claimed their run yet */
	bool left; /* result: some were not looked at, there is no place */
};
int queue_grants(struct db *db, struct grant_options *options, int64_t *runs,
		 int max, struct error **err);

/*
 * Runs newer than `after` replace older ones of their groups if they say so.
 * Returns how many running ones were asked to stop, or -1; `*after` becomes
 * the newest run's id.
 */
int queue_supersede(struct db *db, int64_t *after, struct error **err);

/* "run" "pause" "drain": how the setting stands. */
enum queue_mode { QUEUE_RUN, QUEUE_PAUSE, QUEUE_DRAIN };
enum queue_mode queue_mode(struct db *db);
