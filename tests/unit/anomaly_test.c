/* Anomalies: what is seen, what is not, and odd input. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/learn/anomaly/anomaly.h"

static double noise(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (double)(*seed >> 8) / 0x1p24 - .5;
}

/* How many alerts begin in `count` values of 100 +- 5 with a daily wave. */
static int feed(struct anomaly *anomaly, int count, unsigned *seed)
{
	struct anomaly_point point;
	int alerts = 0;

	for (int i = 0; i < count; i++) {
		double wave = 10 * sin(i * 2 * M_PI / 288);

		anomaly_add(anomaly, NAN, 100 + wave + 10 * noise(seed),
			    &point);
		alerts += point.score >= .5;
	}
	return alerts;
}

static void quantiles_stay_near(void **state)
{
	struct sketch sketch;
	unsigned seed = 1;

	(void)state;
	sketch_init(&sketch);
	for (int i = 0; i < 200000; i++)
		sketch_add(&sketch, noise(&seed) + .5);
	for (int i = 1; i < 20; i++) {
		double q = i / 20.0;

		assert_true(fabs(sketch_quantile(&sketch, q) - q) < .01);
	}
	assert_true(fabs(sketch_quantile(&sketch, .005) - .005) < .0005);
	assert_true(fabs(sketch_quantile(&sketch, .995) - .995) < .0005);
	assert_true(sketch.places <= SKETCH_PLACES);
}

static void the_usual_is_no_alert(void **state)
{
	struct anomaly anomaly;
	unsigned seed = 7;

	(void)state;
	anomaly_init(&anomaly);
	feed(&anomaly, 1000, &seed);
	assert_true(feed(&anomaly, 20000, &seed) <= 4);
}

static void a_spike_is_one_alert(void **state)
{
	struct anomaly anomaly;
	struct anomaly_point point;
	unsigned seed = 7;

	(void)state;
	anomaly_init(&anomaly);
	feed(&anomaly, 3000, &seed);
	anomaly_add(&anomaly, NAN, 200, &point);
	assert_true(point.score > .8);
	assert_true(point.alert);
	assert_true(point.upper < 125 && point.lower > 75);
	assert_non_null(strstr(point.reason, "200 is higher than"));
	anomaly_add(&anomaly, NAN, 201, &point);
	assert_true(point.score < .5); /* the same incident */
	assert_true(point.alert);
	feed(&anomaly, 20, &seed);
	assert_false(anomaly.alert);
}

static void a_slow_shift_of_the_level_is_seen(void **state)
{
	struct anomaly anomaly;
	struct anomaly_point point;
	unsigned seed = 3;
	double most = 0;

	(void)state;
	anomaly_init(&anomaly);
	feed(&anomaly, 5000, &seed);
	for (int i = 0; i < 1000; i++) {
		anomaly_add(&anomaly, NAN, 113 + 4 * noise(&seed), &point);
		most = fmax(most, point.deviation);
	}
	assert_true(most > .14);
}

static void a_counter_is_judged_by_its_rate(void **state)
{
	struct anomaly anomaly;
	struct anomaly_point point;
	unsigned seed = 5;
	double at = 0;

	(void)state;
	anomaly_init(&anomaly);
	for (int i = 0; i < 2000; i++) {
		if (i == 1000)
			at = 0; /* the program began anew */
		at += 10 + noise(&seed);
		anomaly_add(&anomaly, NAN, at, &point);
		if (i > 100)
			assert_true(point.score < .5);
	}
	assert_true(anomaly.counter);
	at += 60;
	anomaly_add(&anomaly, NAN, at, &point);
	assert_true(point.score >= .5);
}

static void odd_input_is_an_answer(void **state)
{
	static const double odd[] = {NAN,    INFINITY, -INFINITY, 1e308,
				     -1e308, 0,        5e-324};
	struct anomaly anomaly;
	struct anomaly_point point;

	(void)state;
	anomaly_init(&anomaly);
	for (int i = 0; i < 5000; i++) {
		anomaly_add(&anomaly, (double)(i % 97), odd[i * 31 % 7],
			    &point);
		assert_true(point.score >= 0 && point.score <= 1);
	}
	anomaly_init(&anomaly);
	for (int i = 0; i < 1000; i++) {
		anomaly_add(&anomaly, i, 42, &point);
		assert_true(point.score < .5);
	}
	anomaly_add(&anomaly, 5000, 42, &point);
	assert_non_null(strstr(point.reason, "nothing came for"));
	anomaly_add(&anomaly, 10, 43, &point);
	assert_true(point.score >= .5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_stay_near),
		cmocka_unit_test(the_usual_is_no_alert),
		cmocka_unit_test(a_spike_is_one_alert),
		cmocka_unit_test(a_slow_shift_of_the_level_is_seen),
		cmocka_unit_test(a_counter_is_judged_by_its_rate),
		cmocka_unit_test(odd_input_is_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
