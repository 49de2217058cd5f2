/* Splitting tests into parts that take about as long as each other. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { SPLIT_PARTS_MAX = 10000 };

/*
 * Put `count` tests that take `seconds` (below 0 or no number: not known, then
 * as long as the middle one of those that are) into `parts` parts: part[i] of
 * each, from 0. The same input always makes the same parts.
 */
void split_tests(const double *seconds, uint32_t count, uint32_t parts,
		 uint32_t *part);
