/* Permutation importance. */
#include "runtime/learn/gbt/importance.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/fast_parts.h"
#include "runtime/learn/gbt/predict.h"

/* Vigna's splitmix64. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

static double loss_of(const struct gbt_model *model, const double *truth,
		      double *scores, size_t count)
{
	struct gbt_sample sample = {truth, scores, NULL, count, NULL};
	uint32_t width = gbt_predictions(model);

	for (size_t i = 0; i < count; i++) {
		gbt_transform_raw(model, scores + i * model->outputs);
		/* One prediction of many scores: put side by side. */
		memmove(scores + i * width, scores + i * model->outputs,
			width * sizeof(*scores));
	}
	if (width > 1)
		return gbt_classes_log_loss(&sample, width);
	if (model->transform == GBT_SIGMOID)
		return gbt_log_loss(&sample);
	return gbt_brier(&sample); /* the mean squared error */
}

double gbt_loss(const struct gbt_fast *fast, const double *rows,
		const double *truth, size_t count)
{
	const struct gbt_model *model = fast->model;
	double *scores = mem_array(count * model->outputs + 1, sizeof(*scores));
	double loss;

	gbt_fast_batch(fast, rows, count, scores);
	loss = loss_of(model, truth, scores, count);
	mem_free(scores);
	return loss;
}

static void shuffle(double *values, size_t count, uint64_t seed)
{
	uint64_t state = seed;

	for (size_t i = count; i > 1; i--) {
		size_t other = (size_t)(next_random(&state) % i);
		double value = values[i - 1];

		values[i - 1] = values[other];
		values[other] = value;
	}
}

/* The feature's values, out of the rows or into them. */
static void copy_column(double *rows, size_t count, size_t width,
			double *column, bool into)
{
	for (size_t i = 0; i < count; i++) {
		if (into)
			rows[i * width] = column[i];
		else
			column[i] = rows[i * width];
	}
}

/* Which features the model looks at: a list, owned. */
static bool *find_used(const struct gbt_model *model)
{
	const struct gbt_linear *linear = &model->linear;
	bool *used = mem_array((size_t)model->features + 1, sizeof(*used));
	uint32_t terms = linear->first ? linear->first[model->leaf_count] : 0;

	for (uint32_t i = 0; i < model->node_count; i++)
		used[model->nodes[i].feature] = true;
	for (uint32_t i = 0; i < terms; i++)
		used[linear->features[i]] = true;
	for (uint32_t i = 0; model->added.first && i < model->features; i++)
		used[i] |= model->added.first[i] < model->added.first[i + 1];
	return used;
}

void gbt_permutation(const struct gbt_fast *fast, double *rows,
		     const struct gbt_sample *sample, uint64_t seed,
		     double *increases)
{
	const double *truth = sample->truth;
	size_t count = sample->count;
	size_t width = fast->model->features;
	double *column = mem_array(2 * count + 1, sizeof(*column));
	double *shuffled = column + count;
	bool *used = find_used(fast->model);
	double loss = gbt_loss(fast, rows, truth, count);

	for (size_t f = 0; f < width; f++) {
		increases[f] = 0;
		if (!used[f] || !count)
			continue;
		copy_column(rows + f, count, width, column, false);
		memcpy(shuffled, column, count * sizeof(*column));
		shuffle(shuffled, count, seed + f);
		copy_column(rows + f, count, width, shuffled, true);
		increases[f] = gbt_loss(fast, rows, truth, count) - loss;
		copy_column(rows + f, count, width, column, true);
	}
	mem_free(column);
	mem_free(used);
}
