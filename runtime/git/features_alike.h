/* How much of one file is in another, as git estimates it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runtime/git/features_lines.h"

#define ALIKE_MAX 60000 /* the same */

/* The lines of a file (or pieces of 64 bytes), as bytes by their hash. */
struct pieces {
	struct piece *items; /* owned; by hash */
	size_t count;
	size_t size; /* of the file */
};

void pieces_make(struct pieces *pieces, struct text text);
void pieces_release(struct pieces *pieces); /* fine when zeroed */

/* 0 to ALIKE_MAX: the share of the larger file that is in both. */
uint32_t pieces_alike(const struct pieces *old, const struct pieces *new);

/* Can files of these sizes be alike enough? */
int sizes_alike(size_t a, size_t b, uint32_t enough);
