/* A file seen through a window: bytes that move on, in bounded memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/error.h"

struct window {
	int file;
	char *data; /* owned; moves with window_more */
	size_t length, capacity, max;
	bool ended; /* the file's last byte is in it */
};

/*
 * Open `path` and read the first bytes. The window never holds more than
 * `max` bytes. 0 or -1 with ERROR_IO or ERROR_NOT_FOUND; window_close is for
 * both.
 */
int window_open(struct window *window, const char *path, size_t max,
		struct error **err);
void window_close(struct window *window); /* idempotent */

/*
 * Forget the first `used` bytes and read more behind the rest; without room
 * the window grows. 0; -1 with ERROR_IO, or ERROR_LIMIT when it is full.
 */
int window_more(struct window *window, size_t used, struct error **err);
