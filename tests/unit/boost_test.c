/* The kernels of training: every instruction set makes the same numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/learn/boost/kernel.h"
#include "runtime/learn/boost/rows.h"
#include "runtime/learn/gbt/train.h"

enum { ROWS = 1003, BINS = 200, MANY = 200000 };

static uint64_t chance = 88172645463325252;

static uint64_t draw(void)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return chance;
}

static double real(double least, double most)
{
	return least + (double)(draw() >> 11) * 0x1p-53 * (most - least);
}

/* Whatever this machine has; "plain" at least. */
static const struct boost_kernels *others[2];
static size_t other_count;

static int find_kernels(void **state)
{
	static const char *const names[] = {"avx2", "avx512"};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		if (boost_kernels_of(names[i]))
			others[other_count++] = boost_kernels_of(names[i]);
	assert_null(boost_kernels_of("abacus"));
	return 0;
}

static void derivatives_are_the_same(void **state)
{
	static double label[ROWS], weight[ROWS], scores[ROWS];
	static double made[3][2][ROWS + BOOST_SLACK];
	static uint32_t words[3][ROWS + BOOST_SLACK];
	double top[3][2] = {{0}};

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		label[i] = (double)(draw() & 1);
		weight[i] = real(0.1, 3);
		scores[i] = real(-40, 40) * (i % 7 ? 0.1 : 20);
	}
	for (size_t k = 0; k <= other_count; k++) {
		const struct boost_kernels *kernels =
			k == 0 ? &boost_kernels_plain : others[k - 1];
		struct boost_logistic loss = {label, weight,     scores,
					      2,     made[k][0], made[k][1]};
		struct boost_rounding rounding = {made[k][0], made[k][1], 1000,
						  4000,       words[k],   77};

		kernels->logistic(&loss, 0, ROWS);
		kernels->extremes(made[k][0], made[k][1], ROWS, top[k]);
		kernels->round(&rounding, 0, ROWS);
		assert_memory_equal(made[k], made[0], sizeof(made[0]));
		assert_memory_equal(top[k], top[0], sizeof(top[0]));
		assert_memory_equal(words[k], words[0], ROWS * 4);
	}
	for (size_t i = 0; i < ROWS; i++) {
		double share = 1 / (1 + exp(-scores[i]));
		double times = weight[i] * (label[i] > 0 ? 2 : 1);
		double exact = (share - label[i]) * times;

		assert_true(fabs(made[0][0][i] - exact) < 1e-12);
		assert_true(fabs((int16_t)(words[0][i] >> 16) - exact * 1000) <
			    1.001);
	}
}

static void exponents_are_right(void **state)
{
	double x[ROWS], out[3][ROWS];

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		x[i] = real(-690, 690);
	boost_kernels_plain.exponents(x, out[0], ROWS);
	for (size_t i = 0; i < ROWS; i++)
		assert_true(fabs(out[0][i] / exp(x[i]) - 1) < 1e-13);
	for (size_t k = 0; k < other_count; k++) {
		others[k]->exponents(x, out[k + 1], ROWS);
		assert_memory_equal(out[k + 1], out[0], sizeof(out[0]));
	}
}

/* The cut that a plain walk over all finds. */
static double walk(const struct boost_scan *leaf, const int64_t *sums,
		   uint32_t count, uint32_t *at)
{
	double best = 0;

	for (uint32_t i = 0; i < count; i++) {
		int64_t sum = sums[i] + leaf->more;
		double h = (double)(uint32_t)sum;
		double g = (double)((sum - (uint32_t)sum) / 4294967296);
		double rest = leaf->gradient - g, below = leaf->hessian - h;
		double score;

		if (h < leaf->least || below < leaf->least)
			continue;
		h = h * leaf->weight + leaf->l2;
		below = below * leaf->weight + leaf->l2;
		score = (g * g * below + rest * rest * h) / (h * below);
		if (score > best) {
			best = score;
			*at = i;
		}
	}
	return best;
}

static void the_best_cut_is_found(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		int64_t sums[BINS + BOOST_SLACK] = {0}, total = 0;
		uint32_t count = 1 + (uint32_t)(draw() % BINS);
		struct boost_scan leaf = {.weight = 0.01, .l2 = round % 3};

		for (uint32_t i = 0; i < count; i++) {
			if (draw() % 3) /* the others are as the one before */
				total += (int64_t)(draw() % 2001 - 1000) *
						 4294967296 +
					 (int64_t)(draw() % 500);
			sums[i] = total;
		}
		leaf.more = round % 2 ? 5 * INT64_C(4294967296) + 40 : 0;
		total += 40;
		leaf.hessian = (double)(uint32_t)total;
		leaf.gradient =
			(double)((total - (uint32_t)total) / 4294967296);
		leaf.least = 1 + (double)(draw() % 300);
		for (size_t k = 0; k <= other_count; k++) {
			const struct boost_kernels *kernels =
				k == 0 ? &boost_kernels_plain : others[k - 1];
			uint32_t at = 0, wanted = 0;
			double best = walk(&leaf, sums, count, &wanted);

			assert_true(kernels->scan(&leaf, sums, count, &at) ==
				    best);
			assert_int_equal(at, wanted);
		}
	}
}

