/* A tree of a LightGBM text. */
#include <math.h>

#include "runtime/learn/gbt/lightgbm_parts.h"
#include "runtime/learn/gbt/walk.h"

static int fail(const struct gbt_lightgbm_tree *tree, enum gbt_lightgbm_key key,
		const char *what)
{
	uint32_t line = tree->keys[key].line;

	return gbt_lines_fail(tree->lines, line ? line : tree->begin.line,
			      tree->err, "%s", what);
}

static int read_ints(struct gbt_lightgbm_tree *tree, enum gbt_lightgbm_key key,
		     size_t count)
{
	if (!tree->keys[key].line && count)
		return fail(tree, key, "the tree lacks some of its lists");
	return gbt_read_ints(tree->lines, tree->keys[key], count,
			     &tree->lists[key], tree->err);
}

static int read_doubles(struct gbt_lightgbm_tree *tree,
			enum gbt_lightgbm_key key, size_t count)
{
	if (!tree->keys[key].line && count)
		return fail(tree, key, "the tree lacks some of its lists");
	return gbt_read_doubles(tree->lines, tree->keys[key], count,
				&tree->lists[key], tree->err);
}

/* What only importance and contributions need may be missing. */
static int read_optional(struct gbt_lightgbm_tree *tree,
			 enum gbt_lightgbm_key key, size_t count)
{
	double zero = 0;

	if (tree->keys[key].line && tree->keys[key].at < tree->keys[key].end)
		return read_doubles(tree, key, count);
	while (tree->lists[key].count < count)
		gbt_push(&tree->lists[key], &zero, sizeof(zero));
	return 0;
}

/* A line with one integer that is not negative. */
static int read_count(struct gbt_lightgbm_tree *tree, enum gbt_lightgbm_key key,
		      size_t *count)
{
	int32_t value;

	*count = 0;
	if (!tree->keys[key].line)
		return 0;
	if (read_ints(tree, key, 1) < 0)
		return -1;
	value = *(int32_t *)tree->lists[key].data;
	if (value < 0)
		return fail(tree, key, "a negative number, expected a count");
	*count = (size_t)value;
	return 0;
}

static int32_t int_at(const struct gbt_lightgbm_tree *tree,
		      enum gbt_lightgbm_key key, size_t index)
{
	return ((int32_t *)tree->lists[key].data)[index];
}

static double double_at(const struct gbt_lightgbm_tree *tree,
			enum gbt_lightgbm_key key, size_t index)
{
	return ((double *)tree->lists[key].data)[index];
}

/*
 * LightGBM takes what is within 1e-35 of 0 for 0. With thresholds moved out
 * of that band, nobody needs to do so for every value.
 */
static double settle_threshold(double threshold)
{
	if (threshold >= -GBT_ZERO && threshold < 0)
		return nextafter(-GBT_ZERO, -INFINITY);
	if (threshold >= 0 && threshold < GBT_ZERO)
		return GBT_ZERO;
	return threshold;
}

static int numeric_split(struct gbt_lightgbm_tree *tree,
			 struct gbt_split *split, int32_t decision,
			 double threshold)
{
	int missing = decision >> 2 & 3; /* none, zero, NaN */

	if (missing == 3)
		return fail(tree, LGB_DECISION_TYPE,
			    "an unknown kind of missing values");
	split->threshold = settle_threshold(threshold);
	if (missing == 0 ? threshold >= 0 : decision & LGB_DEFAULT_LEFT)
		split->flags |= GBT_NAN_LEFT;
	if (missing == 1)
		split->flags |= GBT_ZERO_MISSING;
	return 0;
}

static int category_split(struct gbt_lightgbm_tree *tree,
			  struct gbt_split *split, double threshold)
{
	size_t sets = tree->lists[LGB_CAT_BOUNDARIES].count;
	const uint32_t *words = tree->lists[LGB_CAT_THRESHOLD].data;
	size_t all = tree->lists[LGB_CAT_THRESHOLD].count, set;
	int32_t from, to;

	if (!(threshold >= 0 && threshold < (double)sets - 1))
		return fail(tree, LGB_THRESHOLD,
			    "a set of categories that"
			    " there is none of");
	set = (size_t)threshold;
	from = int_at(tree, LGB_CAT_BOUNDARIES, set);
	to = int_at(tree, LGB_CAT_BOUNDARIES, set + 1);
	if (from < 0 || to < from || (size_t)to > all)
		return fail(tree, LGB_CAT_BOUNDARIES,
			    "boundaries that are not in order");
	split->flags |= GBT_CATEGORY;
	split->set = gbt_builder_set(tree->builder, words ? words + from : NULL,
				     (uint32_t)(to - from));
	return 0;
}

