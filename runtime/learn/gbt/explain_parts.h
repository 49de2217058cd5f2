/* What explain.c makes once and explain_walk.c uses a row. */
#pragma once

#include "runtime/learn/gbt/model.h"

enum { GBT_LANES = 8, GBT_BLOCKS_MAX = 64, GBT_NO_EDGE = -1 };

/* Values at eight points of the integration. */
typedef double gbt_lanes __attribute__((vector_size(64)));

/* Where the integral is looked at, and how much each point counts. */
struct gbt_points {
	gbt_lanes t, rest; /* rest = 1 - t */
	gbt_lanes weight;
	gbt_lanes per_rest; /* weight / rest */
};

/*
 * The way from a node to its left (2 * node) or right (+ 1) child. `cover` is
 * the share of the rows that go this way, of all edges above with the same
 * feature too; `share` its own.
 */
struct gbt_edge {
	double cover, share;
	int32_t child;  /* as in the node */
	int32_t former; /* nearest edge above of the same feature */
};

struct gbt_explainer {
	const struct gbt_model *model; /* borrowed */
	struct gbt_edge *edges;        /* owned: two a node */
	uint32_t *blocks;              /* owned, a tree: of eight points */
	size_t *first_inverse;         /* owned, a tree */
	/*
	 * Owned: 1 / (t + rest * cover) an edge of a tree, and so on for its
	 * further blocks.
	 */
	gbt_lanes *inverses;
	struct gbt_points *points[GBT_BLOCKS_MAX]; /* owned: [blocks - 1] */
	gbt_lanes *sums;  /* owned: room an edge of the largest tree */
	uint8_t *follows; /* owned: too */
};

/* Add what the tree says of the row to `out`, of the tree's output. */
void gbt_explain_tree(const struct gbt_explainer *explainer, uint32_t tree,
		      const double *row, double *out);
