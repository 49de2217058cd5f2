/* The hash map from strings to pointers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "runtime/base/map.h"

#define COUNT 2000

static int values[COUNT];

static const char *key(int i)
{
	static char text[32];

	snprintf(text, sizeof(text), "key-%d", i);
	return text;
}

static void what_is_put_is_found(void **state)
{
	struct map map;

	(void)state;
	map_init(&map);
	assert_null(map_get(&map, "nothing"));
	assert_null(map_remove(&map, "nothing"));
	assert_null(map_put(&map, "a", &values[0]));
	assert_ptr_equal(map_put(&map, "a", &values[1]), &values[0]);
	assert_ptr_equal(map_get(&map, "a"), &values[1]);
	assert_int_equal(map.count, 1);
	map_release(&map);
}

static void removal_leaves_all_others_reachable(void **state)
{
	struct map map;

	(void)state;
	map_init(&map);
	for (int i = 0; i < COUNT; i++)
		map_put(&map, key(i), &values[i]);
	for (int i = 0; i < COUNT; i += 3)
		assert_ptr_equal(map_remove(&map, key(i)), &values[i]);
	for (int i = 0; i < COUNT; i++)
		assert_ptr_equal(map_get(&map, key(i)),
				 i % 3 ? &values[i] : NULL);
	map_release(&map);
}

static void iteration_visits_each_entry_once(void **state)
{
	struct map_entry *entry;
	size_t at = 0;
	int seen[COUNT] = {0};
	struct map map;

	(void)state;
	map_init(&map);
	for (int i = 0; i < COUNT; i++)
		map_put(&map, key(i), &values[i]);
	while ((entry = map_next(&map, &at)))
		seen[(int *)entry->value - values]++;
	for (int i = 0; i < COUNT; i++)
		assert_int_equal(seen[i], 1);
	map_release(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_found),
		cmocka_unit_test(removal_leaves_all_others_reachable),
		cmocka_unit_test(iteration_visits_each_entry_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
