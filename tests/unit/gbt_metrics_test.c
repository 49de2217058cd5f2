/* Metrics and calibration against what scikit-learn says of the same rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/learn/gbt/calibrate.h"

enum { ROWS_MAX = 1000, COLUMNS = 9, EXPECTED_MAX = 64 };

static double y[ROWS_MAX], p[ROWS_MAX], w[ROWS_MAX], t[ROWS_MAX], q[ROWS_MAX];
static double k[ROWS_MAX], c[3 * ROWS_MAX], low[ROWS_MAX], high[ROWS_MAX];
static size_t count;

static struct {
	char name[64];
	double value;
	bool asked;
} expected[EXPECTED_MAX];
static size_t expected_count;

static char *read_file(const char *path)
{
	struct error *err = NULL;
	struct buf text;

	buf_init(&text, 1 << 20);
	if (file_read(path, &text, &err) < 0)
		fail_msg("%s", err->message);
	return buf_take(&text);
}

static void read_rows(void)
{
	char *text = read_file("tests/data/gbt/metrics.csv");
	char *at = strchr(text, '\n') + 1;

	for (count = 0; *at && count < ROWS_MAX; count++) {
		double row[COLUMNS];

		for (int i = 0; i < COLUMNS; i++)
			row[i] = strtod(at, &at), at += *at != '\0';
		y[count] = row[0];
		p[count] = row[1];
		w[count] = row[2];
		t[count] = row[3];
		q[count] = row[4];
		low[count] = row[4] / 2;
		high[count] = row[4] * 2;
		k[count] = row[5];
		memcpy(&c[3 * count], &row[6], 3 * sizeof(double));
	}
	mem_free(text);
}

static int read_expected(void **state)
{
	char *text = read_file("tests/data/gbt/metrics.txt"), *at = text;

	(void)state;
	while (*at && expected_count < EXPECTED_MAX) {
		char *space = strchr(at, ' ');

		snprintf(expected[expected_count].name, sizeof(expected->name),
			 "%.*s", (int)(space - at), at);
		expected[expected_count++].value = strtod(space, &at);
		at += *at == '\n';
	}
	mem_free(text);
	read_rows();
	return 0;
}

static void check(const char *name, double got)
{
	for (size_t i = 0; i < expected_count; i++)
		if (strcmp(expected[i].name, name) == 0) {
			expected[i].asked = true;
			if (!(fabs(got - expected[i].value) <= 1e-9))
				fail_msg("%s: %.12g, expected %.12g", name, got,
					 expected[i].value);
			return;
		}
	fail_msg("%s: nothing is expected", name);
}

static void metrics_of_two_classes(void **state)
{
	struct gbt_sample plain = {y, p, NULL, count, NULL};
	struct gbt_sample weighted = {y, p, w, count, NULL};
	double precision, recall;

	(void)state;
	check("auc", gbt_auc(&plain));
	check("auc_weighted", gbt_auc(&weighted));
	check("average_precision", gbt_average_precision(&plain));
	check("average_precision_weighted", gbt_average_precision(&weighted));
	check("log_loss", gbt_log_loss(&plain));
	check("log_loss_weighted", gbt_log_loss(&weighted));
	check("brier", gbt_brier(&plain));
	check("ece", gbt_ece(&plain, 10));
	check("f1", gbt_f1(&plain, 0.5));
	check("f1_weighted", gbt_f1(&weighted, 0.5));
	check("accuracy", gbt_accuracy(&plain, 0.5));
	gbt_top(&plain, 0.2, &precision, &recall);
	check("precision_at_20", precision);
	check("recall_at_20", recall);
}

static void metrics_of_numbers(void **state)
{
	struct gbt_sample plain = {t, q, NULL, count, NULL};
	struct gbt_sample weighted = {t, q, w, count, NULL};

	(void)state;
	check("rmse", gbt_rmse(&plain));
	check("rmse_weighted", gbt_rmse(&weighted));
	check("mae", gbt_mae(&plain));
	check("r2", gbt_r2(&plain));
	check("pinball_10", gbt_pinball(&plain, 0.1));
	check("pinball_90", gbt_pinball(&plain, 0.9));
	check("coverage", gbt_coverage(t, low, high, count));
	check("poisson_deviance", gbt_poisson_deviance(&plain));
	check("gamma_deviance", gbt_gamma_deviance(&plain));
}

static void metrics_of_many_classes(void **state)
{
	struct gbt_sample sample = {k, c, NULL, count, NULL};

	(void)state;
	check("classes_log_loss", gbt_classes_log_loss(&sample, 3));
	check("classes_accuracy", gbt_classes_accuracy(&sample, 3));
}

static double between(const double *table, uint32_t length, double at)
{
	uint32_t i = 0;

	while (i + 4 < length && table[i + 2] < at)
		i += 2;
	if (at <= table[i])
		return table[i + 1];
	if (at >= table[i + 2])
		return table[i + 3];
	return table[i + 1] + (table[i + 3] - table[i + 1]) * (at - table[i]) /
				      (table[i + 2] - table[i]);
}

static void isotonic_steps(void **state)
{
	struct gbt_sample sample = {y, p, NULL, count, NULL}, stepped = sample;
	uint32_t length;
	double *table = gbt_isotonic(&sample, &length);
	double scores[ROWS_MAX];

	(void)state;
	for (size_t i = 0; i < count; i++)
		scores[i] = between(table, length, p[i]);
	stepped.score = scores;
	check("isotonic_brier", gbt_brier(&stepped));
	check("isotonic_at_0.333", between(table, length, 0.333));
	mem_free(table);
}

static void platts_sigmoid_is_the_best_one(void **state)
{
	struct gbt_sample sample = {y, p, NULL, count, NULL};
	double table[2], slope[2] = {0, 0}, positives = 0;

	(void)state;
	gbt_platt(&sample, table);
	assert_true(table[0] > 0);
	for (size_t i = 0; i < count; i++)
		positives += y[i];
	for (size_t i = 0; i < count; i++) {
		double target = y[i] > 0 ? (positives + 1) / (positives + 2)
					 : 1 / ((double)count - positives + 2);
		double by =
			target - 1 / (1 + exp(-(table[0] * p[i] + table[1])));

		slope[0] += by * p[i];
		slope[1] += by;
	}
	assert_true(fabs(slope[0]) < 1e-6 && fabs(slope[1]) < 1e-6);
}

static void nothing_to_say_is_no_number(void **state)
{
	static const double ones[] = {1, 1}, scores[] = {0.5, 0.7};
	struct gbt_sample one = {ones, scores, NULL, 2, NULL}, none = {0};

	(void)state;
	assert_true(isnan(gbt_auc(&one)));
	assert_true(isnan(gbt_auc(&none)));
	assert_true(isnan(gbt_rmse(&none)));
	assert_true(isnan(gbt_average_precision(&none)));
	assert_true(isnan(gbt_ece(&none, 10)));
}

static void every_expected_value_was_compared(void **state)
{
	(void)state;
	for (size_t i = 0; i < expected_count; i++)
		if (!expected[i].asked)
			fail_msg("%s was not compared", expected[i].name);
	assert_true(expected_count > 20);
}

/* Three groups, not side by side, as scikit-learn's ndcg_score has them. */
static void order_is_what_scikit_learn_says(void **state)
{
	static const double group[] = {1, 2, 1, 1, 3, 1, 2, 1, 2, 3, 4};
	static const double truth[] = {3, 0, 0, 1, 0, 2, 1, 0, 1, 0, 9};
	static const double score[] = {.1, .5, .4, .4, 1, .2, .5, .9, .1, 2, 1};
	struct gbt_sample sample = {truth, score, NULL, 11, group};

	(void)state;
	assert_true(fabs(gbt_ndcg(&sample, 0) - 0.44997593574101824) < 1e-12);
	assert_true(fabs(gbt_ndcg(&sample, 2) - 0.19134015924715544) < 1e-12);
	sample.count = 0;
	assert_true(isnan(gbt_ndcg(&sample, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_of_two_classes),
		cmocka_unit_test(metrics_of_numbers),
		cmocka_unit_test(metrics_of_many_classes),
		cmocka_unit_test(isotonic_steps),
		cmocka_unit_test(platts_sigmoid_is_the_best_one),
		cmocka_unit_test(nothing_to_say_is_no_number),
		cmocka_unit_test(order_is_what_scikit_learn_says),
		cmocka_unit_test(every_expected_value_was_compared),
	};

	return cmocka_run_group_tests(tests, read_expected, NULL);
}
