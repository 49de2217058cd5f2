/* Timers: an operation that completes after a delay. */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "runtime/loop/op.h"

struct timer {
	struct op op;
	uv_timer_t handle;
};

/*
 * Start `timer`, which completes after `ms` milliseconds. The caller owns the
 * memory and must keep it until `timer->op.done` is called. Cannot fail.
 */
void timer_start(struct timer *timer, uv_loop_t *loop, uint64_t ms);
