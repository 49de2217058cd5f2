/* Processes: started, fed, read, limited in time and reaped, as an operation.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "runtime/base/buf.h"
#include "runtime/loop/guard.h"
#include "runtime/loop/op.h"
#include "runtime/loop/timer.h"

enum proc_input {
	PROC_INPUT_NULL,    /* /dev/null */
	PROC_INPUT_BYTES,   /* options.bytes, then the end */
	PROC_INPUT_PIPE,    /* proc_write_start, proc_close_input */
	PROC_INPUT_INHERIT, /* ours */
};

enum proc_output {
	PROC_OUTPUT_PIPE,    /* read: on_output, or captured */
	PROC_OUTPUT_MERGE,   /* stderr only: into the pipe of stdout */
	PROC_OUTPUT_INHERIT, /* ours */
	PROC_OUTPUT_NULL,    /* /dev/null */
	PROC_OUTPUT_FD,      /* options.out_fd, options.err_fd */
};

enum proc_timeout { PROC_NO_TIMEOUT, PROC_TIMEOUT_TOTAL, PROC_TIMEOUT_SILENT };

struct proc_pty {
	unsigned short rows; /* 0: no pty */
	unsigned short columns;
};

/* All zero is: no input, captured output with stderr apart, no limits. */
struct proc_options {
	const char *const *argv; /* NULL-terminated; or `shell` */
	const char *shell;       /* given to /bin/sh -c */
	const char *cwd;         /* NULL: ours */
	const char *const *env;  /* complete, NULL-terminated; NULL: ours */
	enum proc_input input;
	const char *bytes; /* copied as far as needed */
	size_t length;
	enum proc_output out;
	enum proc_output err;
	int out_fd; /* borrowed until start returns */
	int err_fd;
	struct proc_pty pty;   /* one terminal for all three streams */
	uint64_t timeout;      /* ms from the start; 0: none */
	uint64_t silent_after; /* ms without output; 0: none */
	uint64_t grace;        /* ms from SIGTERM to SIGKILL; 0: 10 s */
	size_t max;            /* captured bytes a stream; 0: 1 MiB */
	bool detached;         /* own session; lives on when we die */
	struct guard *guard;   /* borrowed; NULL: none */

	/*
	 * Called from the read with each chunk (stream 1 or 2), borrowed for
	 * the call. NULL: the output is captured, its last `max` bytes.
	 */
	void (*on_output)(void *context, int stream, const char *bytes,
			  size_t length);
	void *context;
};

struct proc_usage {
	int64_t wall; /* ms until the process itself ended */
	int64_t cpu_user;
	int64_t cpu_system;
	int64_t max_rss; /* bytes */
	int64_t read_bytes;
	int64_t write_bytes;
};

struct proc_stream {
	struct proc *proc;
	uv_poll_t poll;
	int fd; /* -1: none or closed */
	int number;
	bool paused;
	bool grown;          /* the pipe has been made larger */
	struct buf captured; /* up to twice the maximum, then cut */
	bool truncated;
};

/*
 * op.error tells only that the process could not be started (ERROR_NOT_FOUND:
 * no such program or directory; ERROR_IO) or was cancelled; how it ended is in
 * the fields. op.release frees the captured output.
 */
struct proc {
	struct op op;
	pid_t pid;  /* its process group too; 0: could not be started */
	int status; /* exit status; 128 + signal if one ended it */
	int signal; /* 0: it exited */
	enum proc_timeout timed_out;
	bool lingered; /* others kept its pipes open; they were killed */
	struct proc_usage usage;
	struct proc_stream out; /* captured: the bytes; truncated */
	struct proc_stream err;

	/* Private from here on. */
	struct proc_input_pipe *in; /* owned; NULL: no pipe to it */
	struct proc_limits *limits; /* owned; NULL: no timer yet */
	struct guard *guard;
	void (*on_output)(void *context, int stream, const char *bytes,
			  size_t length);
	void *context;
	uv_loop_t *loop;
	uv_poll_t exit_poll;
	int pidfd;
	int cgroup; /* number in the guard's; -1: none */
	bool detached;
	uint64_t timeout;
	uint64_t silent_after;
	uint64_t grace;
	size_t max;
	int64_t started; /* monotonic, us */
	int64_t spoke;   /* last output, in ms */
	bool exited;
	bool finishing;
	unsigned open; /* handles whose close callback is to come */
};

/*
 * Start a process in a process group (or session) of its own. Everything in
 * `options` is borrowed for the call. `proc->pid` is valid at once. Cancelling
 * sends SIGTERM to the group and, after the grace period, SIGKILL.
 *
 * Completes when the process has ended and its pipes are closed. Descendants
 * that keep a pipe open after it are given the grace period, then killed.
 * The program must ignore SIGPIPE.
 */
void proc_start(struct proc *proc, uv_loop_t *loop,
		const struct proc_options *options);

/* Send a signal to the whole group; nothing happens when it has ended. */
void proc_kill(struct proc *proc, int number);

/* Does the loop stay alive for it? (Yes; no for detached ones.) */
void proc_ref(struct proc *proc, bool ref);

/* Let it go: `done` follows soon, the process lives on and is not reaped. */
void proc_abandon(struct proc *proc);

/* Stop reading (1, 2), so that the process waits when its pipe is full. */
void proc_pause(struct proc *proc, int stream, bool paused);

/* Writing to PROC_INPUT_PIPE: completes when all bytes are in the pipe. */
struct proc_write {
	struct op op;
	struct proc *proc;
	const char *bytes;
	size_t length;
	struct proc_write *next;
	struct timer later; /* when it cannot be queued */
};

/*
 * `bytes` are borrowed until done. Completes with ERROR_IO when the process
 * has closed its end or ended. Writes complete in order.
 */
void proc_write_start(struct proc_write *write, struct proc *proc,
		      const char *bytes, size_t length);

/* The process reads the end of its input, after what is being written. */
void proc_close_input(struct proc *proc);
