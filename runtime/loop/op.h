/* Waiting: the one contract of everything that finishes later. */
#pragma once

#include <stdbool.h>

#include "runtime/base/error.h"

/*
 * An operation. A request struct begins with it and is started by a
 * `noun_start` function:
 *
 * 1. Starting cannot fail: an error arrives in `error` with `done`.
 * 2. `done` is called exactly once, from the loop, never from the start.
 * 3. `done` comes last: all handles are closed, the request may be freed.
 * 4. `cancel` only asks, any number of times; `done` still follows. An
 *    operation that was stopped by it has error code ERROR_CANCELLED.
 */
struct op {
	void (*cancel)(struct op *op);  /* filled by the module's start */
	void (*release)(struct op *op); /* frees contents, or NULL; ditto */
	void (*done)(struct op *op);    /* filled by whoever waits */
	void *waiter;                   /* ditto, for `done` */
	bool passive;        /* it ends by other operations or a signal only */
	struct error *error; /* owned by the op's owner after done */
};
