/* Sums of gradients by bin, in whole numbers: the same in every order. */
#pragma once

#include "runtime/learn/gbt/bins.h"

/*
 * Gradients are rounded to whole numbers of 16 bits, up or down by chance so
 * that sums stay right (Shi et al.: Quantized training of gradient boosting
 * decision trees, 2022). A row's pair is one word: gradient above, hessian,
 * 1 at least, below. A sum is one word of 64 bits.
 */
struct gbt_pairs {
	uint32_t *words;     /* owned, a row */
	double unit, weight; /* what 1 of a gradient, a hessian is worth */
};

static inline double gbt_sum_gradient(int64_t sum)
{
	int64_t low = sum & 0xffffffff;
	int64_t high = (sum - low) / ((int64_t)1 << 32); /* exact */

	return (double)high;
}

static inline double gbt_sum_hessian(int64_t sum)
{
	return (double)(uint32_t)sum;
}

static inline int64_t gbt_pair_sum(uint32_t word)
{
	return (int64_t)(int16_t)(word >> 16) * ((int64_t)1 << 32) +
	       (word & 0xffff);
}

/* Exact derivatives of the first rows, with BOOST_SLACK behind; borrowed. */
struct gbt_gradients {
	const double *first, *second;
	size_t rows;
};

/* Rounds them. `step` makes chance anew. `pool` may be NULL. */
void gbt_pairs_round(struct gbt_pairs *pairs, const struct gbt_gradients *exact,
		     uint64_t step, struct gbt_pool *pool);
/* Rows, and the pairs of all; borrowed. */
struct gbt_lot {
	const uint32_t *words, *rows;
	size_t count;
};

/* Makes `sums`, BIN_ROOM a feature, those of the rows in the block's place. */
void gbt_histogram(const struct gbt_bins *bins, const struct gbt_block *block,
		   const struct gbt_lot *lot, int64_t *sums);
