/* The second pass: what earlier commits say about a commit, in their order. */
#pragma once

#include <stdatomic.h>

#include "runtime/base/error.h"
#include "runtime/git/features.h"

struct past_query {
	const struct history *history;
	const uint32_t *order; /* revisions, parents first */
	uint32_t count;
	const uint8_t *leave_out;     /* a byte each: 1 makes no row; or NULL */
	const atomic_bool *cancelled; /* or NULL */
};

/*
 * Walk through the revisions and write a row for each that touches files and
 * is not left out. `rows` has room for all. Returns the number of rows; stops
 * early when cancelled.
 */
uint32_t past_walk(const struct past_query *query, struct feature_row *rows);
