/* Training: cuts that can be worked out by hand, and what must not break it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/gbt/train.h"

enum { ROWS = 400, COLUMNS = 3 };

/* Column 0 decides; 1 is chance; 2 is constant. */
struct sample {
	double columns[COLUMNS][ROWS];
	double label[ROWS];
	const double *list[COLUMNS];
	struct gbt_table table;
	struct gbt_options options;
};

static double chance(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (double)(*state >> 11) * 0x1p-53;
}

static void fill(struct sample *sample)
{
	uint64_t state = 7;

	*sample = (struct sample){0};
	for (int i = 0; i < ROWS; i++) {
		sample->columns[0][i] = i;
		sample->columns[1][i] = chance(&state);
		sample->columns[2][i] = 5;
		sample->label[i] = i >= 150;
	}
	for (int i = 0; i < COLUMNS; i++)
		sample->list[i] = sample->columns[i];
	sample->table = (struct gbt_table){
		.rows = ROWS,
		.features = COLUMNS,
		.columns = sample->list,
		.label = sample->label,
	};
	gbt_options_init(&sample->options, ROWS);
	sample->options.leaves = 2;
	sample->options.trees = 1;
	sample->options.rate = 1;
	sample->options.l2 = 0;
}

static struct gbt_model *train(struct sample *sample)
{
	struct error *err = NULL;
	struct gbt_model *model =
		gbt_train(&sample->table, &sample->options, &err);

	if (!model)
		print_message("%s\n", err->message);
	assert_non_null(model);
	return model;
}

static void refuses(struct sample *sample, const char *why)
{
	struct error *err = NULL;

	assert_null(gbt_train(&sample->table, &sample->options, &err));
	assert_non_null(strstr(err->message, why));
	error_free(err);
}

static double score(const struct gbt_model *model, double a, double b)
{
	double row[COLUMNS] = {a, b, 5}, out;

	gbt_predict(model, row, &out);
	return out;
}

static void the_column_that_decides_is_cut_where_it_does(void **state)
{
	struct sample sample;
	struct gbt_model *model;

	(void)state;
	fill(&sample);
	sample.options.objective = GBT_REGRESSION;
	model = train(&sample);
	assert_int_equal(model->tree_count, 1);
	assert_int_equal(model->node_count, 1);
	assert_int_equal(model->nodes[0].feature, 0);
	assert_true(model->nodes[0].threshold >= 149 &&
		    model->nodes[0].threshold < 150);
	assert_true(fabs(score(model, 10, 0)) < 1e-9);
	assert_true(fabs(score(model, 300, 0) - 1) < 1e-9);
	gbt_model_free(model);
}

static void missing_values_go_where_their_labels_are(void **state)
{
	for (int high = 0; high < 2; high++) {
		struct sample sample;
		struct gbt_model *model;

		(void)state;
		fill(&sample);
		sample.options.objective = GBT_REGRESSION;
		for (int i = 0; i < 60; i++) {
			sample.columns[0][i * 5] = NAN;
			sample.label[i * 5] = high;
		}
		model = train(&sample);
		assert_true(fabs(score(model, NAN, 0) - high) < 0.2);
		gbt_model_free(model);
	}
}

static void categories_are_parted_by_what_they_mean(void **state)
{
	static const char *const levels[] = {"a", "b", "c", "d", "e", "f"};
	static const uint32_t first[] = {0, 6, 6, 6};
	struct sample sample;
	struct gbt_model *model;

	(void)state;
	fill(&sample);
	for (int i = 0; i < ROWS; i++) {
		sample.columns[0][i] = i % 6;
		sample.label[i] = i % 6 == 1 || i % 6 == 4;
	}
	sample.table.levels = levels;
	sample.table.level_first = first;
	sample.options.objective = GBT_REGRESSION;
	model = train(&sample);
	for (int i = 0; i < 6; i++)
		assert_true(fabs(score(model, i, 0) - (i == 1 || i == 4)) <
			    1e-9);
	gbt_model_free(model);
}

static void the_same_seed_makes_the_same_model(void **state)
{
	struct sample sample;
	struct gbt_model *one, *two, *other;

	(void)state;
	fill(&sample);
	sample.options.trees = 20;
	sample.options.leaves = 8;
	sample.options.row_share = 0.7;
	sample.options.feature_share = 0.7;
	one = train(&sample);
	two = train(&sample);
	sample.options.seed = 2;
	other = train(&sample);
	assert_int_equal(one->image_size, two->image_size);
	assert_memory_equal(one->image, two->image, one->image_size);
	assert_true(one->image_size != other->image_size ||
		    memcmp(one->image, other->image, one->image_size) != 0);
	gbt_model_free(one);
	gbt_model_free(two);
	gbt_model_free(other);
}

