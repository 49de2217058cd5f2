/* Digests of bytes: MD5, SHA-1 and SHA-2, by name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { DIGEST_MAX = 64 };

/* The digest `name` of some bytes in `out`: its length, or 0: no such name. */
size_t digest(const char *name, const void *bytes, size_t length,
	      unsigned char out[DIGEST_MAX]);
