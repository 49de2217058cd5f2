#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/text/ini_read.h"
#include "runtime/text/toml_read.h"

struct reading {
	struct arena arena;
	struct places places;
	struct error *err;
	struct value value;
};

static int setup(void **state)
{
	static struct reading reading;

	memset(&reading, 0, sizeof(reading));
	arena_init(&reading.arena, 64 << 20);
	places_init(&reading.places);
	*state = &reading;
	return 0;
}

static int teardown(void **state)
{
	struct reading *reading = *state;

	arena_release(&reading->arena);
	places_release(&reading->places);
	error_free(reading->err);
	return 0;
}

static struct document document_of(struct reading *reading, const char *text)
{
	return (struct document){.text = text,
				 .length = strlen(text),
				 .file = "x",
				 .places = &reading->places};
}

static int read_toml(struct reading *reading, const char *text)
{
	struct document document = document_of(reading, text);

	return toml_read(&document, &reading->arena, &reading->value,
			 &reading->err);
}

static int read_ini(struct reading *reading, const char *text,
		    struct ini_options options)
{
	struct document document = document_of(reading, text);

	return ini_read(&document, &options, &reading->arena, &reading->value,
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

static void assert_text(struct value value, const char *text)
{
	assert_int_equal(value.kind, VALUE_STRING);
	assert_int_equal(value.length, strlen(text));
	assert_memory_equal(value.bytes, text, strlen(text));
}

static void toml_has_tables_and_arrays_of_them(void **state)
{
	struct reading *reading = *state;
	struct value list;

	assert_int_equal(read_toml(reading, "a.b = 1\n"
					    "[[t]]\nx = 0x10\n"
					    "[[t]]\nx = 'y'\n"
					    "d = 1979-05-27 07:32:00z\n"),
			 0);
	assert_int_equal(get(get(reading->value, "a"), "b").integer, 1);
	list = get(reading->value, "t");
	assert_int_equal(list.list->count, 2);
	assert_int_equal(get(list.list->items[0], "x").integer, 16);
	assert_text(get(list.list->items[1], "x"), "y");
	assert_text(get(list.list->items[1], "d"), "1979-05-27T07:32:00Z");
}

static void toml_knows_places(void **state)
{
	struct reading *reading = *state;
	struct value table;
	struct place place;

	assert_int_equal(read_toml(reading, "[a.b]\nc = \"\"\"\n\n\"\"\"\n"
					    "  d = [1,\n2]\n"),
			 0);
	table = get(get(reading->value, "a"), "b");
	place = places_key(&reading->places, table.dict, value_borrow("d", 1));
	assert_int_equal(place.line, 5);
	assert_int_equal(place.column, 3);
	place = places_item(&reading->places, get(table, "d").list, 1);
	assert_int_equal(place.line, 6);
	place = places_key(&reading->places, reading->value.dict,
			   value_borrow("a", 1));
	assert_int_equal(place.line, 1);
}

static void toml_errors_name_both_lines(void **state)
{
	struct reading *reading = *state;

	assert_int_equal(read_toml(reading, "a = 1\n\na = 2\n"), -1);
	assert_int_equal(reading->err->code, ERROR_INVALID);
	assert_string_equal(reading->err->message,
			    "x:3:1: the key 'a' has a value already, in line "
			    "1");
}

static void toml_nests_only_so_deep(void **state)
{
	struct reading *reading = *state;
	char text[4096] = "a = ";

	memset(text + 4, '[', sizeof(text) - 5);
	assert_int_equal(read_toml(reading, text), -1);
	assert_string_equal(reading->err->message,
			    "x:1:261: nested too deeply");
}

static void ini_has_sections_quotes_and_long_lines(void **state)
{
	struct reading *reading = *state;
	struct value section;

	assert_int_equal(read_ini(reading,
				  "; comment\ntop = 1\n[s]\n"
				  "a = x # c\nb = \" \\\" ; \"\n"
				  "c = one \\\n   two\nd='\\n'\n",
				  (struct ini_options){0}),
			 0);
	assert_text(get(reading->value, "top"), "1");
	section = get(reading->value, "s");
	assert_text(get(section, "a"), "x");
	assert_text(get(section, "b"), " \" ; ");
	assert_text(get(section, "c"), "one two");
	assert_text(get(section, "d"), "\\n");
	assert_int_equal(
		places_key(&reading->places, section.dict, value_borrow("d", 1))
			.line,
		8);
}

static void ini_has_four_ways_with_duplicates(void **state)
{
	struct reading *reading = *state;

	assert_int_equal(
		read_ini(reading, "a=1\na=2\n",
			 (struct ini_options){.duplicates = INI_FIRST}),
		0);
	assert_text(get(reading->value, "a"), "1");
	assert_int_equal(read_ini(reading, "a=1\na=2\n",
				  (struct ini_options){.duplicates = INI_LAST}),
			 0);
	assert_text(get(reading->value, "a"), "2");
	assert_int_equal(read_ini(reading, "a=1\na=2\n",
				  (struct ini_options){.duplicates = INI_ALL}),
			 0);
	assert_int_equal(get(reading->value, "a").list->count, 2);
	assert_int_equal(
		read_ini(reading, "a=1\na=2\n",
			 (struct ini_options){.duplicates = INI_REFUSE}),
		-1);
	assert_string_equal(reading->err->message,
			    "x:2:1: the key 'a' has a value already, in"
			    " line 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			toml_has_tables_and_arrays_of_them, setup, teardown),
		cmocka_unit_test_setup_teardown(toml_knows_places, setup,
						teardown),
		cmocka_unit_test_setup_teardown(toml_errors_name_both_lines,
						setup, teardown),
		cmocka_unit_test_setup_teardown(toml_nests_only_so_deep, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			ini_has_sections_quotes_and_long_lines, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			ini_has_four_ways_with_duplicates, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
