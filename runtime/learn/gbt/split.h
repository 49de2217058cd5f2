/* The best cut of a leaf in two. */
#pragma once

#include "runtime/learn/gbt/histogram.h"

struct gbt_cut {
	double gain; /* 0: there is none */
	uint32_t feature;
	uint8_t left[BIN_ROOM]; /* which bins go left; set for the best only */
	uint32_t bin;           /* of a number: this and lower ones go left */
	bool categorical, missing_left;
	int64_t left_sum;
};

/* What the steps of a leaf must be between, for monotone constraints. */
struct gbt_range {
	double low, high;
};

/* What a leaf is, and what limits its cuts. */
struct gbt_leaf_sums {
	const int64_t *sums; /* its histogram */
	int64_t total;
	double count; /* of rows */
	const struct gbt_pairs *pairs;
	struct gbt_range range;
	const uint8_t *use; /* features that cuts may be of */
};

/* Of the block's features; `cut` gets the best one. */
void gbt_split_find(const struct gbt_bins *bins, const struct gbt_block *block,
		    const struct gbt_leaf_sums *leaf,
		    const struct gbt_options *options, struct gbt_cut *cut);
/*
 * The ranges of a cut's children: when its feature is constrained, the middle
 * of their steps parts them, so that no later cut can undo the order.
 */
void gbt_split_ranges(const struct gbt_leaf_sums *leaf,
		      const struct gbt_options *options,
		      const struct gbt_cut *cut, struct gbt_range ranges[2]);
double gbt_range_hold(const struct gbt_range *range, double step);
/* -(G shrunk by l1) / (H + l2): Newton's step (Chen, Guestrin 2016). */
double gbt_leaf_step(double gradient, double hessian,
		     const struct gbt_options *options);
