#include "runtime/learn/linear/compose.h"

#include <math.h>
#include <stdio.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/added.h"
#include "runtime/learn/gbt/builder.h"
#include "runtime/learn/linear/rates.h"

enum { NOTES = BLEND_PARTS + 2, NOTE = 64 };

struct composing {
	const struct linear_rows *rows;
	const struct blend_choice *choice;
	struct linear_sum sum; /* of all parts but the trees */
	struct gbt_builder *builder;
	double base;         /* of the trees */
	uint32_t tree_count; /* in the builder */
	uint32_t *first;     /* of what is kept of the sum */
	double *values;
	double penalty;
	char notes[NOTES][NOTE];
	const char *about[NOTES];
	uint32_t note_count;
};

static void add_linear(struct composing *composing, double share)
{
	const struct linear_rows *rows = composing->rows;
	struct linear_sum sum;

	composing->penalty = linear_path(composing->choice->penalty,
					 linear_rows_weight(rows));
	linear_sum_init(&sum, rows->table);
	linear_fit(rows, composing->penalty, &sum);
	linear_sum_add(&composing->sum, &sum, share, rows->table);
	linear_sum_release(&sum);
}

static void add_rates(struct composing *composing, double share)
{
	struct linear_sum sum;

	linear_sum_init(&sum, composing->rows->table);
	linear_rates(composing->rows, &sum);
	linear_sum_add(&composing->sum, &sum, share, composing->rows->table);
	linear_sum_release(&sum);
}

static int add_trees(struct composing *composing, uint32_t setting,
		     struct error **err)
{
	const struct blend_choice *choice = composing->choice;
	double share = choice->tree_shares[setting];
	uint32_t first = composing->tree_count;
	struct gbt_model *trees;

	if (share == 0)
		return 0;
	trees = gbt_train(composing->rows->table, &choice->trees[setting], err);
	if (!trees)
		return -1;
	for (uint32_t i = 0; i < trees->tree_count; i++)
		gbt_builder_copy(composing->builder, trees, i);
	gbt_builder_scale(composing->builder, first, share);
	composing->tree_count += trees->tree_count;
	composing->base += share * trees->base[0];
	gbt_model_free(trees);
	return 0;
}

static double value_of(const struct composing *composing, uint32_t feature,
		       size_t row)
{
	const struct linear_sum *sum = &composing->sum;
	const struct gbt_table *table = composing->rows->table;
	uint32_t first = sum->first[feature];

	return gbt_added_value(sum->values + first,
			       sum->first[feature + 1] - first,
			       linear_levels(table, feature) > 0,
			       table->columns[feature][row]);
}

/* Move a feature's mean to the base, so that the rest is its contribution. */
static void centre(struct composing *composing, uint32_t feature)
{
	const struct linear_rows *rows = composing->rows;
	struct linear_sum *sum = &composing->sum;
	double *part = sum->values + sum->first[feature];
	double all = 0, weights = 0;

	for (size_t i = 0; i < rows->count; i++) {
		double weight = linear_weight(rows->table, rows->rows[i]);

		all += weight * value_of(composing, feature, rows->rows[i]);
		weights += weight;
	}
	all /= weights;
	sum->base += all;
	if (linear_levels(rows->table, feature)) {
		for (uint32_t i = sum->first[feature];
		     i < sum->first[feature + 1]; i++)
			sum->values[i] -= all;
		return;
	}
	part[GBT_ADDED_OFFSET] -= all;
	part[GBT_ADDED_MISSING] -= all;
}

static bool says_anything(const struct linear_sum *sum, uint32_t feature)
{
	for (uint32_t i = sum->first[feature]; i < sum->first[feature + 1]; i++)
		if (sum->values[i] != 0)
			return true;
	return false;
}

/* What is not 0 of the sum. */
static void keep(struct composing *composing)
{
	const struct linear_sum *sum = &composing->sum;
	uint32_t at = 0;

	composing->first =
		mem_array((size_t)sum->features + 1, sizeof(uint32_t));
	composing->values = mem_array((size_t)sum->first[sum->features] + 1,
				      sizeof(double));
	for (uint32_t f = 0; f < sum->features; f++) {
		composing->first[f] = at;
		if (!says_anything(sum, f))
			continue;
		centre(composing, f);
		for (uint32_t i = sum->first[f]; i < sum->first[f + 1]; i++)
			composing->values[at++] = sum->values[i];
	}
	composing->first[sum->features] = at;
}

static char *next_note(struct composing *composing)
{
	uint32_t at = composing->note_count++;

	composing->about[at] = composing->notes[at];
	return composing->notes[at];
}

static void note(struct composing *composing)
{
	for (int i = 0; i < BLEND_PARTS; i++)
		snprintf(next_note(composing), NOTE, "share.%s=%.4f",
			 blend_part_name((enum blend_part)i),
			 composing->choice->shares[i]);
	if (composing->penalty > 0)
		snprintf(next_note(composing), NOTE, "linear.penalty=%.6g",
			 composing->penalty);
}

static struct gbt_model *finish(struct composing *composing,
				const struct gbt_options *given,
				struct error **err)
{
	const struct gbt_table *table = composing->rows->table;
	double base;
	struct gbt_shape shape = {
		.features = table->features,
		.outputs = 1,
		.objective = given->objective,
		.transform =
			composing->rows->binary ? GBT_SIGMOID : GBT_IDENTITY,
		.sigmoid = 1,
		.alpha = given->alpha,
		.base = &base,
		.names = table->names,
		.levels = table->levels,
		.level_first = table->level_first,
	};

	keep(composing);
	note(composing);
	base = composing->base + composing->sum.base;
	shape.about = composing->about;
	shape.about_count = composing->note_count;
	if (composing->first[table->features] > 0) {
		shape.added.first = composing->first;
		shape.added.values = composing->values;
	}
	return gbt_builder_finish(composing->builder, &shape, err);
}

struct gbt_model *blend_compose(const struct linear_rows *rows,
				const struct gbt_options *given,
				const struct blend_choice *choice,
				struct error **err)
{
	const double *shares = choice->shares;
	struct composing composing = {.rows = rows, .choice = choice};
	struct gbt_model *model = NULL;
	int result = 0;

	linear_sum_init(&composing.sum, rows->table);
	composing.builder = gbt_builder_new();
	composing.sum.base = shares[BLEND_CONSTANT] * linear_base(rows);
	if (shares[BLEND_LINEAR] > 0)
		add_linear(&composing, shares[BLEND_LINEAR]);
	if (shares[BLEND_RATES] > 0)
		add_rates(&composing, shares[BLEND_RATES]);
	for (uint32_t i = 0; i < choice->tree_count && result == 0; i++)
		result = add_trees(&composing, i, err);
	if (result == 0)
		model = finish(&composing, given, err);
	linear_sum_release(&composing.sum);
	gbt_builder_free(composing.builder);
	mem_free(composing.first);
	mem_free(composing.values);
	return model;
}
