/* The server: from events to runners, until it is told to stop. */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "runtime/loop/op.h"

struct server_options {
	const char *home;   /* made when needed */
	const char *config; /* JSON */
	const char *path;   /* the configuration's file */
	bool optional;      /* which need not be there */
};

/* An operation that lasts as long as the server. */
struct server {
	struct op op;
	bool drained;            /* it ended because all runs had */
	struct serving *serving; /* private */
};

/*
 * Serve. Everything in `options` is copied. Ends after SIGTERM, SIGINT, `stop`
 * or cancelling, with an error only when it could not start: ERROR_BUSY when
 * the home has a server.
 */
void server_start(struct server *server, uv_loop_t *loop,
		  const struct server_options *options);