static void each_objective_finds_its_mean(void **state)
{
	static const enum gbt_objective all[] = {
		GBT_REGRESSION, GBT_BINARY,  GBT_L1,   GBT_HUBER,
		GBT_QUANTILE,   GBT_POISSON, GBT_GAMMA};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct sample sample;
		struct gbt_model *model;
		double low, high;

		fill(&sample);
		for (int k = 0; k < ROWS; k++)
			sample.label[k] += all[i] == GBT_BINARY ? 0 : 1;
		sample.options.objective = all[i];
		sample.options.alpha = 0.5;
		sample.options.trees = 40;
		sample.options.rate = 0.5;
		model = train(&sample);
		low = all[i] == GBT_BINARY ? 0 : 1;
		high = low + 1;
		assert_true(fabs(score(model, 10, 0) - low) < 0.05);
		assert_true(fabs(score(model, 300, 0) - high) < 0.05);
		gbt_model_free(model);
	}
}

static void trees_that_do_not_help_are_dropped(void **state)
{
	struct sample sample;
	struct gbt_model *model;
	uint64_t seed = 3;

	(void)state;
	fill(&sample);
	for (int i = 0; i < ROWS; i++) {
		sample.columns[0][i] = chance(&seed);
		sample.label[i] = chance(&seed) < 0.5; /* nothing to learn */
	}
	sample.options.trees = 500;
	sample.options.leaves = 8;
	sample.options.early_stop = 5;
	sample.options.held_out = 100;
	model = train(&sample);
	assert_true(model->tree_count < 100);
	gbt_model_free(model);
}

static void odd_tables_are_answers(void **state)
{
	struct sample sample;
	struct gbt_model *model;

	(void)state;
	fill(&sample);
	sample.table.rows = 1;
	model = train(&sample);
	assert_true(isfinite(score(model, 1, 1)));
	gbt_model_free(model);

	fill(&sample); /* one class only */
	memset(sample.label, 0, sizeof(sample.label));
	sample.options.trees = 30;
	model = train(&sample);
	assert_true(score(model, 1, 1) < 0.1);
	gbt_model_free(model);

	fill(&sample); /* nothing but missing, infinite and equal values */
	for (int i = 0; i < ROWS; i++) {
		sample.columns[0][i] = NAN;
		sample.columns[1][i] = i % 2 ? INFINITY : -INFINITY;
	}
	model = train(&sample);
	assert_true(isfinite(score(model, 1, INFINITY)));
	gbt_model_free(model);
}

static void what_cannot_be_is_refused(void **state)
{
	struct sample sample;

	(void)state;
	fill(&sample);
	sample.label[7] = 2;
	refuses(&sample, "row 8 is 2, expected 0 or 1");
	fill(&sample);
	sample.label[7] = NAN;
	refuses(&sample, "expected a number");
	fill(&sample);
	sample.options.leaves = 1;
	refuses(&sample, "leaves is 1, expected 2 to");
	fill(&sample);
	sample.options.objective = GBT_TWEEDIE;
	refuses(&sample, "no objective 'tweedie");
	sample.options.objective = GBT_RANK;
	refuses(&sample, "needs groups of rows");
	fill(&sample);
	sample.table.rows = 0;
	refuses(&sample, "rows");
}

static bool stop(void *context, uint32_t trees, double loss)
{
	(void)loss;
	*(uint32_t *)context = trees;
	return trees < 3;
}

static void it_ends_when_it_is_asked_to(void **state)
{
	struct sample sample;
	uint32_t trees = 0;

	(void)state;
	fill(&sample);
	sample.options.trees = 50;
	sample.options.progress = stop;
	sample.options.context = &trees;
	refuses(&sample, "cancelled");
	assert_int_equal(trees, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_column_that_decides_is_cut_where_it_does),
		cmocka_unit_test(missing_values_go_where_their_labels_are),
		cmocka_unit_test(categories_are_parted_by_what_they_mean),
		cmocka_unit_test(the_same_seed_makes_the_same_model),
		cmocka_unit_test(each_objective_finds_its_mean),
		cmocka_unit_test(trees_that_do_not_help_are_dropped),
		cmocka_unit_test(odd_tables_are_answers),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(it_ends_when_it_is_asked_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
