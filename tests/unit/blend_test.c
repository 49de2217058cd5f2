/* Blends: one model of several, and tables that are hard. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/explain.h"
#include "runtime/learn/gbt/fast.h"
#include "runtime/learn/gbt/image.h"
#include "runtime/learn/gbt/lightgbm.h"
#include "runtime/learn/gbt/predict.h"
#include "runtime/learn/linear/blend.h"

enum { ROWS = 200, COLUMNS = 3 };

/* A line, a step, and a category of ten levels; some are missing. */
struct sample {
	double columns[COLUMNS][ROWS], label[ROWS], weight[ROWS];
	const double *list[COLUMNS];
	const char *levels[10];
	uint32_t level_first[COLUMNS + 1];
	struct gbt_table table;
	struct blend_options options;
};

static double chance(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (double)(*state >> 11) * 0x1p-53;
}

static void fill(struct sample *sample, bool binary)
{
	static const char *const names[10] = {"a", "b", "c", "d", "e",
					      "f", "g", "h", "i", "j"};
	uint64_t state = 3;

	*sample = (struct sample){.level_first = {0, 0, 0, 10}};
	memcpy(sample->levels, names, sizeof(names));
	for (int i = 0; i < ROWS; i++) {
		double x = chance(&state), y = chance(&state);
		int level = (int)(chance(&state) * 10);
		double score = 4 * x - 2 + (y > 0.7) + (level == 3);

		sample->columns[0][i] = i % 9 ? x : NAN;
		sample->columns[1][i] = y;
		sample->columns[2][i] = i % 11 ? (double)level : NAN;
		sample->label[i] = score;
		if (binary && chance(&state) < 1 / (1 + exp(-2 * score)))
			sample->label[i] = 1;
		else if (binary)
			sample->label[i] = 0;
		sample->weight[i] = 1 + chance(&state);
	}
	for (int i = 0; i < COLUMNS; i++)
		sample->list[i] = sample->columns[i];
	sample->table = (struct gbt_table){.rows = ROWS,
					   .features = COLUMNS,
					   .columns = sample->list,
					   .label = sample->label,
					   .weight = sample->weight,
					   .levels = sample->levels,
					   .level_first = sample->level_first};
	gbt_options_init(&sample->options.trees, ROWS);
	sample->options.trees.objective = binary ? GBT_BINARY : GBT_REGRESSION;
	sample->options.trees.trees = 20;
	sample->options.fixed = true;
}

static struct gbt_model *train(struct sample *sample)
{
	struct error *err = NULL;
	struct gbt_model *model =
		blend_train(&sample->table, &sample->options, &err);

	if (!model)
		print_message("%s\n", err->message);
	assert_non_null(model);
	return model;
}

static void row_of(const struct sample *sample, int at, double *row)
{
	for (int i = 0; i < COLUMNS; i++)
		row[i] = sample->columns[i][at];
}

static void every_way_says_the_same(void **state)
{
	struct sample sample;

	(void)state;
	for (int binary = 0; binary < 2; binary++) {
		struct gbt_model *model;
		struct gbt_fast *fast;
		struct gbt_explainer *explainer;
		double rows[ROWS * COLUMNS], many[ROWS], one,
			parts[COLUMNS + 1];

		fill(&sample, binary);
		model = train(&sample);
		assert_non_null(model->added.first);
		fast = gbt_fast_new(model);
		explainer = gbt_explainer_new(model, NULL);
		for (int i = 0; i < ROWS; i++)
			row_of(&sample, i, rows + (ptrdiff_t)i * COLUMNS);
		gbt_fast_batch(fast, rows, ROWS, many);
		for (int i = 0; i < ROWS; i++) {
			double sum = 0, *row = rows + (ptrdiff_t)i * COLUMNS;

			gbt_raw(model, row, &one);
			assert_true(one == many[i]);
			gbt_fast_raw(fast, row, &one);
			assert_true(one == many[i]);
			gbt_explain(explainer, row, parts);
			for (int k = 0; k <= COLUMNS; k++)
				sum += parts[k];
			assert_true(fabs(sum - one) < 1e-9);
		}
		gbt_explainer_free(explainer);
		gbt_fast_free(fast);
		gbt_model_free(model);
	}
}

static void the_same_rows_make_the_same_model(void **state)
{
	struct sample sample;
	struct gbt_model *one, *other;

	(void)state;
	fill(&sample, true);
	one = train(&sample);
	other = train(&sample);
	assert_int_equal(one->image_size, other->image_size);
	assert_memory_equal(one->image, other->image, one->image_size);
	gbt_model_free(one);
	gbt_model_free(other);
}

