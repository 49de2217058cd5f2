/* How a tree grows; only its own files include this. */
#pragma once

#include "runtime/learn/boost/rows.h"
#include "runtime/learn/gbt/grow.h"

/* A leaf of the tree that grows. */
struct growing {
	struct boost_span used, rest; /* rows that are learned from; others */
	int64_t total;
	int64_t *sums; /* its histogram, NULL when it cannot be cut */
	struct gbt_cut cut;
	struct gbt_range range; /* of its step */
	int32_t parent;         /* the split above, -1: none */
	bool is_left;
};

struct made {
	uint32_t feature, bin;
	bool categorical, missing_left;
	uint8_t left[BIN_ROOM];
	int32_t children[2];
	double gain, cover;
};

struct gbt_grower {
	const struct gbt_bins *bins;
	const struct gbt_options *options;
	struct gbt_pairs pairs;
	struct boost_rows rows;
	struct growing *leaves;
	struct made *made;       /* the splits */
	struct gbt_cut *cuts[2]; /* the best of each block, of two leaves */
	int64_t *room;           /* of histograms */
	int64_t **spare;         /* those that are free */
	uint32_t spares;
	size_t size; /* of one, in words */
	struct gbt_pool *pool;
};

/* Additions that are not worth waking a thread for. */
enum { SHARED_WORK = 1 << 15, SEARCH_WORK = 1024 };

/* The pool, or NULL when work with so many rows is not worth it. */
static inline struct gbt_pool *gbt_grower_pool(const struct gbt_grower *grower,
					       size_t rows)
{
	size_t work = (rows + SEARCH_WORK) * grower->bins->features;

	return work < SHARED_WORK ? NULL : grower->pool;
}

/* Gives leaves their values, adds these to scores, and builds the tree. */
void gbt_grow_finish(struct gbt_grower *grower, uint32_t count,
		     const struct gbt_target *target,
		     struct gbt_builder *builder);
