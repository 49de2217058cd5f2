/* The cache of the first pass: a file that knows commits by their names. */
#pragma once

#include "runtime/base/error.h"
#include "runtime/git/features_history.h"

/*
 * Fill the empty `history` from the file. A file that is missing, of another
 * version, damaged or not whole leaves it empty: returns false. Every number
 * that was read has been checked, so that no file can do harm.
 */
bool cache_load(struct history *history, const char *path);
bool cache_parse(struct history *history, const void *bytes, size_t size);

/* Write the check of a file's bytes into its header, if they are enough. */
void cache_seal(void *bytes, size_t size);

/*
 * Write all commits whose parents are known to a temporary file and rename it:
 * who reads meanwhile sees the old file or the new one, and of two writers the
 * last one wins. Larger than CACHE_FILE_MAX: it is not written.
 */
int cache_save(const struct history *history, const char *path,
	       struct error **err);

#define CACHE_FILE_MAX ((size_t)512 << 20)
