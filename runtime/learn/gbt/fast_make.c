/* Slots for walks, masks for QuickScorer. */
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/fast_parts.h"
#include "runtime/learn/gbt/walk.h"

/* While slots are handed out: a slot's place is known before its content. */
struct place {
	int32_t child; /* what belongs there: as in a node */
	uint32_t slot;
};

struct slots {
	struct gbt_fast *fast;
	const uint16_t *columns, *ranks;
	uint32_t used;
	struct place *queue; /* owned */
};

/* Level by level, children side by side. */
static void lay_tree(struct slots *slots, const struct gbt_tree *tree)
{
	const struct gbt_model *model = slots->fast->model;
	uint32_t first = 0, end = 1;

	slots->queue[0] = (struct place){tree->root, slots->used++};
	while (first < end) {
		struct place at = slots->queue[first++];
		gbt_slot *slot = &slots->fast->slots[at.slot];
		const struct gbt_node *node;

		if (at.child < 0) {
			*slot = (gbt_slot)at.slot << 32 | GBT_RANK_RIGHT;
			slots->fast->values[at.slot] = gbt_rounded(
				model, model->leaf_values[~at.child]);
			continue;
		}
		node = &model->nodes[at.child];
		*slot = (gbt_slot)slots->used << 32 |
			(gbt_slot)slots->columns[at.child] << 16 |
			slots->ranks[at.child];
		slots->queue[end++] = (struct place){node->left, slots->used++};
		slots->queue[end++] =
			(struct place){node->right, slots->used++};
	}
}

void gbt_fast_make_slots(struct gbt_fast *fast, const uint16_t *node_columns,
			 const uint16_t *node_ranks)
{
	const struct gbt_model *model = fast->model;
	size_t all = (size_t)model->node_count + model->leaf_count;
	struct slots slots = {fast, node_columns, node_ranks, 0,
			      mem_array(all + 1, sizeof(struct place))};

	fast->slots = mem_array(all + 1, sizeof(*fast->slots));
	fast->values = mem_array(all + 1, sizeof(*fast->values));
	fast->roots =
		mem_array((size_t)model->tree_count + 1, sizeof(*fast->roots));
	for (uint32_t i = 0; i < model->tree_count; i++) {
		fast->roots[i] = slots.used;
		lay_tree(&slots, &model->trees[i]);
	}
	mem_free(slots.queue);
}

/* Leaves get their places from left to right. */
struct masking {
	struct gbt_fast *fast;
	const uint16_t *columns, *ranks;
	uint32_t *lefts; /* owned, a node: the leaves it cuts off */
	uint8_t *counts; /* owned, a node: leaves below */
};

static uint32_t leaves_below(const struct masking *masking, int32_t child)
{
	return child < 0 ? 1 : masking->counts[child];
}

static double leaf_value(const struct gbt_model *model, int32_t child)
{
	return gbt_rounded(model, model->leaf_values[~child]);
}

/* A node's place: where its first leaf is. Preorder: parents come first. */
static void mask_tree(struct masking *masking, uint32_t index, uint8_t *firsts)
{
	const struct gbt_model *model = masking->fast->model;
	const struct gbt_tree *tree = &model->trees[index];
	double *values =
		masking->fast->leaf_values + (size_t)index * GBT_FAST_LEAVES;

	for (uint32_t i = tree->nodes; i-- > 0;) {
		const struct gbt_node *node =
			&model->nodes[tree->first_node + i];

		masking->counts[tree->first_node + i] =
			(uint8_t)(leaves_below(masking, node->left) +
				  leaves_below(masking, node->right));
	}
	if (!tree->nodes)
		values[0] = leaf_value(model, tree->root);
	else
		firsts[tree->first_node] = 0;
	for (uint32_t i = 0; i < tree->nodes; i++) {
		uint32_t at = tree->first_node + i, first = firsts[at];
		const struct gbt_node *node = &model->nodes[at];
		uint32_t left = leaves_below(masking, node->left);

		masking->lefts[at] = ((1U << left) - 1) << first;
		if (node->left < 0)
			values[first] = leaf_value(model, node->left);
		else
			firsts[node->left] = (uint8_t)first;
		if (node->right < 0)
			values[first + left] = leaf_value(model, node->right);
		else
			firsts[node->right] = (uint8_t)(first + left);
	}
}