static void rows_are_parted(const struct boost_kernels *kernels, size_t count)
{
	uint8_t column[ROWS + BOOST_SLACK];
	uint32_t left[8], rows[ROWS], aside[ROWS + BOOST_SLACK];
	size_t first, at = 0, rest = 0;

	for (size_t i = 0; i < sizeof(column); i++)
		column[i] = (uint8_t)draw();
	for (int i = 0; i < 8; i++)
		left[i] = (uint32_t)draw();
	for (size_t i = 0; i < count; i++)
		rows[i] = (uint32_t)(ROWS - 1 - i);
	first = kernels->part(column, left, rows, count, aside);
	for (size_t i = 0; i < count; i++) {
		uint32_t row = (uint32_t)(ROWS - 1 - i), bin = column[row];

		if (left[bin / 32] >> bin % 32 & 1)
			assert_int_equal(rows[at++], row);
		else
			assert_int_equal(aside[rest++], row);
	}
	assert_int_equal(first, at);
}

static void rows_go_where_their_bins_do(void **state)
{
	(void)state;
	for (size_t count = 0; count <= ROWS; count += 1 + count / 20) {
		rows_are_parted(&boost_kernels_plain, count);
		for (size_t k = 0; k < other_count; k++)
			rows_are_parted(others[k], count);
	}
}

static void threads_part_rows_as_one_does(void **state)
{
	uint8_t *column = malloc(MANY + BOOST_SLACK);
	uint32_t left[8];
	struct boost_rows rows[2];
	struct boost_span all = {0, MANY, 0}, parts[2][2];
	struct gbt_pool *pool = gbt_pool_new(3);

	(void)state;
	for (size_t i = 0; i < MANY; i++)
		column[i] = (uint8_t)draw();
	for (int i = 0; i < 8; i++)
		left[i] = (uint32_t)draw();
	for (int k = 0; k < 2; k++) {
		boost_rows_init(&rows[k], MANY, k ? pool : NULL);
		assert_int_equal(boost_rows_begin(&rows[k], NULL, MANY, MANY),
				 MANY);
		boost_rows_part(&rows[k], &all, column, left, parts[k]);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(parts[0][i].count, parts[1][i].count);
		assert_memory_equal(boost_rows_of(&rows[0], &parts[0][i]),
				    boost_rows_of(&rows[1], &parts[1][i]),
				    parts[0][i].count * sizeof(uint32_t));
	}
	boost_rows_release(&rows[0]);
	boost_rows_release(&rows[1]);
	gbt_pool_free(pool);
	free(column);
}

enum { TABLE_ROWS = 60000, TABLE_COLUMNS = 5 };

static struct gbt_model *train(const struct gbt_table *table,
			       enum gbt_objective objective, uint32_t threads)
{
	struct gbt_options options;
	struct error *err = NULL;
	struct gbt_model *model;

	gbt_options_init(&options, table->rows);
	options.objective = objective;
	options.trees = 3;
	options.leaves = 15;
	options.goss_top = objective == GBT_MULTICLASS ? 0.2 : 0;
	options.goss_other = 0.2;
	options.rate = 1;
	options.threads = threads;
	model = gbt_train(table, &options, &err);
	assert_non_null(model);
	return model;
}

/* The same bytes with any number of threads, which share every step. */
static void threads_make_the_same_model(void **state)
{
	static const enum gbt_objective objectives[] = {
		GBT_BINARY, GBT_POISSON, GBT_MULTICLASS, GBT_RANK, GBT_L1};
	double *columns[TABLE_COLUMNS], *label, *group;
	struct gbt_table table = {.rows = TABLE_ROWS,
				  .features = TABLE_COLUMNS,
				  .columns = (const double *const *)columns};

	(void)state;
	table.label = label = malloc(TABLE_ROWS * sizeof(double));
	table.group = group = malloc(TABLE_ROWS * sizeof(double));
	for (int f = 0; f < TABLE_COLUMNS; f++)
		columns[f] = malloc(TABLE_ROWS * sizeof(double));
	for (size_t i = 0; i < TABLE_ROWS; i++) {
		for (int f = 0; f < TABLE_COLUMNS; f++)
			columns[f][i] = draw() % 50 ? real(0, 1) : (double)NAN;
		label[i] = columns[0][i] + real(0, 1) > 1;
		group[i] = (double)(i / 10);
	}
	for (size_t k = 0; k < sizeof(objectives) / sizeof(*objectives); k++) {
		struct gbt_model *one = train(&table, objectives[k], 1);

		for (uint32_t threads = 2; threads <= 4; threads += 2) {
			struct gbt_model *many =
				train(&table, objectives[k], threads);

			assert_int_equal(one->image_size, many->image_size);
			assert_memory_equal(one->image, many->image,
					    one->image_size);
			gbt_model_free(many);
		}
		gbt_model_free(one);
	}
	for (int f = 0; f < TABLE_COLUMNS; f++)
		free(columns[f]);
	free(label);
	free(group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derivatives_are_the_same),
		cmocka_unit_test(exponents_are_right),
		cmocka_unit_test(the_best_cut_is_found),
		cmocka_unit_test(rows_go_where_their_bins_do),
		cmocka_unit_test(threads_part_rows_as_one_does),
		cmocka_unit_test(threads_make_the_same_model),
	};

	return cmocka_run_group_tests(tests, find_kernels, NULL);
}
