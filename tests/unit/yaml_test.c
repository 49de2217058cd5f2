#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/buf.h"
#include "runtime/text/yaml_read.h"

struct reading {
	struct arena arena;
	struct places places;
	struct buf warnings;
	struct error *err;
	struct value value;
};

static int setup(void **state)
{
	static struct reading reading;

	memset(&reading, 0, sizeof(reading));
	arena_init(&reading.arena, 64 << 20);
	places_init(&reading.places);
	buf_init(&reading.warnings, 4096);
	*state = &reading;
	return 0;
}

static int teardown(void **state)
{
	struct reading *reading = *state;

	arena_release(&reading->arena);
	places_release(&reading->places);
	buf_release(&reading->warnings);
	error_free(reading->err);
	return 0;
}

static void on_warning(void *context, struct place place, const char *message)
{
	buf_printf(context, "%u:%u: %s\n", place.line, place.column, message);
}

static int read_with(struct reading *reading, const char *text, unsigned flags)
{
	struct document document = {.text = text,
				    .length = strlen(text),
				    .file = "x.yaml",
				    .nodes_max = 1000,
				    .places = &reading->places,
				    .warn = on_warning,
				    .context = &reading->warnings};

	return yaml_read(&document, flags, &reading->arena, &reading->value,
			 &reading->err);
}

static struct value get(struct value dict, const char *name)
{
	struct value *found;

	assert_int_equal(dict.kind, VALUE_DICT);
	found = value_dict_find(dict.dict, name);
	assert_non_null(found);
	return *found;
}

static void scalars_are_of_the_core_schema(void **state)
{
	struct reading *reading = *state;

	assert_int_equal(read_with(reading, "a: on\nb: 010\nc: 1.5\nd: ~\n", 0),
			 0);
	assert_int_equal(get(reading->value, "a").kind, VALUE_STRING);
	assert_int_equal(get(reading->value, "b").integer, 10);
	assert_true(get(reading->value, "c").number == 1.5);
	assert_int_equal(get(reading->value, "d").kind, VALUE_NONE);
	assert_string_equal(reading->warnings.data,
			    "1:4: 'on' is a string here, but true in YAML "
			    "1.1\n"
			    "2:4: '010' is an integer here, but 8 in YAML "
			    "1.1\n");
}

static void yaml_1_1_is_an_option(void **state)
{
	struct reading *reading = *state;

	assert_int_equal(
		read_with(reading, "a: on\nb: 010\nc: 1:30\n", YAML_1_1), 0);
	assert_true(get(reading->value, "a").truth);
	assert_int_equal(get(reading->value, "b").integer, 8);
	assert_int_equal(get(reading->value, "c").integer, 90);
	assert_null(reading->warnings.data);
}

static void places_of_keys_and_items_are_known(void **state)
{
	struct reading *reading = *state;
	struct value list;
	struct place place;

	assert_int_equal(
		read_with(reading, "a: 1\nlist:\n  - x\n  - y: 2\n", 0), 0);
	list = get(reading->value, "list");
	place = places_key(&reading->places, reading->value.dict,
			   value_borrow("list", 4));
	assert_int_equal(place.line, 2);
	place = places_item(&reading->places, list.list, 1);
	assert_int_equal(place.line, 4);
	assert_int_equal(place.column, 5);
	place = places_key(&reading->places, reading->value.dict,
			   value_borrow("none", 4));
	assert_int_equal(place.line, 0);
}

static void merged_keys_come_first_and_are_replaced(void **state)
{
	struct reading *reading = *state;
	struct place place;
	struct value more;

	assert_int_equal(read_with(reading,
				   "base: &b {x: 1, y: 2}\n"
				   "more:\n  y: 3\n  <<: *b\n",
				   0),
			 0);
	more = get(reading->value, "more");
	assert_int_equal(get(more, "x").integer, 1);
	assert_int_equal(get(more, "y").integer, 3);
	place = places_key(&reading->places, more.dict, value_borrow("x", 1));
	assert_int_equal(place.line, 1);
	place = places_key(&reading->places, more.dict, value_borrow("y", 1));
	assert_int_equal(place.line, 3);
}

static void aliases_cannot_explode(void **state)
{
	struct reading *reading = *state;

	assert_int_equal(read_with(reading,
				   "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
				   "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
				   "c: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n",
				   0),
			 -1);
	assert_int_equal(reading->err->code, ERROR_LIMIT);
	assert_string_equal(reading->err->message,
			    "x.yaml:3:29: the aliases make more than 1000 "
			    "values");
}

static void errors_have_a_place(void **state)
{
	struct reading *reading = *state;

	assert_int_equal(read_with(reading, "a: 1\nb: 2\na: 3\n", 0), -1);
	assert_int_equal(reading->err->code, ERROR_INVALID);
	assert_string_equal(reading->err->message,
			    "x.yaml:3:1: the key 'a' is in this mapping "
			    "already, in line 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(scalars_are_of_the_core_schema,
						setup, teardown),
		cmocka_unit_test_setup_teardown(yaml_1_1_is_an_option, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			places_of_keys_and_items_are_known, setup, teardown),
		cmocka_unit_test_setup_teardown(
			merged_keys_come_first_and_are_replaced, setup,
			teardown),
		cmocka_unit_test_setup_teardown(aliases_cannot_explode, setup,
						teardown),
		cmocka_unit_test_setup_teardown(errors_have_a_place, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
