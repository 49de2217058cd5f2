/* The digest of a file, read on the thread pool. */
#pragma once

#include "runtime/base/digest.h"
#include "runtime/loop/work.h"

struct digest_file {
	struct work work;
	char *path;                           /* owned; freed by op.release */
	struct digest digest;                 /* begun by the caller */
	unsigned char bytes[DIGEST_SIZE_MAX]; /* the result */
	uint64_t length;                      /* how many bytes were read */
};

/*
 * Read the file at `path` (copied), a regular one, and add it to the digest.
 * op.release is filled in. Cancellation is noticed at every MiB.
 */
void digest_file_start(struct digest_file *file, uv_loop_t *loop,
		       const char *path);
