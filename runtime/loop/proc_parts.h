/* What the files of proc share. */
#pragma once

#include "runtime/loop/proc.h"
#include "runtime/loop/spawn.h"

/* The pipe to the process, with what is to be written. */
struct proc_input_pipe {
	struct proc *proc;
	uv_poll_t poll;
	int fd;
	char *bytes; /* owned: the rest of options.bytes */
	size_t length;
	size_t at;
	struct proc_write *first; /* borrowed from their owners */
	struct proc_write *last;
	bool ending; /* close it when all is written */
};

/* Points in monotonic ms; 0: not set. */
struct proc_limits {
	uv_timer_t timer;
	int64_t kill_at;   /* SIGTERM was sent, SIGKILL follows */
	int64_t linger_at; /* it ended, but its pipes are open */
	bool stopping;
};

/* Start watching a pipe; with an fd of -1 the stream has ended already. */
void proc_stream_open(struct proc_stream *stream, struct proc *proc, int fd);
void proc_stream_drain(struct proc_stream *stream); /* what is there now */
void proc_stream_close(struct proc_stream *stream);

/* Write what fits at once, then go on when there is room. Owns `fd`. */
void proc_input_open(struct proc *proc, int fd,
		     const struct proc_options *options);
void proc_input_close(struct proc *proc); /* fails the pending writes */

/* A stream has ended, or a handle is closed: is the process done? */
void proc_settle(struct proc *proc);
void proc_on_close(uv_handle_t *handle); /* handle->data is the proc */

/* Set the timer for whatever comes next. */
void proc_schedule(struct proc *proc);
void proc_limits_open(struct proc *proc);
void proc_stop(struct proc *proc); /* SIGTERM now, SIGKILL later */

/* Make pipes or a terminal and start it; fills op.error on failure. */
int proc_launch(struct proc *proc, const struct proc_options *options);
