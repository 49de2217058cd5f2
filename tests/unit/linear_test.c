/* Linear models: what scikit-learn finds, and tables that are hard. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/mem.h"
#include "runtime/learn/linear/folds.h"
#include "runtime/learn/linear/linear.h"
#include "runtime/learn/linear/rates.h"
#include "runtime/learn/linear/solve.h"
#include "runtime/learn/linear/stack.h"

enum { ROWS = 12, COLUMNS = 3 };

static const double values[ROWS * COLUMNS] = {
	0.44,  -0.33, 2.43,  -0.25, 0.11,  1.58,  -0.91, -0.59, 0.19,
	-0.33, -1.19, -0.2,  -0.36, 0.6,   -1.66, -0.7,  1.15,  1.86,
	-1.51, 0.64,  -0.98, -0.86, -0.87, -0.42, 1,     0.71,  0.06,
	-0.36, 0,     -0.11, 0.79,  -0.63, -0.01, -0.1,  -0.05, 0.25,
};
static const double classes[ROWS] = {1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1};
static const double numbers[ROWS] = {2.97,  0.98,  -0.22, -0.64, -3.69, -0.23,
				     -4.58, -0.99, 1.95,  1.43,  2.23,  0.17};
static const double weights[ROWS] = {1.44, 0.61, 1.34, 0.85, 0.6,  0.88,
				     1.01, 1.46, 0.87, 0.51, 1.36, 0.61};

/* scikit-learn 1.2: LogisticRegression(C = 1 / penalty), Ridge(penalty). */
static const struct {
	bool logistic, weighted;
	double penalty;
	double wanted[COLUMNS + 1];
} known[] = {
	{true,
	 false,
	 0.1,
	 {3.260548676844027, -2.1664349388219541, 0.54498764695890256,
	  1.9915570607488302}},
	{true,
	 true,
	 0.1,
	 {3.0868178386391047, -2.0281658384862555, 0.28813831713886423,
	  1.7439382027695833}},
	{true,
	 false,
	 2,
	 {0.70757134304491554, -0.59936091641055711, 0.2521174885743947,
	  0.87343409366484437}},
	{true,
	 true,
	 2,
	 {0.73143161580529115, -0.55416544413430746, 0.18401974017484671,
	  0.82408593015202447}},
	{false,
	 false,
	 0.1,
	 {1.8570641018410177, -0.76858976209523266, 0.99901466235021552,
	  0.1580693906191005}},
	{false,
	 true,
	 0.1,
	 {1.8333746004907527, -0.78309319768606034, 0.93191498430807662,
	  0.14404710810448784}},
	{false,
	 false,
	 5,
	 {1.0596551143630637, -0.43528774394152492, 0.84857650109112281,
	  -0.0012674677327077846}},
	{false,
	 true,
	 5,
	 {1.0959861478084651, -0.43459665469449227, 0.81271477073954934,
	  0.047437694038273345}},
};

static void it_finds_what_scikit_learn_finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct linear_problem problem = {
			.rows = ROWS,
			.columns = COLUMNS,
			.values = values,
			.target = known[i].logistic ? classes : numbers,
			.weights = known[i].weighted ? weights : NULL};
		double found[COLUMNS + 1] = {0};

		if (known[i].logistic)
			linear_logistic(&problem, known[i].penalty, found);
		else
			linear_ridge(&problem, known[i].penalty, found);
		for (int k = 0; k <= COLUMNS; k++)
			assert_true(fabs(found[k] - known[i].wanted[k]) < 1e-8);
	}
}

static void it_solves_what_has_no_one_solution(void **state)
{
	double matrix[4] = {4, 0, 2, 1}, vector[2] = {8, 4};

	(void)state;
	linear_cholesky(matrix, vector, 2);
	assert_true(fabs(vector[0] - 2) < 1e-12);
	assert_true(vector[1] == 0);
}

/* A table of one number and one category of three levels. */
struct sample {
	double number[ROWS], category[ROWS], label[ROWS];
	const double *columns[2];
	const char *levels[3];
	uint32_t level_first[3], rows[ROWS];
	struct gbt_table table;
	struct linear_rows all;
};

static void fill(struct sample *sample, bool binary)
{
	*sample = (struct sample){.levels = {"a", "b", "c"},
				  .level_first = {0, 0, 3}};
	for (uint32_t i = 0; i < ROWS; i++) {
		sample->number[i] = values[i];
		sample->category[i] = i % 3;
		sample->label[i] = binary ? classes[i] : numbers[i];
		sample->rows[i] = i;
	}
	sample->columns[0] = sample->number;
	sample->columns[1] = sample->category;
	sample->table = (struct gbt_table){.rows = ROWS,
					   .features = 2,
					   .columns = sample->columns,
					   .label = sample->label,
					   .levels = sample->levels,
					   .level_first = sample->level_first};
	sample->all = (struct linear_rows){&sample->table, sample->rows, ROWS,
					   binary};
}

static void fits(struct sample *sample)
{
	struct linear_sum sum;

	linear_sum_init(&sum, &sample->table);
	linear_fit(&sample->all, 0.01, &sum);
	for (size_t i = 0; i < sample->all.count; i++)
		assert_true(
			isfinite(linear_sum_score(&sum, &sample->table, i)));
	linear_sum_release(&sum);
	linear_sum_init(&sum, &sample->table);
	linear_rates(&sample->all, &sum);
	for (size_t i = 0; i < sample->all.count; i++)
		assert_true(
			isfinite(linear_sum_score(&sum, &sample->table, i)));
	linear_sum_release(&sum);
}

