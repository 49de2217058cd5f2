/* Readable: an operation that completes when a descriptor has input. */
#pragma once

#include <uv.h>

#include "runtime/loop/op.h"

struct readable {
	struct op op;
	union {
		uv_poll_t handle;
		uv_timer_t refused; /* fd cannot be polled */
	};
};

/*
 * Start `readable`, which completes when reading `fd` would not block: there
 * is input, or its end. `fd` is a terminal, pipe or socket (another one fails
 * with ERROR_IO); it stays the caller's, and open until then.
 */
void readable_start(struct readable *readable, uv_loop_t *loop, int fd);
