#include "runtime/loop/readable.h"

static void on_close(uv_handle_t *handle)
{
	struct readable *readable = handle->data;

	readable->op.done(&readable->op);
}

/* An error of the descriptor is for whoever reads it to find. */
static void on_input(uv_poll_t *handle, int status, int events)
{
	(void)status;
	(void)events;
	if (!uv_is_closing((uv_handle_t *)handle))
		uv_close((uv_handle_t *)handle, on_close);
}

static void on_refused(uv_timer_t *handle)
{
	uv_close((uv_handle_t *)handle, on_close);
}

static void cancel(struct op *op)
{
	struct readable *readable = (struct readable *)op;
	uv_handle_t *handle = (uv_handle_t *)&readable->handle;

	if (uv_is_closing(handle) || op->error)
		return;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	uv_close(handle, on_close);
}

void readable_start(struct readable *readable, uv_loop_t *loop, int fd)
{
	int status = uv_poll_init(loop, &readable->handle, fd);

	readable->op.cancel = cancel;
	readable->handle.data = readable;
	if (status == 0) {
		uv_poll_start(&readable->handle, UV_READABLE | UV_DISCONNECT,
			      on_input);
		return;
	}
	error_set(&readable->op.error, ERROR_IO, "cannot wait for input: %s",
		  uv_strerror(status));
	uv_timer_init(loop, &readable->refused);
	readable->refused.data = readable;
	uv_timer_start(&readable->refused, on_refused, 0, 0);
}
