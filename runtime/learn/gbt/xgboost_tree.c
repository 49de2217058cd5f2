/* A tree of XGBoost's JSON. */
#include <math.h>

#include "runtime/learn/gbt/xgboost_parts.h"

static const char *const keys[XGB_KEYS] = {
	[XGB_LEFT] = "left_children",
	[XGB_RIGHT] = "right_children",
	[XGB_FEATURE] = "split_indices",
	[XGB_CONDITION] = "split_conditions",
	[XGB_DEFAULT_LEFT] = "default_left",
	[XGB_GAIN] = "loss_changes",
	[XGB_COVER] = "sum_hessian",
	[XGB_KIND] = "split_type",
	[XGB_CODES] = "categories",
	[XGB_CODE_NODES] = "categories_nodes",
	[XGB_CODE_FIRST] = "categories_segments",
	[XGB_CODE_COUNT] = "categories_sizes",
};

static int fail(struct gbt_xgboost_tree *tree, const char *what)
{
	return gbt_json_fail(tree->json, what);
}

static double value(const struct gbt_xgboost_tree *tree,
		    enum gbt_xgboost_key key, size_t index)
{
	const struct gbt_vector *list = &tree->lists[key];

	return index < list->count ? ((double *)list->data)[index] : 0;
}

/* Is it a number of one of `count` things? */
static bool is_index(double number, size_t count)
{
	return number >= 0 && number < (double)count &&
	       number == (double)(size_t)number;
}

static int read_lists(struct gbt_xgboost_tree *tree)
{
	struct gbt_span key;
	int more;

	for (int i = 0; i < XGB_KEYS; i++)
		tree->lists[i].count = 0;
	if (gbt_json_enter(tree->json, '{') < 0)
		return -1;
	while ((more = gbt_json_key(tree->json, &key)) > 0) {
		int i = 0, status;

		while (i < XGB_KEYS && !gbt_span_is(&key, keys[i]))
			i++;
		status = i < XGB_KEYS
				 ? gbt_json_numbers(tree->json, &tree->lists[i])
				 : gbt_json_skip(tree->json);
		if (status < 0)
			return -1;
	}
	return more;
}

static int check_lists(struct gbt_xgboost_tree *tree)
{
	size_t nodes = tree->lists[XGB_LEFT].count;
	size_t sets = tree->lists[XGB_CODE_NODES].count;

	if (nodes < 1)
		return fail(tree, "a tree without left_children");
	for (int i = XGB_LEFT; i <= XGB_DEFAULT_LEFT; i++)
		if (tree->lists[i].count != nodes)
			return fail(tree, "a tree's lists differ in length,"
					  " expected one number a node");
	for (int i = XGB_GAIN; i <= XGB_KIND; i++)
		if (tree->lists[i].count && tree->lists[i].count != nodes)
			return fail(tree, "a tree's lists differ in length,"
					  " expected one number a node");
	if (tree->lists[XGB_CODE_FIRST].count != sets ||
	    tree->lists[XGB_CODE_COUNT].count != sets)
		return fail(tree, "a tree's categories differ in length");
	return 0;
}

/* Which set of codes belongs to each node: its number plus 1. */
static int find_sets(struct gbt_xgboost_tree *tree)
{
	size_t nodes = tree->lists[XGB_LEFT].count;
	size_t codes = tree->lists[XGB_CODES].count;
	double none = 0;

	tree->sets.count = 0;
	for (size_t i = 0; i < nodes; i++)
		gbt_push(&tree->sets, &none, sizeof(none));
	for (size_t i = 0; i < tree->lists[XGB_CODE_NODES].count; i++) {
		double node = value(tree, XGB_CODE_NODES, i);
		double first = value(tree, XGB_CODE_FIRST, i);
		double count = value(tree, XGB_CODE_COUNT, i);

		if (!is_index(node, nodes) || !is_index(first, codes + 1) ||
		    !is_index(count, codes + 1 - (size_t)first))
			return fail(tree, "a set of categories lies outside"
					  " of its tree");
		((double *)tree->sets.data)[(size_t)node] = (double)i + 1;
	}
	return 0;
}

/* Number the nodes that can be reached: splits and leaves apart. */
static int find_nodes(struct gbt_xgboost_tree *tree)
{
	size_t nodes = tree->lists[XGB_LEFT].count;
	uint32_t root = 0, splits = 0, leaves = 0;
	int32_t none = INT32_MAX;

	tree->places.count = tree->stack.count = tree->order.count = 0;
	for (size_t i = 0; i < nodes; i++)
		gbt_push(&tree->places, &none, sizeof(none));
	gbt_push(&tree->stack, &root, sizeof(root));
	while (tree->stack.count) {
		uint32_t at =
			((uint32_t *)tree->stack.data)[--tree->stack.count];
		int32_t *place = &((int32_t *)tree->places.data)[at];
		double left = value(tree, XGB_LEFT, at);
		double right = value(tree, XGB_RIGHT, at);
		uint32_t children[2];

		if (*place != INT32_MAX)
			return fail(tree, "two splits of a tree lead to the"
					  " same, or in a circle");
		gbt_push(&tree->order, &at, sizeof(at));
		*place = left == -1 ? ~(int32_t)leaves++ : (int32_t)splits++;
		if (left == -1)
			continue;
		if (!is_index(left, nodes) || !is_index(right, nodes))
			return fail(tree, "a split leads out of its tree");
		children[0] = (uint32_t)right;
		children[1] = (uint32_t)left;
		gbt_push(&tree->stack, &children[0], sizeof(*children));
		gbt_push(&tree->stack, &children[1], sizeof(*children));
	}
	return 0;
}

