/* Work: a blocking function on the thread pool, as an operation. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

#include "runtime/loop/op.h"

/*
 * A request begins with it and holds everything its function needs: on the
 * worker thread the function touches nothing but its request. It reports a
 * failure by setting `op.error` itself, there. Long functions test `cancelled`
 * now and then (from progress callbacks) and return early with any error.
 */
struct work {
	struct op op;
	uv_work_t handle;
	atomic_bool cancelled;
	void (*run)(struct work *work);
};

/*
 * Run `run(work)` on the thread pool. op.release is left alone: a request that
 * owns something fills it in before. When op.cancel was called, a failure
 * becomes ERROR_CANCELLED with the worker's error as its cause; work that had
 * finished all the same stays a success.
 */
void work_start(struct work *work, uv_loop_t *loop,
		void (*run)(struct work *work));

/* For the worker: was it asked to stop? */
bool work_cancelled(struct work *work);
