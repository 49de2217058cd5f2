#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/engine/schedule.h"

#define COUNT 1000

static void the_earliest_is_first_whatever_moves(void **state)
{
	static struct schedule all[COUNT];
	struct schedule_heap heap = {0};
	int64_t last = 0;
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		seed = seed * 1664525 + 1013904223;
		all[i].fires = seed >> 8;
		schedule_put(&heap, &all[i]);
	}
	for (int i = 0; i < COUNT; i += 3) {
		seed = seed * 1664525 + 1013904223;
		all[i].fires = seed >> 8;
		schedule_moved(&heap, &all[i]);
	}
	for (int i = 1; i < COUNT; i += 3)
		schedule_remove(&heap, &all[i]);
	while (schedule_first(&heap)) {
		struct schedule *first = schedule_first(&heap);

		assert_true(first->fires >= last);
		last = first->fires;
		schedule_remove(&heap, first);
	}
	schedule_heap_release(&heap);
}

static void intervals_stay_on_their_grid(void **state)
{
	struct schedule schedule = {.every = 1000, .next = 500};

	(void)state;
	assert_int_equal(schedule_after(&schedule, 0), 500);
	assert_int_equal(schedule_after(&schedule, 500), 1500);
	assert_int_equal(schedule_after(&schedule, 1499), 1500);
	assert_int_equal(schedule_after(&schedule, 9600), 10500);
}

static void jitter_is_the_same_every_time(void **state)
{
	struct schedule a = {.recipe = 7, .trigger = 1, .jitter = 60000};
	struct schedule b = a;
	int differ = 0;

	(void)state;
	for (int64_t at = 0; at < 100; at++) {
		schedule_set(&a, at * 60000);
		schedule_set(&b, at * 60000);
		assert_int_equal(a.fires, b.fires);
		assert_true(a.fires >= a.next && a.fires <= a.next + 60000);
		differ += a.fires - a.next > 30000;
	}
	assert_true(differ > 20 && differ < 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_earliest_is_first_whatever_moves),
		cmocka_unit_test(intervals_stay_on_their_grid),
		cmocka_unit_test(jitter_is_the_same_every_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
