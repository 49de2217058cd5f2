/* What fast.c makes and the fast ways use. */
#pragma once

#include "runtime/learn/gbt/fast.h"

enum {
	GBT_RANK_LEFT = 0,      /* of what goes left always: missing values */
	GBT_RANK_RIGHT = 32767, /* right */
	GBT_FAST_COLUMNS = 1024,
	GBT_FAST_ROWS = 32,   /* at once, in a batch */
	GBT_FAST_PART = 224,  /* trees at once */
	GBT_FAST_LEAVES = 32, /* of a tree, for bit vectors */
	GBT_FAST_LANES = 8,   /* trees at once, for one row */
};

/* Decisions of one kind about a feature: they share a rank. */
struct gbt_column {
	uint32_t feature, flags;
	uint32_t first, count;           /* its sorted thresholds */
	const struct gbt_node *category; /* instead: whose set it is */
};

/*
 * A decision or a leaf: index of the left child << 32 | column << 16 | rank;
 * the right child is behind the left one. The rank is greater: right. A leaf
 * is its own child.
 */
typedef uint64_t gbt_slot;

/* A decision for QuickScorer: when it goes right, leaves are out of reach. */
struct gbt_mask {
	uint32_t keep; /* leaves that remain */
	uint16_t tree; /* in its part */
	int16_t rank;
};

/* Some trees: masks of column c are those from first[c] to first[c + 1]. */
struct gbt_part_of_trees {
	uint32_t first_tree, trees;
	uint32_t *first; /* owned: columns + 1 */
};

struct gbt_fast {
	const struct gbt_model *model; /* borrowed */
	enum gbt_fast_way way;
	bool plain; /* nothing below is there */

	struct gbt_column *columns; /* owned */
	uint32_t column_count;
	double *thresholds; /* owned */

	gbt_slot *slots; /* owned */
	double *values;  /* owned: a slot; of leaves */
	uint32_t *roots; /* owned: a tree */

	bool masked;                     /* is there all for QuickScorer? */
	struct gbt_part_of_trees *parts; /* owned */
	uint32_t part_count;
	struct gbt_mask *masks; /* owned */
	double *leaf_values; /* owned: GBT_FAST_LEAVES a tree, left to right */
};

/* The ranks of a row's values, a column each, `stride` apart. */
void gbt_fast_ranks(const struct gbt_fast *fast, const double *row,
		    int16_t *ranks, size_t stride);

/* Slots and masks of `fast`, whose columns and ranks of nodes there are. */
void gbt_fast_make_slots(struct gbt_fast *fast, const uint16_t *node_columns,
			 const uint16_t *node_ranks);
void gbt_fast_make_masks(struct gbt_fast *fast, const uint16_t *node_columns,
			 const uint16_t *node_ranks);
