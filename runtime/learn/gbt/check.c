/* A model is walked without looking; so everything is looked at here, once. */
#include "runtime/learn/gbt/check.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"

struct check {
	struct gbt_model *model;
	struct error **err;
	uint32_t *depths; /* a node of the tree: 0 until it is reached */
	uint8_t *reached; /* a leaf of the tree */
	uint32_t index;   /* of the tree */
	uint32_t found;   /* nodes and leaves that were reached */
};

static int fail(const struct check *check, const char *what)
{
	return error_set(check->err, ERROR_INVALID, "tree %u: %s", check->index,
			 what);
}

/* A child at depth `depth` of a node, or a root. */
static int check_reference(struct check *check, int32_t child, int64_t parent,
			   uint32_t depth)
{
	const struct gbt_tree *tree = &check->model->trees[check->index];
	uint32_t index;

	if (child < 0) {
		index = (uint32_t)~child - tree->first_leaf;
		if ((uint32_t)~child < tree->first_leaf ||
		    index >= tree->leaves)
			return fail(check, "a child is a leaf of none");
		if (check->reached[index]++)
			return fail(check, "a leaf has two parents");
	} else {
		index = (uint32_t)child - tree->first_node;
		if ((uint32_t)child < tree->first_node ||
		    index >= tree->nodes || child <= parent)
			return fail(check, "a child is not behind its parent");
		if (check->depths[index])
			return fail(check, "a node has two parents");
		check->depths[index] = depth;
	}
	check->found++;
	if (depth - 1 > check->model->depth)
		check->model->depth = depth - 1;
	return 0;
}

static int check_node(struct check *check, uint32_t index)
{
	const struct gbt_model *model = check->model;
	const struct gbt_node *node = &model->nodes[index];
	uint32_t depth =
		check->depths[index - model->trees[check->index].first_node];

	if (!depth)
		return fail(check, "a node has no parent");
	if (node->feature >= model->features)
		return fail(check, "a node asks for a feature that is beyond"
				   " the last one");
	if (node->flags & ~(uint32_t)GBT_NODE_FLAGS)
		return fail(check, "a node has unknown flags");
	if ((node->flags & GBT_CATEGORY) && node->set >= model->set_count)
		return fail(check, "a node asks for a set of categories that"
				   " there is none of");
	if (check_reference(check, node->left, index, depth + 1) < 0)
		return -1;
	return check_reference(check, node->right, index, depth + 1);
}

static int check_tree(struct check *check)
{
	const struct gbt_model *model = check->model;
	const struct gbt_tree *tree = &model->trees[check->index];

	if (tree->first_node > model->node_count ||
	    tree->nodes > model->node_count - tree->first_node ||
	    tree->first_leaf > model->leaf_count ||
	    tree->leaves > model->leaf_count - tree->first_leaf)
		return fail(check, "it lies outside of the model");
	if (tree->leaves != tree->nodes + 1)
		return fail(check, "expected one leaf more than splits");
	if (tree->output >= model->outputs)
		return fail(check, "it is for an output beyond the last one");
	memset(check->depths, 0, tree->nodes * sizeof(*check->depths));
	memset(check->reached, 0, tree->leaves);
	check->found = 0;
	if (check_reference(check, tree->root, -1, 1) < 0)
		return -1;
	if (tree->root >= 0 && (uint32_t)tree->root != tree->first_node)
		return fail(check, "its root is not its first node");
	for (uint32_t i = 0; i < tree->nodes; i++)
		if (check_node(check, tree->first_node + i) < 0)
			return -1;
	if (check->found != tree->nodes + tree->leaves)
		return fail(check, "a leaf has no parent");
	return 0;
}

static int check_sets(const struct gbt_model *model, struct error **err)
{
	for (uint32_t i = 0; i < model->set_count; i++)
		if (model->set_first[i] > model->set_first[i + 1] ||
		    model->set_first[i + 1] - model->set_first[i] >
			    GBT_CATEGORY_MAX / 32)
			return error_set(err, ERROR_INVALID,
					 "set of categories %u: its length is"
					 " wrong",
					 i);
	return 0;
}

static int check_linear(const struct gbt_model *model, struct error **err)
{
	const struct gbt_linear *linear = &model->linear;

	for (uint32_t i = 0; i < model->leaf_count; i++) {
		if (linear->first[i] > linear->first[i + 1] ||
		    linear->first[i + 1] > linear->first[model->leaf_count])
			return error_set(err, ERROR_INVALID,
					 "leaf %u: its number of linear terms"
					 " is wrong",
					 i);
		for (uint32_t k = linear->first[i]; k < linear->first[i + 1];
		     k++)
			if (linear->features[k] >= model->features)
				return error_set(err, ERROR_INVALID,
						 "leaf %u: a linear term of a"
						 " feature beyond the last one",
						 i);
	}
	return 0;
}

int gbt_check_trees(struct gbt_model *model, struct error **err)
{
	struct check check = {.model = model, .err = err};
	int status = check_sets(model, err);

	if (status == 0 && model->linear.first)
		status = check_linear(model, err);
	check.depths =
		mem_array((size_t)model->node_count + 1, sizeof(*check.depths));
	check.reached = mem_alloc((size_t)model->leaf_count + 1);
	model->depth = 0;
	for (; status == 0 && check.index < model->tree_count; check.index++)
		status = check_tree(&check);
	mem_free(check.depths);
	mem_free(check.reached);
	return status;
}

int gbt_check_strings(const struct gbt_strings *strings, size_t size,
		      const char *what, struct error **err)
{
	for (uint32_t i = 0; i < strings->count; i++)
		if (strings->offsets[i] >= size)
			return error_set(err, ERROR_INVALID,
					 "%s %u lie outside of the text", what,
					 i);
	return 0;
}

int gbt_check_levels(const struct gbt_model *model, struct error **err)
{
	const uint32_t *first = model->level_first;

	for (uint32_t f = 0; f < model->features; f++) {
		if (first[f] > first[f + 1] ||
		    first[f + 1] > model->levels.count)
			return error_set(err, ERROR_INVALID,
					 "feature %u: its categories lie"
					 " outside of the list",
					 f);
		for (uint32_t i = first[f]; i + 1 < first[f + 1]; i++)
			if (strcmp(gbt_string(&model->levels, i),
				   gbt_string(&model->levels, i + 1)) >= 0)
				return error_set(err, ERROR_INVALID,
						 "feature %u: its categories"
						 " are not sorted",
						 f);
	}
	return 0;
}
