/* The canary judge: its statistics against known values, its rules. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/learn/canary/canary.h"
#include "runtime/learn/canary/ranks.h"
#include "runtime/learn/canary/shift.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void near(double got, double wanted, double slack)
{
	if (fabs(got - wanted) > slack)
		fail_msg("got %.15g, wanted %.15g", got, wanted);
}

/* R 4: qnorm, pt; exact to what is written. */
static void distributions_are_known(void **state)
{
	(void)state;
	near(normal_quantile(.975), 1.959963984540054, 1e-12);
	near(normal_quantile(.5), 0, 1e-12);
	near(normal_quantile(1e-6), -4.753424308822899, 1e-10);
	near(student_tail(2, 5), 0.05096973941492917, 1e-12);
	near(student_tail(-1, 30), 0.8373457, 1e-6);
	near(student_tail(0, 3), .5, 1e-12);
	near(student_quantile(.025, 10), 2.228138851964939, 1e-9);
}

/* wilcox.test of R: x = 0.80 0.83 1.89 1.04 1.45 1.38 1.91 1.64 0.73 1.46 and
 * y = 1.15 0.88 0.90 0.74 1.21 (Hollander & Wolfe 1973, p. 69 f). */
static void mann_whitney_is_the_textbooks(void **state)
{
	static const double x[] = {0.80, 0.83, 1.89, 1.04, 1.45,
				   1.38, 1.91, 1.64, 0.73, 1.46};
	static const double y[] = {1.15, 0.88, 0.90, 0.74, 1.21};
	struct sample a, b;
	struct ranks ranks;

	(void)state;
	sample_init(&a, y, COUNT(y), false);
	sample_init(&b, x, COUNT(x), false);
	ranks_compare(&a, &b, .95, 0, &ranks);
	near(ranks.u, 35, 0);
	near(ranks.p, 0.2447, 1e-4);
	near(ranks.share, .7, 1e-12);
	near(ranks.shift, 0.305, 1e-9);
	sample_release(&a);
	sample_release(&b);
}

static struct canary_metric judge(const double *x, size_t nx, const double *y,
				  size_t ny, const struct canary_options *how)
{
	struct canary_series series = {x, y, nx, ny};
	struct canary_metric metric;

	canary_metric(&series, how, &metric);
	return metric;
}

/* Values that wander: each is nearly the one before it. */
static void wander(double *values, size_t count, double level, unsigned seed)
{
	double at = 0;

	for (size_t i = 0; i < count; i++) {
		seed = seed * 1664525u + 1013904223u;
		at = .8 * at + ((double)(seed >> 8) / 0x1p24 - .5);
		values[i] = level * (1 + .1 * at);
	}
}

static void wandering_is_no_alarm(void **state)
{
	struct canary_options ours, kayenta;
	int alarms = 0, others = 0;

	(void)state;
	canary_defaults(&ours, CANARY_SHIFT);
	canary_defaults(&kayenta, CANARY_RANKS);
	for (unsigned i = 0; i < 200; i++) {
		double x[60], y[60];

		wander(x, 60, 10, i * 2 + 1);
		wander(y, 60, 10, i * 2 + 2);
		alarms += judge(x, 60, y, 60, &ours).class != CANARY_PASS;
		others += judge(x, 60, y, 60, &kayenta).class != CANARY_PASS;
	}
	assert_true(alarms <= 10);
	assert_true(others > 40); /* why there is a judge of our own */
}

static void half_more_is_seen(void **state)
{
	struct canary_options ours;
	int seen = 0;

	(void)state;
	canary_defaults(&ours, CANARY_SHIFT);
	ours.direction = CANARY_INCREASE;
	for (unsigned i = 0; i < 200; i++) {
		double x[60], y[60];

		wander(x, 60, 10, i * 2 + 1);
		wander(y, 60, 15, i * 2 + 2);
		seen += judge(x, 60, y, 60, &ours).class == CANARY_HIGH;
	}
	assert_true(seen >= 180);
}

