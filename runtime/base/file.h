/* Files: whole ones at once, and trees of them. Blocking. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "runtime/base/buf.h"
#include "runtime/base/error.h"

/* Is it a file, seen through links: no directory, device or pipe? */
bool file_is_plain(const char *path);

/* Append the file's bytes to `bytes`; past its maximum: ERROR_LIMIT. */
int file_read(const char *path, struct buf *bytes, struct error **err);

/*
 * Put `length` bytes into `path` at once or not at all: a temporary file beside
 * it, fsync, rename. `mode` counts for a new file; an old one's is kept.
 */
int file_write(const char *path, const void *bytes, size_t length, mode_t mode,
	       struct error **err);

int file_append(const char *path, const void *bytes, size_t length,
		struct error **err);

/* Make the directory and those above it; one that exists is fine. */
int file_make_dir(const char *path, mode_t mode, struct error **err);

/*
 * Remove a file, link or whole tree, never following links. One that does not
 * exist is fine. Read-only directories are made writable on the way.
 */
int file_remove(const char *path, struct error **err);

/* Copy a file, link or tree with its permissions; `to` must not be a tree. */
int file_copy(const char *from, const char *to, struct error **err);

/* ERROR_NOT_FOUND or ERROR_IO with "cannot VERB 'PATH': why" from errno. */
int file_error(struct error **err, const char *verb, const char *path);
