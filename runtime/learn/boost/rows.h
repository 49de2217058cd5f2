/* The rows of leaves: lists that each cut parts in two. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runtime/learn/gbt/pool.h"

/* Some rows, side by side in a list. */
struct boost_span {
	size_t start, count;
	uint32_t list;
};

struct boost_rows {
	uint32_t *lists[2]; /* owned; the second one is for threads only */
	uint32_t *aside;    /* owned: rows that go right */
	struct gbt_pool *pool;
	size_t *lefts; /* owned: of each chunk of a list */
};

/* `pool` is borrowed and may be NULL. */
void boost_rows_init(struct boost_rows *rows, size_t count,
		     struct gbt_pool *pool);
void boost_rows_release(struct boost_rows *rows);

/*
 * Those with `used` set come first, in the order of their numbers; NULL: the
 * first `learned` ones. How many they are.
 */
size_t boost_rows_begin(struct boost_rows *rows, const uint8_t *used,
			size_t learned, size_t count);

static inline const uint32_t *boost_rows_of(const struct boost_rows *rows,
					    const struct boost_span *span)
{
	return rows->lists[span->list] + span->start;
}

/* Parts a span by the bins of a column; see struct boost_kernels. */
void boost_rows_part(struct boost_rows *rows, const struct boost_span *span,
		     const uint8_t *column, const uint32_t left[8],
		     struct boost_span parts[2]);
