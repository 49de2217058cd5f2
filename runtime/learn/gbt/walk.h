/* One step down a tree; for those who walk. */
#pragma once

#include "runtime/learn/gbt/model.h"

/* What is nearer to 0 than this is 0, for GBT_ZERO_MISSING. */
#define GBT_ZERO 1e-35

static inline bool gbt_walk_category(const struct gbt_model *model,
				     const struct gbt_node *node, double value)
{
	uint32_t first = model->set_first[node->set];
	uint32_t words = model->set_first[node->set + 1] - first, code;

	if (value != value)
		return node->flags & GBT_NAN_LEFT;
	if (node->flags & GBT_FLOAT_CODE)
		value = (float)value;
	if (!(value > -1 && value < GBT_CATEGORY_MAX))
		return false;
	if (value < 0 && (node->flags & GBT_FLOAT_CODE))
		return false;
	code = (uint32_t)(int32_t)value;
	return code / 32 < words &&
	       (model->set_words[first + code / 32] >> (code % 32) & 1);
}

static inline bool gbt_walk_left(const struct gbt_model *model,
				 const struct gbt_node *node, double value)
{
	if (node->flags & (GBT_CATEGORY | GBT_ZERO_MISSING)) {
		if (node->flags & GBT_CATEGORY)
			return gbt_walk_category(model, node, value);
		if (value >= -GBT_ZERO && value <= GBT_ZERO)
			return node->flags & GBT_NAN_LEFT;
	}
	return value <= node->threshold ||
	       ((node->flags & GBT_NAN_LEFT) && value != value);
}

/* From a root to the index of a leaf. */
static inline uint32_t gbt_walk(const struct gbt_model *model, int32_t at,
				const double *row)
{
	while (at >= 0) {
		const struct gbt_node *node = &model->nodes[at];

		at = gbt_walk_left(model, node, row[node->feature])
			     ? node->left
			     : node->right;
	}
	return (uint32_t)~at;
}

/* Where an output's sum begins, and a value as it is summed. */
static inline double gbt_rounded(const struct gbt_model *model, double value)
{
	return model->float_sums ? (double)(float)value : value;
}

/*
 * Add to a sum. Of floats the sum is a float: added as doubles and rounded it
 * is the same, since a double has more than twice as many digits.
 */
static inline void gbt_add(const struct gbt_model *model, double *sum,
			   double value)
{
	if (model->float_sums)
		*sum = (double)((float)*sum + (float)value);
	else
		*sum += value;
}
