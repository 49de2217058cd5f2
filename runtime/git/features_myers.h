/* The search for a short edit script between two lists of numbers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Count what must be taken out of `old` and put into `new` to make one the
 * other. `room` holds myers_room(old_count, new_count) numbers. Myers' O(ND)
 * in linear space; above a cost of 256 it follows the short cuts of LibXDiff,
 * which git uses, so that counts agree where they are not the smallest.
 */
struct myers {
	const uint32_t *old;
	const uint32_t *new;
	int32_t *forward;  /* indexed by diagonal, -new_count - 1 … */
	int32_t *backward; /* ditto */
	int32_t cost_max;
	uint32_t deleted;
	uint32_t added;
};

size_t myers_room(size_t old_count, size_t new_count);
void myers_run(struct myers *myers, size_t old_count, size_t new_count,
	       int32_t *room);

/* Roughly the square root, as LibXDiff has it. */
uint32_t myers_root(size_t number);