static int add_split(struct gbt_lightgbm_tree *tree, size_t i)
{
	int32_t decision = int_at(tree, LGB_DECISION_TYPE, i);
	double threshold = double_at(tree, LGB_THRESHOLD, i);
	struct gbt_split split = {
		.feature = (uint32_t)int_at(tree, LGB_SPLIT_FEATURE, i),
		.left = int_at(tree, LGB_LEFT_CHILD, i),
		.right = int_at(tree, LGB_RIGHT_CHILD, i),
		.gain = double_at(tree, LGB_SPLIT_GAIN, i),
		.cover = double_at(tree, LGB_INTERNAL_COUNT, i)};

	if (decision & LGB_CATEGORICAL
		    ? category_split(tree, &split, threshold) < 0
		    : numeric_split(tree, &split, decision, threshold) < 0)
		return -1;
	gbt_builder_split(tree->builder, &split);
	return 0;
}

static int read_splits(struct gbt_lightgbm_tree *tree)
{
	size_t splits = tree->leaves - 1, sets;
	size_t words = 0;

	if (read_count(tree, LGB_NUM_CAT, &sets) < 0 ||
	    read_ints(tree, LGB_SPLIT_FEATURE, splits) < 0 ||
	    read_doubles(tree, LGB_THRESHOLD, splits) < 0 ||
	    read_ints(tree, LGB_DECISION_TYPE, splits) < 0 ||
	    read_ints(tree, LGB_LEFT_CHILD, splits) < 0 ||
	    read_ints(tree, LGB_RIGHT_CHILD, splits) < 0 ||
	    read_optional(tree, LGB_SPLIT_GAIN, splits) < 0 ||
	    read_optional(tree, LGB_INTERNAL_COUNT, splits) < 0)
		return -1;
	if (!sets)
		return 0;
	if (read_ints(tree, LGB_CAT_BOUNDARIES, sets + 1) < 0)
		return -1;
	words = (size_t)(uint32_t)int_at(tree, LGB_CAT_BOUNDARIES, sets);
	return read_ints(tree, LGB_CAT_THRESHOLD, words);
}

static int read_linear(struct gbt_lightgbm_tree *tree, bool *linear)
{
	size_t terms = 0, is_linear;

	if (read_count(tree, LGB_IS_LINEAR, &is_linear) < 0)
		return -1;
	*linear = is_linear != 0;
	if (!*linear)
		return 0;
	if (read_doubles(tree, LGB_LEAF_CONST, tree->leaves) < 0 ||
	    read_ints(tree, LGB_NUM_FEATURES, tree->leaves) < 0)
		return -1;
	for (size_t i = 0; i < tree->leaves; i++) {
		if (int_at(tree, LGB_NUM_FEATURES, i) < 0)
			return fail(tree, LGB_NUM_FEATURES,
				    "a negative number, expected a count");
		terms += (size_t)int_at(tree, LGB_NUM_FEATURES, i);
	}
	if (read_ints(tree, LGB_LEAF_FEATURES, terms) < 0)
		return -1;
	return read_doubles(tree, LGB_LEAF_COEFF, terms);
}

static void add_leaf(struct gbt_lightgbm_tree *tree, size_t i, bool linear)
{
	struct gbt_leaf leaf = {.value = double_at(tree, LGB_LEAF_VALUE, i),
				.cover = double_at(tree, LGB_LEAF_COUNT, i),
				.id = (uint32_t)i,
				.linear = linear};

	if (linear) {
		uint32_t *features = tree->lists[LGB_LEAF_FEATURES].data;
		double *coefficients = tree->lists[LGB_LEAF_COEFF].data;

		leaf.constant = double_at(tree, LGB_LEAF_CONST, i);
		leaf.terms = (uint32_t)int_at(tree, LGB_NUM_FEATURES, i);
		if (leaf.terms) {
			leaf.features = features + tree->linear_at;
			leaf.coefficients = coefficients + tree->linear_at;
		}
		tree->linear_at += leaf.terms;
	}
	gbt_builder_leaf(tree->builder, &leaf);
}

int gbt_lightgbm_tree(struct gbt_lightgbm_tree *tree, uint32_t output)
{
	bool linear;

	for (int i = 0; i < LGB_KEYS; i++)
		tree->lists[i].count = 0;
	tree->linear_at = 0;
	if (read_count(tree, LGB_NUM_LEAVES, &tree->leaves) < 0)
		return -1;
	if (tree->leaves < 1)
		return fail(tree, LGB_NUM_LEAVES,
			    "a tree without num_leaves, expected 1 or more");
	if (read_splits(tree) < 0 ||
	    read_doubles(tree, LGB_LEAF_VALUE, tree->leaves) < 0 ||
	    read_optional(tree, LGB_LEAF_COUNT, tree->leaves) < 0 ||
	    read_linear(tree, &linear) < 0)
		return -1;
	gbt_builder_tree(tree->builder, output);
	for (size_t i = 0; i + 1 < tree->leaves; i++)
		if (add_split(tree, i) < 0)
			return -1;
	for (size_t i = 0; i < tree->leaves; i++)
		add_leaf(tree, i, linear);
	return 0;
}
