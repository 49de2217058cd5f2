/* Signals: waiting for one of several, or being called for each. */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "runtime/loop/op.h"

#define SIGNAL_MAX 8 /* signals one request can wait for */

struct signal_wait {
	struct op op;
	int number; /* the signal that came */
	uv_signal_t handles[SIGNAL_MAX];
	unsigned count;
	unsigned open;
};

/* Completes at the first of `numbers`. At most SIGNAL_MAX of them. */
void signal_wait_start(struct signal_wait *wait, uv_loop_t *loop,
		       const int *numbers, unsigned count);

/*
 * The persistent form: `callback(context, number)` for each signal until it is
 * stopped. It does not keep the loop alive.
 */
struct signal_watch {
	void (*callback)(void *context, int number);
	void *context;
	uv_signal_t handles[SIGNAL_MAX];
	unsigned count;
	unsigned open;
	void (*closed)(void *context);
};

void signal_watch_start(struct signal_watch *watch, uv_loop_t *loop,
			const int *numbers, unsigned count);

/* `closed(context)` (or NULL) is called when the memory may be freed. */
void signal_watch_stop(struct signal_watch *watch,
		       void (*closed)(void *context));

/* The number of "TERM", "SIGTERM" or "15"; 0 if there is none. */
int signal_number(const char *name);