static void lightgbm_has_no_words_for_it(void **state)
{
	struct sample sample;
	struct error *err = NULL;
	struct gbt_model *model;
	struct buf text;

	(void)state;
	fill(&sample, true);
	model = train(&sample);
	buf_init(&text, 1 << 20);
	assert_int_equal(gbt_lightgbm_write(model, &text, &err), -1);
	assert_non_null(strstr(err->message, "blend"));
	error_free(err);
	buf_release(&text);
	gbt_model_free(model);
}

static void hard_tables_have_an_answer(void **state)
{
	struct sample sample;

	(void)state;
	for (int kind = 0; kind < 6; kind++) {
		fill(&sample, kind % 2);
		sample.options.ordered = kind > 2;
		for (int i = 0; i < ROWS; i++) {
			if (kind < 2)
				sample.label[i] = 1;
			if (kind == 2 || kind == 3)
				sample.columns[0][i] =
					i % 2 ? INFINITY : -INFINITY;
			if (kind > 3)
				sample.columns[0][i] = sample.label[i];
		}
		gbt_model_free(train(&sample));
		sample.table.rows = 12;
		gbt_model_free(train(&sample));
		sample.table.rows = 1;
		gbt_model_free(train(&sample));
	}
}

static void refuses(struct sample *sample, const char *why)
{
	struct error *err = NULL;

	assert_null(blend_train(&sample->table, &sample->options, &err));
	assert_non_null(strstr(err->message, why));
	error_free(err);
}

static void what_cannot_be_is_an_error(void **state)
{
	struct sample sample;

	(void)state;
	fill(&sample, true);
	sample.label[7] = 2;
	refuses(&sample, "the label of row 8 is 2");
	sample.label[7] = NAN;
	refuses(&sample, "the label of row 8");
	sample.label[7] = 1;
	sample.weight[3] = 0;
	refuses(&sample, "the weight of row 4 is 0");
	sample.options.trees.objective = GBT_POISSON;
	refuses(&sample, "poisson");
	sample.options.trees.objective = GBT_BINARY;
	sample.table.rows = 0;
	refuses(&sample, "0 rows");
}

/* Damage, with a checksum that is right again. */
static void opens_not(const struct gbt_model *model, size_t at,
		      const void *bytes, size_t count)
{
	char *copy = mem_copy_n(model->image, model->image_size);
	struct gbt_header *header = (struct gbt_header *)copy;
	struct error *err = NULL;

	memcpy(copy + at, bytes, count);
	header->checksum = gbt_image_checksum(copy, model->image_size);
	assert_null(gbt_model_adopt(copy, model->image_size, &err));
	assert_non_null(err);
	error_free(err);
}

static void damage_is_an_error(void **state)
{
	const struct gbt_header *header;
	struct sample sample;
	struct gbt_model *model;
	size_t first, values;
	uint32_t three = 3;
	double infinite = INFINITY;

	(void)state;
	fill(&sample, true);
	model = train(&sample);
	header = model->image;
	assert_int_equal(header->version, GBT_IMAGE_VERSION);
	first = header->parts[GBT_SECTION_ADDED_FIRST].offset;
	values = header->parts[GBT_SECTION_ADDED_VALUES].offset;
	opens_not(model, first, &three, sizeof(three));
	opens_not(model, first + sizeof(three), &three, sizeof(three));
	opens_not(model, first + COLUMNS * sizeof(three), &three,
		  sizeof(three));
	opens_not(model, values, &infinite, sizeof(infinite));
	gbt_model_free(model);
}

static void models_without_are_files_of_the_first_version(void **state)
{
	struct sample sample;
	struct gbt_model *model;
	const struct gbt_header *header;

	(void)state;
	fill(&sample, true);
	model = gbt_train(&sample.table, &sample.options.trees, NULL);
	header = model->image;
	assert_int_equal(header->version, GBT_IMAGE_PLAIN);
	assert_null(model->added.first);
	gbt_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_says_the_same),
		cmocka_unit_test(the_same_rows_make_the_same_model),
		cmocka_unit_test(lightgbm_has_no_words_for_it),
		cmocka_unit_test(hard_tables_have_an_answer),
		cmocka_unit_test(what_cannot_be_is_an_error),
		cmocka_unit_test(damage_is_an_error),
		cmocka_unit_test(models_without_are_files_of_the_first_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
