/* How often something was seen: 64-bit hashes to numbers. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct count {
	uint64_t key; /* 0: free */
	uint32_t seen;
	float mean, spread; /* of numbers: spread is the sum of squares */
};

/* Open addressing; entries stay, also at 0. Zeroed memory is an empty one. */
struct counts {
	struct count *entries;
	size_t capacity; /* a power of two, or 0 */
	size_t used;
};

enum { COUNTS_MAX = 1 << 24 }; /* what is new beyond is not counted */

void counts_release(struct counts *counts);
uint32_t counts_get(const struct counts *counts, uint64_t key);
/* Adds `by` (1 or -1); returns how often it was seen before. */
uint32_t counts_add(struct counts *counts, uint64_t key, int by);
/* Like counts_add of 1 for a number, whose mean and spread are kept. */
void counts_number(struct counts *counts, uint64_t key, double number);
/* The entry, or NULL. Borrowed until the next addition. */
const struct count *counts_find(const struct counts *counts, uint64_t key);
/* Adds all that another entry counted. */
void counts_merge(struct counts *counts, const struct count *other);
