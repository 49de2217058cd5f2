/* The second pass: what earlier commits say about a commit, in their order. */
#pragma once

#include <stdatomic.h>

#include "runtime/base/error.h"
#include "runtime/git/features.h"

/*
 * Walk through `count` revisions, parents first, and write a row for each that
 * touches files and whose byte in `leave_out` (or NULL) is 0. `rows` has room
 * for all. Returns the number of rows; stops early when *cancelled.
 */
uint32_t past_walk(const struct history *history, const uint32_t *order,
		   uint32_t count, const uint8_t *leave_out,
		   const atomic_bool *cancelled, struct feature_row *rows);
