#include "runtime/loop/work.h"

#include <assert.h>

static void on_work(uv_work_t *handle)
{
	struct work *work = handle->data;

	work->run(work);
}

static void on_worked(uv_work_t *handle, int status)
{
	struct work *work = handle->data;
	struct op *op = &work->op;

	if (status == UV_ECANCELED) {
		error_set(&op->error, ERROR_CANCELLED, "cancelled");
	} else if (op->error && atomic_load(&work->cancelled) &&
		   op->error->code != ERROR_CANCELLED) {
		struct error *cause = op->error;

		op->error = NULL;
		error_set(&op->error, ERROR_CANCELLED, "cancelled");
		op->error->cause = cause;
	}
	op->done(op);
}

static void cancel(struct op *op)
{
	struct work *work = (struct work *)op;

	/* Not started yet: taken off the queue. Running: it must look. */
	atomic_store(&work->cancelled, true);
	uv_cancel((uv_req_t *)&work->handle);
}

bool work_cancelled(struct work *work)
{
	return atomic_load_explicit(&work->cancelled, memory_order_relaxed);
}

void work_start(struct work *work, uv_loop_t *loop,
		void (*run)(struct work *work))
{
	int status;

	work->op.cancel = cancel;
	work->run = run;
	work->handle.data = work;
	atomic_init(&work->cancelled, false);
	status = uv_queue_work(loop, &work->handle, on_work, on_worked);
	assert(status == 0); /* it fails only without a function */
	(void)status;
}
