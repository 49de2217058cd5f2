/* A grown tree's values, and what they add to scores. */
#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/grow_parts.h"

/* Of a leaf whose value is made from exact gradients. */
enum { EXACT_ROWS = 2048 };

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The quantile of what is left of the labels (Friedman 2001, LAD). */
static double residual(const struct gbt_grower *grower,
		       const struct growing *leaf,
		       const struct gbt_target *target, double share)
{
	const uint32_t *rows = boost_rows_of(&grower->rows, &leaf->used);
	size_t count = leaf->used.count;
	double *left = mem_array(count + 1, sizeof(double)), found = 0;

	for (size_t i = 0; i < count; i++)
		left[i] =
			target->loss->label[rows[i]] - target->scores[rows[i]];
	qsort(left, count, sizeof(double), by_value);
	if (count > 0)
		found = left[(size_t)(share * (double)(count - 1))];
	mem_free(left);
	return found;
}

/* From exact gradients, added four by four. */
static double exact_step(const struct gbt_grower *grower,
			 const struct growing *leaf,
			 const struct gbt_target *target)
{
	const uint32_t *rows = boost_rows_of(&grower->rows, &leaf->used);
	double gradient[4] = {0}, hessian[4] = {0};
	size_t count = leaf->used.count, i = 0;

	for (; i + 4 <= count; i += 4)
		for (int k = 0; k < 4; k++) {
			gradient[k] += target->gradients[rows[i + k]];
			hessian[k] += target->hessians[rows[i + k]];
		}
	for (; i < count; i++) {
		gradient[0] += target->gradients[rows[i]];
		hessian[0] += target->hessians[rows[i]];
	}
	return gbt_leaf_step(
		(gradient[0] + gradient[1]) + (gradient[2] + gradient[3]),
		(hessian[0] + hessian[1]) + (hessian[2] + hessian[3]),
		grower->options);
}

/* Newton's step. What rounding did to many rows is nothing. */
static double step_of(const struct gbt_grower *grower,
		      const struct growing *leaf,
		      const struct gbt_target *target)
{
	if (leaf->used.count <= EXACT_ROWS)
		return exact_step(grower, leaf, target);
	return gbt_leaf_step(gbt_sum_gradient(leaf->total) * grower->pairs.unit,
			     gbt_sum_hessian(leaf->total) *
				     grower->pairs.weight,
			     grower->options);
}

static double value_of(const struct gbt_grower *grower,
		       const struct growing *leaf,
		       const struct gbt_target *target)
{
	double share, step;

	if (gbt_loss_quantile(target->loss, &share))
		step = residual(grower, leaf, target, share);
	else
		step = step_of(grower, leaf, target);
	return gbt_range_hold(&leaf->range, step) * grower->options->rate;
}

static void build_split(const struct gbt_grower *grower,
			const struct made *made, struct gbt_builder *builder)
{
	const struct gbt_column_bins *column =
		&grower->bins->columns[made->feature];
	struct gbt_split split = {
		.feature = made->feature,
		.flags = made->missing_left ? GBT_NAN_LEFT : 0,
		.left = made->children[0],
		.right = made->children[1],
		.gain = made->gain,
		.cover = made->cover,
	};
	uint32_t words[BIN_ROOM / 32] = {0};

	if (made->categorical) {
		for (uint32_t bin = 1; bin < column->count; bin++)
			if (made->left[bin])
				words[(bin - 1) / 32] |= UINT32_C(1)
							 << (bin - 1) % 32;
		split.flags = GBT_CATEGORY;
		split.set = gbt_builder_set(builder, words, BIN_ROOM / 32);
	} else {
		split.threshold = column->upper[made->bin - 1];
	}
	gbt_builder_split(builder, &split);
}

/* The leaves' values, and what they add to scores. */
struct valuing {
	const struct gbt_grower *grower;
	const struct gbt_target *target;
	double *values;
};

static void add_value(const struct valuing *valuing,
		      const struct boost_span *span, double value)
{
	const uint32_t *rows = boost_rows_of(&valuing->grower->rows, span);
	double *scores = valuing->target->scores;

	for (size_t i = 0; i < span->count; i++)
		scores[rows[i]] += value;
}

static void value_leaf(void *context, uint32_t index, uint32_t worker)
{
	struct valuing *valuing = context;
	const struct growing *leaf = &valuing->grower->leaves[index];
	double value = value_of(valuing->grower, leaf, valuing->target);

	(void)worker;
	valuing->values[index] = value;
	add_value(valuing, &leaf->used, value);
	add_value(valuing, &leaf->rest, value);
}

void gbt_grow_finish(struct gbt_grower *grower, uint32_t count,
		     const struct gbt_target *target,
		     struct gbt_builder *builder)
{
	struct valuing valuing = {
		.grower = grower,
		.target = target,
		.values = mem_array(count, sizeof(double)),
	};

	gbt_pool_run(gbt_grower_pool(grower, grower->bins->rows), count,
		     value_leaf, &valuing);
	gbt_builder_tree(builder, target->output);
	for (uint32_t i = 0; i < count; i++) {
		const struct growing *leaf = &grower->leaves[i];
		struct gbt_leaf made = {
			.value = valuing.values[i],
			.cover = (double)leaf->used.count,
			.id = i,
		};

		if (leaf->parent >= 0)
			grower->made[leaf->parent].children[!leaf->is_left] =
				~(int32_t)i;
		gbt_builder_leaf(builder, &made);
	}
	for (uint32_t i = 0; i + 1 < count; i++)
		build_split(grower, &grower->made[i], builder);
	mem_free(valuing.values);
}
