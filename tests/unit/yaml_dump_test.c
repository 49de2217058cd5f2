/* YAML as PyYAML writes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/text/json_value.h"
#include "runtime/text/yaml_dump.h"

static void assert_dump(const char *json, const struct yaml_style *style,
			const char *expected)
{
	struct error *err = NULL;
	struct arena arena;
	struct value value;
	struct buf out;

	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 20);
	assert_int_equal(
		json_value_read(&arena, json, strlen(json), &value, &err), 0);
	assert_int_equal(yaml_dump(value, style, &out, &err), 0);
	assert_string_equal(out.data, expected);
	buf_release(&out);
	arena_release(&arena);
}

static void leaves_are_on_one_line(void **state)
{
	const struct yaml_style leaves = {.flow = YAML_FLOW_LEAVES};
	const struct yaml_style never = {.flow = YAML_FLOW_NEVER, .indent = 4};

	(void)state;
	assert_dump("{\"b\": [1, 2], \"a\": {\"c\": null}}", &leaves,
		    "a: {c: null}\nb: [1, 2]\n");
	assert_dump("{\"b\": [1, 2], \"a\": {\"c\": null}}", &never,
		    "a:\n    c: null\nb:\n- 1\n- 2\n");
	assert_dump("\"x\"", &leaves, "x\n");
}

static void strings_are_quoted_when_they_must_be(void **state)
{
	const struct yaml_style never = {.flow = YAML_FLOW_NEVER};

	(void)state;
	assert_dump("[\"yes\", \"1\", \"a: b\", \"2020-01-01\", \"\", \"a\"]",
		    &never,
		    "- 'yes'\n- '1'\n- 'a: b'\n- '2020-01-01'\n- ''\n- a\n");
	assert_dump("[1e20, 1.0, true, \"=\"]", &never,
		    "- 1.0e+20\n- 1.0\n- true\n- '='\n");
}

static void what_comes_twice_is_an_alias(void **state)
{
	const struct yaml_style never = {.flow = YAML_FLOW_NEVER};
	struct error *err = NULL;
	struct arena arena;
	struct value list;
	struct buf out;

	(void)state;
	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 20);
	list = value_list_new(&arena, 2);
	value_list_add(&arena, list.list, list);
	assert_int_equal(yaml_dump(list, &never, &out, &err), 0);
	assert_string_equal(out.data, "&id001\n- *id001\n");
	buf_release(&out);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_are_on_one_line),
		cmocka_unit_test(strings_are_quoted_when_they_must_be),
		cmocka_unit_test(what_comes_twice_is_an_alias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
