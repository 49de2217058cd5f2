/* Values and the arenas they live in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/text/value.h"

static struct value numbered(struct arena *arena, unsigned number)
{
	char name[32];

	snprintf(name, sizeof(name), "key%u", number);
	return value_text(arena, name);
}

static void a_dict_keeps_the_order_of_insertion(void **state)
{
	struct arena arena;
	struct value dict;
	uint32_t at = 0;

	(void)state;
	arena_init(&arena, 1 << 20);
	dict = value_dict_new(&arena, 0);
	for (unsigned i = 100; i > 0; i--)
		value_dict_set(&arena, dict.dict, numbered(&arena, i),
			       value_int(i));
	for (unsigned i = 100; i > 0; i--)
		assert_int_equal(value_dict_next(dict.dict, &at)->value.integer,
				 i);
	assert_null(value_dict_next(dict.dict, &at));
	assert_int_equal(value_dict_find(dict.dict, "key7")->integer, 7);
	assert_null(value_dict_find(dict.dict, "key101"));
	arena_release(&arena);
}

static void a_removed_key_is_gone_and_can_come_back_at_the_end(void **state)
{
	struct arena arena;
	struct value dict;
	uint32_t at = 0;

	(void)state;
	arena_init(&arena, 1 << 20);
	dict = value_dict_new(&arena, 0);
	for (unsigned i = 0; i < 50; i++)
		value_dict_set(&arena, dict.dict, numbered(&arena, i),
			       value_int(i));
	for (unsigned i = 0; i < 49; i++)
		assert_true(value_dict_remove(dict.dict, numbered(&arena, i)));
	assert_false(value_dict_remove(dict.dict, numbered(&arena, 3)));
	value_dict_set(&arena, dict.dict, numbered(&arena, 3), value_none());
	assert_int_equal(dict.dict->count, 2);
	assert_int_equal(value_dict_next(dict.dict, &at)->value.integer, 49);
	assert_int_equal(value_dict_next(dict.dict, &at)->value.kind,
			 VALUE_NONE);
	arena_release(&arena);
}

static void numbers_that_are_equal_are_the_same_key(void **state)
{
	struct arena arena;
	struct value dict;

	(void)state;
	arena_init(&arena, 1 << 20);
	dict = value_dict_new(&arena, 0);
	value_dict_set(&arena, dict.dict, value_int(1),
		       value_text(&arena, "a"));
	value_dict_set(&arena, dict.dict, value_float(1), value_int(2));
	value_dict_set(&arena, dict.dict, value_bool(true), value_int(3));
	assert_int_equal(dict.dict->count, 1);
	assert_int_equal(value_dict_get(dict.dict, value_int(1))->integer, 3);
	assert_null(value_dict_find(dict.dict, "1"));
	assert_false(value_hashable(value_list_new(&arena, 0)));
	arena_release(&arena);
}

static void an_arena_says_when_its_limit_is_passed(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 1000);
	assert_true(arena_fits(&arena, 1000));
	assert_false(arena_fits(&arena, 1001));
	memset(arena_alloc(&arena, 992), 0, 992);
	assert_false(arena_full(&arena));
	memset(arena_alloc(&arena, 100000), 0, 100000);
	assert_true(arena_full(&arena));
	assert_false(arena_fits(&arena, 0));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dict_keeps_the_order_of_insertion),
		cmocka_unit_test(
			a_removed_key_is_gone_and_can_come_back_at_the_end),
		cmocka_unit_test(numbers_that_are_equal_are_the_same_key),
		cmocka_unit_test(an_arena_says_when_its_limit_is_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
