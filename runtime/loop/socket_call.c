#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/loop/socket.h"

enum { ANSWER_MAX = 1024 * 1024, ANSWER_READ = 4096 };

static void on_close(uv_handle_t *handle)
{
	struct call *call = handle->data;

	if (--call->open > 0)
		return;
	mem_free(call->request);
	mem_free(call->path);
	call->request = call->path = NULL;
	call->op.done(&call->op);
}

static void finish(struct call *call)
{
	struct buf *answer = &call->answer;

	if (call->finished)
		return;
	call->finished = true;
	if (answer->length && answer->data[answer->length - 1] == '\n')
		answer->data[--answer->length] = '\0';
	uv_close((uv_handle_t *)&call->pipe, on_close);
	uv_close((uv_handle_t *)&call->timer, on_close);
}

static void fail(struct call *call, int status)
{
	bool nobody = status == UV_ENOENT || status == UV_ECONNREFUSED;

	if (call->finished)
		return;
	if (nobody)
		error_set(&call->op.error, ERROR_NOT_FOUND,
			  "nobody listens at '%s'", call->path);
	else
		error_set(&call->op.error, ERROR_IO, "cannot talk to '%s': %s",
			  call->path, uv_strerror(status));
	finish(call);
}

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	struct call *call = handle->data;
	char *room = buf_reserve(&call->answer, ANSWER_READ);

	(void)hint;
	*buf = uv_buf_init(room, room ? ANSWER_READ : 0);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buf)
{
	struct call *call = stream->data;

	(void)buf;
	if (length > 0) {
		call->answer.length += (size_t)length;
		call->answer.data[call->answer.length] = '\0';
	} else if (length == UV_EOF && call->answer.length > 0) {
		finish(call);
	} else if (length < 0) {
		fail(call, (int)length);
	}
}

static void on_ended(uv_shutdown_t *ending, int status)
{
	(void)ending; /* the answer tells whether all went well */
	(void)status;
}

static void on_written(uv_write_t *writing, int status)
{
	(void)writing; /* ditto: it may have answered before reading all */
	(void)status;
}

static void on_connected(uv_connect_t *connecting, int status)
{
	struct call *call = connecting->data;
	uv_stream_t *stream = (uv_stream_t *)&call->pipe;
	uv_buf_t bytes;

	if (call->finished)
		return;
	if (status == 0)
		status = uv_read_start(stream, on_alloc, on_read);
	if (status != 0) {
		fail(call, status);
		return;
	}
	bytes = uv_buf_init(call->request, (unsigned)strlen(call->request));
	if (uv_write(&call->writing, stream, &bytes, 1, on_written) == 0)
		uv_shutdown(&call->ending, stream, on_ended);
}

static void on_timeout(uv_timer_t *handle)
{
	struct call *call = handle->data;

	error_set(&call->op.error, ERROR_TIMEOUT, "no answer from '%s'",
		  call->path);
	finish(call);
}

static void cancel(struct op *op)
{
	struct call *call = (struct call *)op;

	if (call->finished)
		return;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	finish(call);
}

static void release(struct op *op)
{
	struct call *call = (struct call *)op;

	buf_release(&call->answer);
}

void call_start(struct call *call, uv_loop_t *loop, const char *path,
		const char *request, uint64_t timeout)
{
	call->op.cancel = cancel;
	call->op.release = release;
	call->open = 2;
	call->finished = false;
	call->path = mem_copy(path);
	call->request = mem_copy(request);
	buf_init(&call->answer, ANSWER_MAX);
	call->pipe.data = call->timer.data = call->connecting.data = call;
	uv_pipe_init(loop, &call->pipe, 0);
	uv_timer_init(loop, &call->timer);
	uv_update_time(loop);
	uv_timer_start(&call->timer, on_timeout, timeout, 0);
	uv_pipe_connect(&call->connecting, &call->pipe, path, on_connected);
}
