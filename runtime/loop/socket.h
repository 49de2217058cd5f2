/* The line protocol on a Unix socket: its server, and a call as an operation.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "runtime/base/buf.h"
#include "runtime/loop/op.h"

struct socket_server;

/*
 * A request that waits for its answer. `lines` are without line ends and end
 * with a NULL; all borrowed until the answer.
 */
struct socket_request {
	char **lines;
	size_t count;
};

struct socket_options {
	const char *path; /* made with mode 0600; a stale one is replaced */
	unsigned clients; /* at the same time; 0: 64. More wait in backlog */
	size_t max;       /* bytes of a request; 0: 1 MiB */
	uint64_t timeout; /* ms a client may take to send; 0: 5 s */
	void (*on_request)(void *context, struct socket_request *request);
	void *context;
};

/*
 * Fails with ERROR_BUSY when somebody listens there, ERROR_IO otherwise. Does
 * not keep the loop alive by itself; connected clients do.
 */
struct socket_server *socket_server_open(uv_loop_t *loop,
					 const struct socket_options *options,
					 struct error **err);

/* Stops listening and removes the file. Open requests stay valid. */
void socket_server_close(struct socket_server *server);

/*
 * Answer with one line ("ok …" or "error …", without the line end). Exactly
 * once a request, from the callback or later; `request` is gone afterwards.
 */
void socket_answer(struct socket_request *request, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A call: connect, send `request`, read the answer until the end. */
struct call {
	struct op op;
	struct buf answer; /* without the final line end */
	uv_pipe_t pipe;
	uv_timer_t timer;
	uv_connect_t connecting;
	uv_write_t writing;
	uv_shutdown_t ending;
	char *request; /* owned copy */
	char *path;    /* ditto */
	unsigned open;
	bool finished;
};

/*
 * `request` is the text to send, lines with their ends. Completes with
 * ERROR_NOT_FOUND when nobody listens at `path`, ERROR_TIMEOUT after
 * `timeout` ms, ERROR_IO. op.release frees the answer.
 */
void call_start(struct call *call, uv_loop_t *loop, const char *path,
		const char *request, uint64_t timeout);