/*
 * XGBoost compares floats: x < condition. The largest double that, rounded to
 * a float, is below the condition makes the same of "at most".
 */
static double settle_threshold(double condition)
{
	float most = nextafterf((float)condition, -INFINITY);
	float next = nextafterf(most, INFINITY);
	double middle;
	uint32_t bits;

	if ((float)condition == -INFINITY || isnan(condition))
		return (double)NAN; /* nothing is below it */
	middle = isinf(next) ? 0x1.ffffffp127
			     : (double)most + ((double)next - most) / 2;
	if (most == -INFINITY)
		middle = -0x1.ffffffp127;
	memcpy(&bits, &most, sizeof(bits));
	return bits & 1 ? nextafter(middle, -INFINITY) : middle;
}

/* Codes in the set go right: so children change places. */
static int add_category(struct gbt_xgboost_tree *tree, struct gbt_split *split,
			uint32_t at)
{
	double set = ((double *)tree->sets.data)[at] - 1;
	size_t first, count;
	int32_t left = split->left;

	if (set < 0)
		return fail(tree, "a split by category has no categories");
	first = (size_t)value(tree, XGB_CODE_FIRST, (size_t)set);
	count = (size_t)value(tree, XGB_CODE_COUNT, (size_t)set);
	tree->words.count = 0;
	for (size_t i = first; i < first + count; i++) {
		double code = value(tree, XGB_CODES, i);
		uint32_t none = 0;

		if (!is_index(code, GBT_CATEGORY_MAX))
			return fail(tree, "a category that is no code,"
					  " expected 0 to 16777215");
		while (tree->words.count <= (size_t)code / 32)
			gbt_push(&tree->words, &none, sizeof(none));
		((uint32_t *)tree->words.data)[(size_t)code / 32] |=
			1U << ((size_t)code % 32);
	}
	split->set = gbt_builder_set(tree->builder, tree->words.data,
				     (uint32_t)tree->words.count);
	split->flags =
		(split->flags ^ GBT_NAN_LEFT) | GBT_CATEGORY | GBT_FLOAT_CODE;
	split->left = split->right;
	split->right = left;
	return 0;
}

static int add_split(struct gbt_xgboost_tree *tree, uint32_t at)
{
	const int32_t *places = tree->places.data;
	double feature = value(tree, XGB_FEATURE, at);
	struct gbt_split split = {
		.flags = value(tree, XGB_DEFAULT_LEFT, at) != 0 ? GBT_NAN_LEFT
								: 0,
		.left = places[(size_t)value(tree, XGB_LEFT, at)],
		.right = places[(size_t)value(tree, XGB_RIGHT, at)],
		.gain = value(tree, XGB_GAIN, at),
		.cover = value(tree, XGB_COVER, at)};

	if (!is_index(feature, GBT_FEATURES_MAX))
		return fail(tree, "split_indices must be numbers of"
				  " features");
	split.feature = (uint32_t)feature;
	if (value(tree, XGB_KIND, at) == 1) {
		if (add_category(tree, &split, at) < 0)
			return -1;
	} else {
		split.threshold =
			settle_threshold(value(tree, XGB_CONDITION, at));
	}
	gbt_builder_split(tree->builder, &split);
	return 0;
}

static int add_nodes(struct gbt_xgboost_tree *tree)
{
	const uint32_t *order = tree->order.data;
	const int32_t *places = tree->places.data;

	gbt_builder_tree(tree->builder, 0);
	for (size_t i = 0; i < tree->order.count; i++) {
		struct gbt_leaf leaf = {.id = order[i]};

		if (places[order[i]] >= 0) {
			if (add_split(tree, order[i]) < 0)
				return -1;
			continue;
		}
		leaf.value = (float)value(tree, XGB_CONDITION, order[i]);
		leaf.cover = value(tree, XGB_COVER, order[i]);
		gbt_builder_leaf(tree->builder, &leaf);
	}
	return 0;
}

int gbt_xgboost_tree(struct gbt_xgboost_tree *tree)
{
	if (read_lists(tree) < 0 || check_lists(tree) < 0 ||
	    find_sets(tree) < 0 || find_nodes(tree) < 0)
		return -1;
	return add_nodes(tree);
}

void gbt_xgboost_tree_release(struct gbt_xgboost_tree *tree)
{
	for (int i = 0; i < XGB_KEYS; i++)
		gbt_vector_release(&tree->lists[i]);
	gbt_vector_release(&tree->places);
	gbt_vector_release(&tree->stack);
	gbt_vector_release(&tree->order);
	gbt_vector_release(&tree->words);
	gbt_vector_release(&tree->sets);
}
