/* A grown tree's values, and what they add to scores. */
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/grow_parts.h"

/* Of a leaf whose value is made from exact gradients. */
enum { EXACT_ROWS = 2048 };

enum { CHUNK_ROWS = 8192 }; /* whose scores one thread adds to at a time */

/* The middle one of three. */
static double middle(double a, double b, double c)
{
	if (a > b) {
		double swap = a;

		a = b;
		b = swap;
	}
	return c < a ? a : c > b ? b : c;
}

/* What would be at `place` of the sorted list (Hoare: Find, 1961). */
static double select_place(double *list, size_t count, size_t place)
{
	size_t low = 0, high = count - 1;

	while (low < high) {
		double pivot = middle(list[low], list[low + (high - low) / 2],
				      list[high]);
		size_t i = low, k = high;

		for (;;) {
			double swap;

			while (list[i] < pivot)
				i++;
			while (list[k] > pivot)
				k--;
			if (i >= k)
				break;
			swap = list[i];
			list[i++] = list[k];
			list[k--] = swap;
		}
		if (place <= k)
			high = k;
		else
			low = k + 1;
	}
	return list[place];
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
	if (count > 0)
		found = select_place(left, count,
				     (size_t)(share * (double)(count - 1)));
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
	uint32_t count;
};

static void value_leaf(void *context, uint32_t index, uint32_t worker)
{
	struct valuing *valuing = context;
	const struct growing *leaf = &valuing->grower->leaves[index];

	(void)worker;
	valuing->values[index] =
		value_of(valuing->grower, leaf, valuing->target);
}

/* The first of some ascending rows that is not below `row`. */
static size_t find_row(const uint32_t *rows, size_t count, size_t row)
{
	size_t low = 0;

	while (count > 0) {
		size_t half = count / 2;

		if (rows[low + half] < row) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return low;
}

/* Adds to the scores of those rows that are in [from, to). */
static void add_value(const struct valuing *valuing,
		      const struct boost_span *span, size_t from, double value)
{
	const uint32_t *rows = boost_rows_of(&valuing->grower->rows, span);
	double *scores = valuing->target->scores;
	size_t i = find_row(rows, span->count, from);
	size_t end = i + find_row(rows + i, span->count - i, from + CHUNK_ROWS);

	for (; i < end; i++)
		scores[rows[i]] += value;
}

/* Of neighbouring rows, so that no two threads write to a line of memory. */
static void add_chunk(void *context, uint32_t chunk, uint32_t worker)
{
	const struct valuing *valuing = context;
	size_t from = (size_t)chunk * CHUNK_ROWS;

	(void)worker;
	for (uint32_t i = 0; i < valuing->count; i++) {
		const struct growing *leaf = &valuing->grower->leaves[i];

		add_value(valuing, &leaf->used, from, valuing->values[i]);
		add_value(valuing, &leaf->rest, from, valuing->values[i]);
	}
}

void gbt_grow_finish(struct gbt_grower *grower, uint32_t count,
		     const struct gbt_target *target,
		     struct gbt_builder *builder)
{
	struct valuing valuing = {
		.grower = grower,
		.target = target,
		.values = mem_array(count, sizeof(double)),
		.count = count,
	};
	size_t rows = grower->bins->rows;

	gbt_pool_run(gbt_grower_pool(grower, rows), count, value_leaf,
		     &valuing);
	gbt_pool_run(gbt_grower_pool(grower, rows),
		     (uint32_t)((rows + CHUNK_ROWS - 1) / CHUNK_ROWS),
		     add_chunk, &valuing);
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