static void hard_tables_have_an_answer(void **state)
{
	struct sample sample;

	(void)state;
	for (int binary = 0; binary < 2; binary++) {
		fill(&sample, binary);
		sample.number[0] = NAN;
		sample.number[3] = INFINITY;
		sample.number[4] = -INFINITY;
		sample.number[5] = 1e308;
		sample.category[2] = NAN;
		sample.category[7] = -1;
		fits(&sample);
		for (int i = 0; i < ROWS; i++)
			sample.number[i] = 7;
		fits(&sample);
		for (int i = 0; i < ROWS; i++)
			sample.number[i] = NAN;
		fits(&sample);
		for (int i = 0; i < ROWS; i++)
			sample.label[i] = sample.number[i] = i > 5;
		fits(&sample); /* separable */
		for (int i = 0; i < ROWS; i++)
			sample.label[i] = 1;
		fits(&sample);
		sample.all.count = 1;
		fits(&sample);
	}
}

static void a_missing_number_has_a_coefficient_of_its_own(void **state)
{
	struct sample sample;
	struct linear_sum sum;
	double missing;

	(void)state;
	fill(&sample, false);
	for (int i = 0; i < ROWS; i++) {
		sample.number[i] = i < 4 ? NAN : (double)i;
		sample.label[i] = i < 4 ? 100 : (double)i;
	}
	linear_sum_init(&sum, &sample.table);
	linear_fit(&sample.all, 1e-6, &sum);
	missing = linear_sum_score(&sum, &sample.table, 0);
	assert_true(fabs(missing - 100) < 1e-3);
	assert_true(fabs(linear_sum_score(&sum, &sample.table, 8) - 8) < 1e-3);
	linear_sum_release(&sum);
}

static void rates_are_drawn_to_that_of_all(void **state)
{
	struct sample sample;
	double rates[5], none[5];

	(void)state;
	fill(&sample, false);
	for (int i = 0; i < ROWS; i++)
		sample.label[i] = i % 3 == 0 ? 10 : 0;
	assert_true(fabs(linear_base(&sample.all) - 10.0 / 3) < 1e-12);
	linear_rates_of(&sample.all, 1, 4, rates);
	/* (40 + 4 * 10 / 3) / 8 - 10 / 3 */
	assert_true(fabs(rates[2] - (40 + 40.0 / 3) / 8 + 10.0 / 3) < 1e-12);
	linear_rates_of(&sample.all, 1, 1e12, none);
	assert_true(fabs(none[2]) < 1e-6);
	assert_true(rates[1] == 0); /* unknown levels */
}

/* Count the rows that a fold foresees; it must not know them. */
static void count_fold(const struct fold *fold, bool ordered, int *seen)
{
	for (size_t i = 0; i < fold->tested; i++) {
		seen[fold->test[i]]++;
		for (size_t k = 0; k < fold->trained; k++) {
			assert_true(fold->train[k] != fold->test[i]);
			assert_true(!ordered || fold->train[k] < fold->test[i]);
		}
	}
}

static void folds_do_not_learn_from_what_they_foresee(void **state)
{
	struct sample sample;
	struct folds folds;

	(void)state;
	fill(&sample, true);
	for (int ordered = 0; ordered < 2; ordered++) {
		int seen[ROWS] = {0};

		folds_init(&folds, &sample.all, 3, ordered, 1);
		assert_int_equal(folds.count, 3);
		for (uint32_t f = 0; f < folds.count; f++)
			count_fold(&folds.list[f], ordered, seen);
		for (int i = 0; i < ROWS; i++)
			assert_true(seen[i] == 1 || (ordered && i < 4));
		folds_release(&folds);
	}
}

static void shares_are_those_with_the_least_loss(void **state)
{
	const double truth[4] = {1, 2, 3, 4};
	const double good[4] = {1.1, 1.9, 3.1, 3.9};
	const double bad[4] = {9, 9, 9, 9}, other[4] = {0.9, 2.1, 2.9, 4.1};
	const double *const scores[] = {bad, good, other};
	struct stack stack = {
		.models = 3, .rows = 4, .scores = scores, .target = truth};
	double shares[3];

	(void)state;
	stack_solve(&stack, shares);
	assert_true(shares[0] < 1e-3);
	assert_true(fabs(shares[1] - 0.5) < 1e-3);
	assert_true(fabs(shares[0] + shares[1] + shares[2] - 1) < 1e-9);
	stack.expected[0] = 1;
	stack.pull = 1e9;
	stack_solve(&stack, shares);
	assert_true(shares[0] > 0.999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_finds_what_scikit_learn_finds),
		cmocka_unit_test(it_solves_what_has_no_one_solution),
		cmocka_unit_test(hard_tables_have_an_answer),
		cmocka_unit_test(a_missing_number_has_a_coefficient_of_its_own),
		cmocka_unit_test(rates_are_drawn_to_that_of_all),
		cmocka_unit_test(folds_do_not_learn_from_what_they_foresee),
		cmocka_unit_test(shares_are_those_with_the_least_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
