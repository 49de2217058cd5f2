#include "runtime/loop/signal.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void on_wait_close(uv_handle_t *handle)
{
	struct signal_wait *wait = handle->data;

	if (--wait->open == 0)
		wait->op.done(&wait->op);
}

static void close_all(struct signal_wait *wait)
{
	for (unsigned i = 0; i < wait->count; i++)
		uv_close((uv_handle_t *)&wait->handles[i], on_wait_close);
}

static void on_wait_signal(uv_signal_t *handle, int number)
{
	struct signal_wait *wait = handle->data;

	if (uv_is_closing((uv_handle_t *)handle))
		return;
	wait->number = number;
	close_all(wait);
}

static void cancel(struct op *op)
{
	struct signal_wait *wait = (struct signal_wait *)op;

	if (uv_is_closing((uv_handle_t *)&wait->handles[0]))
		return;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	close_all(wait);
}

void signal_wait_start(struct signal_wait *wait, uv_loop_t *loop,
		       const int *numbers, unsigned count)
{
	assert(count > 0 && count <= SIGNAL_MAX);
	wait->op.cancel = cancel;
	wait->count = wait->open = count;
	for (unsigned i = 0; i < count; i++) {
		wait->handles[i].data = wait;
		uv_signal_init(loop, &wait->handles[i]);
		uv_signal_start(&wait->handles[i], on_wait_signal, numbers[i]);
	}
}

static void on_watch_signal(uv_signal_t *handle, int number)
{
	struct signal_watch *watch = handle->data;

	watch->callback(watch->context, number);
}

static void on_watch_close(uv_handle_t *handle)
{
	struct signal_watch *watch = handle->data;

	if (--watch->open == 0 && watch->closed)
		watch->closed(watch->context);
}

void signal_watch_start(struct signal_watch *watch, uv_loop_t *loop,
			const int *numbers, unsigned count)
{
	assert(count > 0 && count <= SIGNAL_MAX);
	watch->count = watch->open = count;
	for (unsigned i = 0; i < count; i++) {
		uv_signal_t *handle = &watch->handles[i];

		handle->data = watch;
		uv_signal_init(loop, handle);
		uv_unref((uv_handle_t *)handle);
		uv_signal_start(handle, on_watch_signal, numbers[i]);
	}
}

void signal_watch_stop(struct signal_watch *watch,
		       void (*closed)(void *context))
{
	watch->closed = closed;
	for (unsigned i = 0; i < watch->count; i++)
		uv_close((uv_handle_t *)&watch->handles[i], on_watch_close);
}

int signal_number(const char *name)
{
	char *end;
	long number = strtol(name, &end, 10);

	if (end != name && *end == '\0')
		return number > 0 && number < NSIG ? (int)number : 0;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (int i = 1; i < NSIG; i++) {
		const char *known = sigabbrev_np(i);

		if (known && strcasecmp(name, known) == 0)
			return i;
	}
	return 0;
}
