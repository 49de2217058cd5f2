#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/loop/proc_parts.h"

enum {
	CHUNK = 64 * 1024,
	LARGE_PIPE = 1024 * 1024,
	TURN = 16, /* chunks before others get their turn */
};

/* The last `max` bytes are kept; cut at twice that, so that moving is rare. */
static void capture(struct proc_stream *stream, const char *bytes,
		    size_t length)
{
	struct buf *kept = &stream->captured;
	size_t max = stream->proc->max;

	if (length > max) {
		bytes += length - max;
		length = max;
		stream->truncated = true;
	}
	if (kept->length + length > kept->max) {
		buf_consume(kept, kept->length + length - max);
		stream->truncated = true;
	}
	buf_append(kept, bytes, length);
}

/* One read; the number of bytes, 0 when there is nothing now, -1 at the end. */
static ssize_t read_chunk(struct proc_stream *stream)
{
	char chunk[CHUNK];
	struct proc *proc = stream->proc;
	ssize_t length;

	do
		length = read(stream->fd, chunk, sizeof(chunk));
	while (length < 0 && errno == EINTR);
	if (length < 0 && errno == EAGAIN)
		return 0;
	if (length <= 0)
		return -1; /* a terminal ends with EIO */
	if (length == CHUNK && !stream->grown) {
		stream->grown = true;
		fcntl(stream->fd, F_SETPIPE_SZ, LARGE_PIPE);
	}
	if (proc->on_output)
		proc->on_output(proc->context, stream->number, chunk,
				(size_t)length);
	else
		capture(stream, chunk, (size_t)length);
	return length;
}

static void read_some(struct proc_stream *stream, int turns)
{
	ssize_t length = 1;

	if (stream->proc->silent_after)
		stream->proc->spoke = clock_monotonic();
	/* A short read has emptied the pipe: no second one to learn that. */
	while (turns-- > 0 && stream->fd >= 0 && !stream->paused) {
		length = read_chunk(stream);
		if (length < CHUNK / 2)
			break;
	}
	if (length < 0)
		proc_stream_close(stream);
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
	struct proc *proc = handle->data;
	struct proc_stream *stream =
		handle == &proc->out.poll ? &proc->out : &proc->err;

	(void)status; /* the read tells */
	(void)events;
	read_some(stream, TURN);
	proc_settle(proc);
}

void proc_stream_open(struct proc_stream *stream, struct proc *proc, int fd)
{
	stream->proc = proc;
	stream->fd = fd;
	stream->number = stream == &proc->out ? STDOUT_FILENO : STDERR_FILENO;
	buf_init(&stream->captured, proc->max * 2);
	if (fd < 0)
		return;
	stream->poll.data = proc;
	if (uv_poll_init(proc->loop, &stream->poll, fd) != 0) {
		close(fd);
		stream->fd = -1;
		return;
	}
	proc->open++;
	uv_poll_start(&stream->poll, UV_READABLE, on_readable);
}

void proc_stream_drain(struct proc_stream *stream)
{
	ssize_t length;

	/* At most what the largest pipe holds: others may go on writing. */
	for (int i = 0; i < TURN + 1 && stream->fd >= 0; i++) {
		if (stream->paused)
			return;
		length = read_chunk(stream);
		if (length == 0)
			return;
		if (length < 0)
			proc_stream_close(stream);
	}
}

void proc_stream_close(struct proc_stream *stream)
{
	if (stream->fd < 0)
		return;
	uv_poll_stop(&stream->poll);
	uv_close((uv_handle_t *)&stream->poll, proc_on_close);
	close(stream->fd);
	stream->fd = -1;
}

void proc_pause(struct proc *proc, int number, bool paused)
{
	struct proc_stream *stream =
		number == STDOUT_FILENO ? &proc->out : &proc->err;

	if (stream->paused == paused)
		return;
	stream->paused = paused;
	if (stream->fd < 0 || !stream->proc)
		return;
	if (paused) {
		uv_poll_stop(&stream->poll);
		return;
	}
	proc->spoke = clock_monotonic();
	uv_poll_start(&stream->poll, UV_READABLE, on_readable);
	if (proc->limits)
		proc_schedule(proc);
}