static void missing_values_are_an_answer(void **state)
{
	static const double some[] = {1, 2, 3, 4, 5, 6};
	static const double none[] = {NAN, INFINITY};
	struct canary_options options;

	(void)state;
	for (int i = CANARY_SHIFT; i <= CANARY_MEANS; i++) {
		canary_defaults(&options, (enum canary_judge)i);
		assert_int_equal(judge(some, 6, none, 2, &options).class,
				 CANARY_NODATA);
		options.required = true;
		assert_int_equal(judge(none, 2, some, 6, &options).class,
				 CANARY_NODATA_FAIL);
		options.required = false;
		options.critical = true;
		assert_true(judge(some, 6, NULL, 0, &options).fatal);
		options.replace = true;
		assert_int_equal(judge(some, 6, NULL, 0, &options).class,
				 CANARY_PASS);
		assert_int_equal(judge(some, 1, some + 1, 1, &options).thin,
				 true);
	}
}

static void constants_are_compared(void **state)
{
	static const double one[] = {1, 1, 1, 1, 1, 1, 1, 1};
	static const double ten[] = {10, 10, 10, 10, 10, 10, 10, 10};
	struct canary_options options;

	(void)state;
	canary_defaults(&options, CANARY_SHIFT);
	assert_int_equal(judge(one, 8, one, 8, &options).class, CANARY_PASS);
	assert_int_equal(judge(one, 8, ten, 8, &options).class, CANARY_HIGH);
	assert_int_equal(judge(ten, 8, one, 8, &options).class, CANARY_LOW);
	options.direction = CANARY_INCREASE;
	assert_int_equal(judge(ten, 8, one, 8, &options).class, CANARY_PASS);
}

static void scores_are_weighted(void **state)
{
	struct canary_metric good = {.class = CANARY_PASS};
	struct canary_metric bad = {.class = CANARY_HIGH};
	struct canary_metric fatal = {.class = CANARY_HIGH, .fatal = true};
	struct canary_metric empty = {.class = CANARY_NODATA, .thin = true};
	const struct canary_metric *first[] = {&good, &bad, &good, &good};
	const struct canary_metric *second[] = {&good, &empty, &empty, &fatal};
	struct canary_group groups[] = {{40, first, NULL, 4},
					{NAN, second, NULL, 1}};
	double score;

	(void)state;
	assert_int_equal(canary_score(groups, 2, 95, 75, &score),
			 CANARY_VERDICT_MARGINAL);
	near(score, 90, 1e-9); /* 40 * 75 % + 60 * 100 % */
	groups[1].count = 4;
	assert_int_equal(canary_score(groups, 2, 95, 75, &score),
			 CANARY_VERDICT_FAIL);
	near(score, 0, 0);
	groups[0] = (struct canary_group){NAN, second + 1, NULL, 2};
	assert_int_equal(canary_score(groups, 1, 95, 75, &score),
			 CANARY_VERDICT_INCONCLUSIVE);
}

static void looking_often_is_allowed(void **state)
{
	int alarms = 0;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		double x[240], y[240];
		struct sample a, b;

		wander(x, 240, 10, i * 2 + 1);
		wander(y, 240, 10, i * 2 + 2);
		sample_init(&a, x, 240, false);
		sample_init(&b, y, 240, false);
		alarms += shift_sequential(&a, &b, 1.5) < .05;
		sample_release(&a);
		sample_release(&b);
	}
	assert_true(alarms <= 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distributions_are_known),
		cmocka_unit_test(mann_whitney_is_the_textbooks),
		cmocka_unit_test(wandering_is_no_alarm),
		cmocka_unit_test(half_more_is_seen),
		cmocka_unit_test(missing_values_are_an_answer),
		cmocka_unit_test(constants_are_compared),
		cmocka_unit_test(scores_are_weighted),
		cmocka_unit_test(looking_often_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
