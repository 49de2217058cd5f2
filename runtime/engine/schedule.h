/* Schedules: many times in one heap, the earliest first. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runtime/text/cron.h"

/* A trigger's place on the clock; 64 bytes, there may be ten thousand. */
struct schedule {
	int64_t recipe;
	int64_t next;     /* when it is due, without jitter */
	int64_t fires;    /* with jitter: what the heap is ordered by */
	int64_t every;    /* interval; 0: cron */
	struct cron cron; /* of `zone` */
	const struct zone *zone;
	uint32_t trigger;
	uint32_t jitter; /* ms, 0 to jitter */
	size_t at;       /* index in the heap */
};

struct schedule_heap {
	struct schedule **items; /* owned array; what is in it is not */
	size_t count;
	size_t capacity;
};

void schedule_heap_release(struct schedule_heap *heap);
void schedule_put(struct schedule_heap *heap, struct schedule *schedule);
void schedule_remove(struct schedule_heap *heap, struct schedule *schedule);

/* `schedule->fires` has changed: move it to where it belongs. */
void schedule_moved(struct schedule_heap *heap, struct schedule *schedule);

struct schedule *schedule_first(const struct schedule_heap *heap); /* or NULL */

/*
 * The first time after `after`, CRON_NEVER if there is none. Intervals stay on
 * the grid that `next` is on.
 */
int64_t schedule_after(const struct schedule *schedule, int64_t after);

/* Set `next`, and `fires` with the jitter that belongs to this time. */
void schedule_set(struct schedule *schedule, int64_t next);
