#include "runtime/loop/timer.h"

static void on_close(uv_handle_t *handle)
{
	struct timer *timer = handle->data;

	timer->op.done(&timer->op);
}

static void on_timeout(uv_timer_t *handle)
{
	uv_close((uv_handle_t *)handle, on_close);
}

static void cancel(struct op *op)
{
	struct timer *timer = (struct timer *)op;

	if (uv_is_closing((uv_handle_t *)&timer->handle))
		return; /* too late: it has already fired */
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	uv_close((uv_handle_t *)&timer->handle, on_close);
}

void timer_start(struct timer *timer, uv_loop_t *loop, uint64_t ms)
{
	timer->op.cancel = cancel;
	timer->handle.data = timer;
	uv_timer_init(loop, &timer->handle);
	uv_update_time(loop); /* the script may have computed for long */
	uv_timer_start(&timer->handle, on_timeout, ms, 0);
}
