/* Nodes in preorder: children behind their parents, so cycles cannot be. */
#include <string.h>

#include "runtime/learn/gbt/layout.h"

/* A child that has no place yet: which, and where its new index belongs. */
struct pending {
	int32_t child;
	int64_t parent; /* new index in the tree; -1: the root */
	bool right;
};

struct order {
	struct gbt_builder *builder;
	struct error **err;
	struct gbt_tree *tree;
	uint32_t index;           /* of the tree */
	struct gbt_vector stack;  /* struct pending */
	struct gbt_vector olds;   /* uint32_t: which node comes when */
	struct gbt_vector nodes;  /* struct gbt_node, in the new order */
	struct gbt_vector placed; /* uint8_t a node */
};

static int fail(const struct order *order, const char *what)
{
	return error_set(order->err, ERROR_INVALID, "tree %u: %s", order->index,
			 what);
}

static void push(struct order *order, int32_t child, int64_t parent, bool right)
{
	struct pending pending = {child, parent, right};

	gbt_push(&order->stack, &pending, sizeof(pending));
}

static void set_child(struct order *order, const struct pending *pending,
		      int32_t value)
{
	struct gbt_node *nodes = order->nodes.data;

	if (pending->parent < 0 || !nodes)
		order->tree->root = value;
	else if (pending->right)
		nodes[pending->parent].right = value;
	else
		nodes[pending->parent].left = value;
}

static int place(struct order *order, const struct pending *pending)
{
	const struct gbt_tree *tree = order->tree;
	const struct gbt_node *old = order->builder->nodes.data;
	uint8_t *placed = order->placed.data;
	uint32_t which = (uint32_t)pending->child;
	int64_t at = (int64_t)order->nodes.count;

	if (pending->child < 0) {
		uint32_t leaf = (uint32_t)~pending->child;

		if (leaf >= tree->leaves)
			return fail(order, "a split leads to a leaf that there"
					   " is none of");
		set_child(order, pending, ~(int32_t)(tree->first_leaf + leaf));
		return 0;
	}
	if (which >= tree->nodes)
		return fail(order, "a split leads to one that there is none"
				   " of");
	if (placed[which]++)
		return fail(order, "two splits lead to the same, or in a"
				   " circle");
	old += tree->first_node + which;
	gbt_push(&order->nodes, old, sizeof(*old));
	gbt_push(&order->olds, &which, sizeof(which));
	set_child(order, pending, (int32_t)(tree->first_node + at));
	push(order, old->right, at, true);
	push(order, old->left, at, false);
	return 0;
}

/* Put doubles that belong to nodes into their new order. */
static void reorder(const struct order *order, struct gbt_vector *vector)
{
	double *values = (double *)vector->data + order->tree->first_node;
	const uint32_t *olds = order->olds.data;
	size_t count = order->tree->nodes;
	double *copy = mem_array(count + 1, sizeof(*copy));

	if (count)
		memcpy(copy, values, count * sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		values[i] = copy[olds[i]];
	mem_free(copy);
}

static int order_tree(struct order *order)
{
	struct gbt_tree *tree = order->tree;
	uint8_t none = 0;

	order->stack.count = order->olds.count = order->nodes.count = 0;
	order->placed.count = 0;
	for (uint32_t i = 0; i < tree->nodes; i++)
		gbt_push(&order->placed, &none, 1);
	push(order, tree->nodes ? 0 : ~0, -1, false);
	while (order->stack.count) {
		struct pending pending =
			((struct pending *)
				 order->stack.data)[--order->stack.count];

		if (place(order, &pending) < 0)
			return -1;
	}
	if (order->nodes.count != tree->nodes)
		return fail(order, "no split leads to one of its splits");
	if (!tree->nodes)
		return 0;
	memcpy((struct gbt_node *)order->builder->nodes.data + tree->first_node,
	       order->nodes.data, tree->nodes * sizeof(struct gbt_node));
	reorder(order, &order->builder->gains);
	reorder(order, &order->builder->node_covers);
	return 0;
}

int gbt_layout_order(struct gbt_builder *builder, struct error **err)
{
	struct order order = {.builder = builder, .err = err};
	int status = 0;

	if (builder->nodes.count >= INT32_MAX ||
	    builder->leaf_values.count >= INT32_MAX ||
	    builder->set_words.count >= INT32_MAX)
		return error_set(err, ERROR_LIMIT,
				 "the model has too many"
				 " splits");
	for (; status == 0 && order.index < builder->trees.count;
	     order.index++) {
		order.tree =
			(struct gbt_tree *)builder->trees.data + order.index;
		status = order_tree(&order);
	}
	gbt_vector_release(&order.stack);
	gbt_vector_release(&order.olds);
	gbt_vector_release(&order.nodes);
	gbt_vector_release(&order.placed);
	return status;
}