static int compare_masks(const void *left, const void *right)
{
	const struct gbt_mask *a = left, *b = right;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->tree > b->tree) - (a->tree < b->tree);
}

/* The masks of a part's trees, sorted by column, then by rank. */
static void fill_part(struct masking *masking, struct gbt_part_of_trees *part,
		      uint32_t begin)
{
	struct gbt_fast *fast = masking->fast;
	const struct gbt_model *model = fast->model;
	uint32_t *next;

	part->first =
		mem_array((size_t)fast->column_count + 2, sizeof(*part->first));
	next = part->first + 1;
	for (uint32_t t = 0; t < part->trees; t++) {
		const struct gbt_tree *tree =
			&model->trees[part->first_tree + t];

		for (uint32_t i = 0; i < tree->nodes; i++)
			next[masking->columns[tree->first_node + i] + 1]++;
	}
	next[0] = begin;
	for (uint32_t c = 0; c < fast->column_count; c++)
		next[c + 1] += next[c];
	for (uint32_t t = 0; t < part->trees; t++) {
		const struct gbt_tree *tree =
			&model->trees[part->first_tree + t];

		for (uint32_t i = 0; i < tree->nodes; i++) {
			uint32_t at = tree->first_node + i;

			fast->masks[next[masking->columns[at]]++] =
				(struct gbt_mask){~masking->lefts[at],
						  (uint16_t)t,
						  (int16_t)masking->ranks[at]};
		}
	}
	part->first[0] = begin;
	for (uint32_t c = 0; c < fast->column_count; c++)
		qsort(fast->masks + part->first[c],
		      part->first[c + 1] - part->first[c], sizeof(*fast->masks),
		      compare_masks);
}

static bool fits_masks(const struct gbt_model *model)
{
	for (uint32_t i = 0; i < model->tree_count; i++)
		if (model->trees[i].leaves > GBT_FAST_LEAVES)
			return false;
	return true;
}

void gbt_fast_make_masks(struct gbt_fast *fast, const uint16_t *node_columns,
			 const uint16_t *node_ranks)
{
	const struct gbt_model *model = fast->model;
	size_t nodes = (size_t)model->node_count + 1;
	struct masking masking = {fast, node_columns, node_ranks, NULL, NULL};
	uint8_t *firsts;
	uint32_t begin = 0;

	if (!fits_masks(model))
		return;
	masking.lefts = mem_array(nodes, sizeof(*masking.lefts));
	masking.counts = mem_alloc(nodes);
	firsts = mem_alloc(nodes);
	fast->masked = true;
	fast->masks = mem_array(nodes, sizeof(*fast->masks));
	fast->leaf_values =
		mem_array(((size_t)model->tree_count + 1) * GBT_FAST_LEAVES,
			  sizeof(*fast->leaf_values));
	for (uint32_t i = 0; i < model->tree_count; i++)
		mask_tree(&masking, i, firsts);
	fast->part_count =
		(model->tree_count + GBT_FAST_PART - 1) / GBT_FAST_PART;
	fast->parts =
		mem_array((size_t)fast->part_count + 1, sizeof(*fast->parts));
	for (uint32_t i = 0; i < fast->part_count; i++) {
		struct gbt_part_of_trees *part = &fast->parts[i];
		uint32_t rest;

		part->first_tree = i * GBT_FAST_PART;
		rest = model->tree_count - part->first_tree;
		part->trees = rest < GBT_FAST_PART ? rest : GBT_FAST_PART;
		fill_part(&masking, part, begin);
		begin = part->first[fast->column_count];
	}
	mem_free(masking.lefts);
	mem_free(masking.counts);
	mem_free(firsts);
}
