#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/proc_parts.h"

/* 1: all written, 0: no room now, -1: nobody reads. */
static int write_some(int fd, const char *bytes, size_t length, size_t *at)
{
	while (*at < length) {
		ssize_t written = write(fd, bytes + *at, length - *at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return errno == EAGAIN ? 0 : -1;
		*at += (size_t)written;
	}
	return 1;
}

static void take_first(struct proc_input_pipe *in)
{
	struct proc_write *done = in->first;

	in->first = done->next;
	if (!in->first)
		in->last = NULL;
	done->op.done(&done->op);
}

static void on_writable(uv_poll_t *handle, int status, int events)
{
	struct proc *proc = handle->data;
	struct proc_input_pipe *in = proc->in;
	int wrote = write_some(in->fd, in->bytes, in->length, &in->at);

	(void)status; /* the write tells */
	(void)events;
	while (wrote > 0 && in->fd >= 0 && in->first) {
		struct proc_write *write = in->first;
		size_t at = 0;

		wrote = write_some(in->fd, write->bytes, write->length, &at);
		write->bytes += at;
		write->length -= at;
		if (wrote > 0)
			take_first(in);
	}
	if (wrote < 0 || (wrote > 0 && in->ending && !in->first))
		proc_input_close(proc);
	else if (wrote > 0 && in->fd >= 0)
		uv_poll_stop(handle); /* nothing to write */
	proc_settle(proc);
}

static void wait_for_room(struct proc_input_pipe *in)
{
	uv_poll_start(&in->poll, UV_WRITABLE, on_writable);
}

void proc_input_open(struct proc *proc, int fd,
		     const struct proc_options *options)
{
	struct proc_input_pipe *in;
	size_t at = 0;
	int wrote = 0;

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	if (options->input == PROC_INPUT_BYTES)
		wrote = write_some(fd, options->bytes, options->length, &at);
	if (wrote != 0) {
		close(fd); /* all fitted: the usual case needs no handle */
		return;
	}
	in = proc->in = mem_alloc(sizeof(*in));
	in->proc = proc;
	in->fd = fd;
	if (options->input == PROC_INPUT_BYTES) {
		in->length = options->length - at;
		in->bytes = mem_copy_n(options->bytes + at, in->length);
		in->ending = true;
	}
	in->poll.data = proc;
	if (uv_poll_init(proc->loop, &in->poll, fd) != 0) {
		close(fd);
		in->fd = -1;
		return;
	}
	proc->open++;
	if (in->bytes)
		wait_for_room(in);
}

void proc_input_close(struct proc *proc)
{
	struct proc_input_pipe *in = proc->in;

	if (!in || in->fd < 0)
		return;
	uv_poll_stop(&in->poll);
	uv_close((uv_handle_t *)&in->poll, proc_on_close);
	close(in->fd);
	in->fd = -1;
	while (in->first) {
		error_set(&in->first->op.error, ERROR_IO,
			  "the process does not read its input any more");
		take_first(in);
	}
}

static void on_later(struct op *op)
{
	struct proc_write *write = op->waiter;

	write->op.done(&write->op);
}

/* Complete `write` with the next turn of the loop. */
static void complete_later(struct proc_write *write, uv_loop_t *loop)
{
	write->later.op.done = on_later;
	write->later.op.waiter = write;
	timer_start(&write->later, loop, 0);
}

static void cancel_write(struct op *op)
{
	struct proc_write *write = (struct proc_write *)op;
	struct proc_input_pipe *in = write->proc->in;
	struct proc_write **link = &in->first;

	while (*link && *link != write)
		link = &(*link)->next;
	if (!*link)
		return; /* being completed already */
	*link = write->next;
	in->last = NULL;
	for (struct proc_write *each = in->first; each; each = each->next)
		in->last = each;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	complete_later(write, write->proc->loop);
}

void proc_write_start(struct proc_write *write, struct proc *proc,
		      const char *bytes, size_t length)
{
	struct proc_input_pipe *in = proc->in;

	write->op.cancel = cancel_write;
	write->proc = proc;
	write->bytes = bytes;
	write->length = length;
	write->next = NULL;
	if (!in || in->fd < 0 || in->ending) {
		error_set(&write->op.error, ERROR_IO,
			  "the input of the process is closed");
		complete_later(write, proc->loop);
		return;
	}
	if (in->last)
		in->last->next = write;
	else
		in->first = write;
	in->last = write;
	wait_for_room(in);
}

void proc_close_input(struct proc *proc)
{
	struct proc_input_pipe *in = proc->in;

	if (!in || in->fd < 0)
		return;
	in->ending = true;
	if (!in->first && in->at == in->length)
		proc_input_close(proc);
}
