/* One row: ranks, then eight trees at once. */
#include <math.h>
#include <string.h>

#include "runtime/learn/gbt/added.h"
#include "runtime/learn/gbt/fast_parts.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/walk.h"

/* How many of `count` sorted thresholds are below `value`. */
static inline uint32_t count_below(const double *thresholds, uint32_t count,
				   double value)
{
	size_t base = 0, rest = count;

	/* Without a branch: which half it is cannot be foreseen. */
	while (rest > 1) {
		size_t half = rest / 2;

		base += half & -(size_t)(thresholds[base + half - 1] < value);
		rest -= half;
	}
	return (uint32_t)(base + (rest && thresholds[base] < value));
}

static inline int16_t rank_of(const struct gbt_fast *fast,
			      const struct gbt_column *column, double value)
{
	if (column->category)
		return gbt_walk_category(fast->model, column->category, value)
			       ? 1
			       : 2;
	if (value != value || ((column->flags & GBT_ZERO_MISSING) &&
			       value >= -GBT_ZERO && value <= GBT_ZERO))
		return column->flags & GBT_NAN_LEFT ? GBT_RANK_LEFT
						    : GBT_RANK_RIGHT;
	return (int16_t)(1 + count_below(fast->thresholds + column->first,
					 column->count, value));
}

void gbt_fast_ranks(const struct gbt_fast *fast, const double *row,
		    int16_t *ranks, size_t stride)
{
	for (uint32_t i = 0; i < fast->column_count; i++) {
		const struct gbt_column *column = &fast->columns[i];

		ranks[i * stride] = rank_of(fast, column, row[column->feature]);
	}
}

static inline uint32_t step(const gbt_slot *slots, const int16_t *ranks,
			    uint32_t at)
{
	gbt_slot slot = slots[at];

	return (uint32_t)(slot >> 32) +
	       (ranks[slot >> 16 & 0xffff] > (int16_t)(slot & 0xffff));
}

/* From roots to leaves; who is there early waits in its leaf. */
static inline void walk_lanes(const struct gbt_fast *fast, const int16_t *ranks,
			      uint32_t at[GBT_FAST_LANES])
{
	const gbt_slot *slots = fast->slots;
	uint32_t moved;

	do {
		moved = 0;
		for (int i = 0; i < GBT_FAST_LANES; i++) {
			uint32_t next = step(slots, ranks, at[i]);

			next = step(slots, ranks, next);
			moved |= next ^ at[i];
			at[i] = next;
		}
	} while (moved);
}

/* Sums in the trees' order: each waits for the one before, so no more. */
static void add_values(const struct gbt_model *model, uint32_t first,
		       const double *values, uint32_t count, double *raw)
{
	if (model->outputs > 1) {
		for (uint32_t i = 0; i < count; i++)
			gbt_add(model, &raw[model->trees[first + i].output],
				values[i]);
	} else if (model->float_sums) {
		float sum = (float)raw[0];

		for (uint32_t i = 0; i < count; i++)
			sum += (float)values[i];
		raw[0] = (double)sum;
	} else {
		for (uint32_t i = 0; i < count; i++)
			raw[0] += values[i];
	}
}

/* The masks of a part's trees that the row is above of, a column a time. */
static void apply_masks(const struct gbt_fast *fast,
			const struct gbt_part_of_trees *part,
			const int16_t *ranks, uint32_t *leaves)
{
	for (uint32_t c = 0; c < fast->column_count; c++) {
		const struct gbt_mask *at = fast->masks + part->first[c];
		const struct gbt_mask *end = fast->masks + part->first[c + 1];
		int16_t rank = ranks[c];

		for (; at < end && at->rank < rank; at++)
			leaves[at->tree] &= at->keep;
	}
}

static void score_masked(const struct gbt_fast *fast, const int16_t *ranks,
			 double *raw)
{
	uint32_t leaves[GBT_FAST_PART];
	double found[GBT_FAST_PART];

	for (uint32_t i = 0; i < fast->part_count; i++) {
		const struct gbt_part_of_trees *part = &fast->parts[i];
		const double *values =
			fast->leaf_values +
			(size_t)part->first_tree * GBT_FAST_LEAVES;

		memset(leaves, 0xff, part->trees * sizeof(*leaves));
		apply_masks(fast, part, ranks, leaves);
		for (uint32_t t = 0; t < part->trees; t++)
			found[t] = values[t * GBT_FAST_LEAVES +
					  (uint32_t)__builtin_ctz(leaves[t])];
		add_values(fast->model, part->first_tree, found, part->trees,
			   raw);
	}
}

/* Trees with more leaves than a mask has bits. */
static void score_walked(const struct gbt_fast *fast, const int16_t *ranks,
			 double *raw)
{
	const struct gbt_model *model = fast->model;
	uint32_t at[GBT_FAST_LANES], tree = 0;
	double found[GBT_FAST_LANES];

	for (; tree + GBT_FAST_LANES <= model->tree_count;
	     tree += GBT_FAST_LANES) {
		memcpy(at, fast->roots + tree, sizeof(at));
		walk_lanes(fast, ranks, at);
		for (uint32_t i = 0; i < GBT_FAST_LANES; i++)
			found[i] = fast->values[at[i]];
		add_values(model, tree, found, GBT_FAST_LANES, raw);
	}
	for (; tree < model->tree_count; tree++) {
		uint32_t now = fast->roots[tree], next;

		while ((next = step(fast->slots, ranks, now)) != now)
			now = next;
		add_values(model, tree, &fast->values[now], 1, raw);
	}
}

void gbt_fast_raw(const struct gbt_fast *fast, const double *row, double *raw)
{
	const struct gbt_model *model = fast->model;
	int16_t ranks[GBT_FAST_COLUMNS];

	if (fast->plain) {
		gbt_raw(model, row, raw);
		return;
	}
	gbt_fast_ranks(fast, row, ranks, 1);
	for (uint32_t i = 0; i < model->outputs; i++)
		raw[i] = gbt_rounded(model, model->base[i]);
	if (fast->masked)
		score_masked(fast, ranks, raw);
	else
		score_walked(fast, ranks, raw);
	if (model->added.first)
		raw[0] += gbt_added_sum(model, row);
}
