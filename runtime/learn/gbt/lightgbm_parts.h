/* LightGBM's words; between its reader's two files. */
#pragma once

#include "runtime/learn/gbt/builder.h"
#include "runtime/learn/gbt/lines.h"

enum gbt_lightgbm_key {
	LGB_NUM_LEAVES,
	LGB_NUM_CAT,
	LGB_SPLIT_FEATURE,
	LGB_SPLIT_GAIN,
	LGB_THRESHOLD,
	LGB_DECISION_TYPE,
	LGB_LEFT_CHILD,
	LGB_RIGHT_CHILD,
	LGB_LEAF_VALUE,
	LGB_LEAF_COUNT,
	LGB_INTERNAL_COUNT,
	LGB_CAT_BOUNDARIES,
	LGB_CAT_THRESHOLD,
	LGB_IS_LINEAR,
	LGB_LEAF_CONST,
	LGB_NUM_FEATURES,
	LGB_LEAF_FEATURES,
	LGB_LEAF_COEFF,
	LGB_KEYS
};

enum { LGB_CATEGORICAL = 1, LGB_DEFAULT_LEFT = 2 }; /* decision_type */

struct gbt_lightgbm_tree {
	const struct gbt_lines *lines;
	struct error **err;
	struct gbt_builder *builder;
	struct gbt_span begin; /* "Tree=…" */
	struct gbt_span keys[LGB_KEYS];
	struct gbt_vector lists[LGB_KEYS];
	size_t leaves, linear_at;
};

/* Add the tree whose lines `tree->keys` are to the builder. 0 or -1. */
int gbt_lightgbm_tree(struct gbt_lightgbm_tree *tree, uint32_t output);

/* "binary sigmoid:1" and so on, into `shape`. 0 or -1. */
int gbt_lightgbm_objective(const struct gbt_lines *lines, struct gbt_span span,
			   struct gbt_shape *shape, struct error **err);
