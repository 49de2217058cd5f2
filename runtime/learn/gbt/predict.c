/* The plain walk: what every faster way must agree with to the bit. */
#include "runtime/learn/gbt/predict.h"

#include <math.h>

#include "runtime/learn/gbt/added.h"
#include "runtime/learn/gbt/walk.h"

bool gbt_goes_left(const struct gbt_model *model, const struct gbt_node *node,
		   const double *row)
{
	return gbt_walk_left(model, node, row[node->feature]);
}

/* The value of a leaf, which may be linear in the row. */
static double leaf_value(const struct gbt_model *model, uint32_t leaf,
			 const double *row)
{
	const struct gbt_linear *linear = &model->linear;
	double sum;

	if (!linear->first)
		return model->leaf_values[leaf];
	sum = linear->constants[leaf];
	for (uint32_t i = linear->first[leaf]; i < linear->first[leaf + 1];
	     i++) {
		double value = row[linear->features[i]];

		if (isnan(value))
			return model->leaf_values[leaf];
		sum += linear->coefficients[i] * value;
	}
	return sum;
}

void gbt_raw_staged(const struct gbt_model *model, const double *row,
		    uint32_t trees, double *raw)
{
	for (uint32_t i = 0; i < model->outputs; i++)
		raw[i] = gbt_rounded(model, model->base[i]);
	for (uint32_t i = 0; i < trees && i < model->tree_count; i++) {
		uint32_t leaf = gbt_walk(model, model->trees[i].root, row);

		gbt_add(model, &raw[model->trees[i].output],
			leaf_value(model, leaf, row));
	}
	if (model->added.first)
		raw[0] += gbt_added_sum(model, row);
}

void gbt_raw(const struct gbt_model *model, const double *row, double *raw)
{
	gbt_raw_staged(model, row, model->tree_count, raw);
}

void gbt_predict(const struct gbt_model *model, const double *row, double *out)
{
	gbt_raw(model, row, out);
	gbt_transform_raw(model, out);
}

void gbt_leaves(const struct gbt_model *model, const double *row,
		uint32_t *leaves)
{
	for (uint32_t i = 0; i < model->tree_count; i++)
		leaves[i] = model->leaf_ids[gbt_walk(
			model, model->trees[i].root, row)];
}
