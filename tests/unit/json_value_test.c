/* JSON to values and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/text/json_value.h"

static void same(const char *text, const char *expected,
		 const struct json_style *style)
{
	struct error *err = NULL;
	struct arena arena;
	struct value value;
	struct buf out;

	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 20);
	assert_int_equal(
		json_value_read(&arena, text, strlen(text), &value, &err), 0);
	assert_int_equal(json_value_write(value, style, &out, &err), 0);
	assert_string_equal(out.data, expected);
	buf_release(&out);
	arena_release(&arena);
}

static void refused(const char *text, const char *message)
{
	struct error *err = NULL;
	struct arena arena;
	struct value value;

	arena_init(&arena, 1 << 20);
	assert_int_equal(
		json_value_read(&arena, text, strlen(text), &value, &err), -1);
	assert_string_equal(err->message, message);
	error_free(err);
	arena_release(&arena);
}

static void documents_come_back(void **state)
{
	const struct json_style plain = {0};

	(void)state;
	same(" {\"b\": [1, 1.0, -0, 1e3], \"a\": null} ",
	     "{\"b\": [1, 1.0, 0, 1000.0], \"a\": null}", &plain);
	same("123456789012345678901234567890", "123456789012345678901234567890",
	     &plain);
	same("[9223372036854775807, 9223372036854775808, "
	     "-9223372036854775808, 0.1, 1e400, -Infinity, NaN]",
	     "[9223372036854775807, 9223372036854775808, "
	     "-9223372036854775808, 0.1, Infinity, -Infinity, NaN]",
	     &plain);
	same("\"\\u00e9\\ud83d\\ude00\\n\\\"\\/ \xc3\xa9\"",
	     "\"\\u00e9\\ud83d\\ude00\\n\\\"/ \\u00e9\"", &plain);
	same("{\"a\": 1, \"a\": 2, \"\": {}, \"l\": []}",
	     "{\"a\": 2, \"\": {}, \"l\": []}", &plain);
}

static void styles_are_pythons(void **state)
{
	const struct json_style nice = {
		.lines = true, .indent = 2, .sort_keys = true};
	const struct json_style tight = {
		.item = ",", .key = ":", .unicode = true};

	(void)state;
	same("{\"b\": [1, {}], \"a\": 2}",
	     "{\n  \"a\": 2,\n  \"b\": [\n    1,\n    {}\n  ]\n}", &nice);
	same("{\"b\": [1, 2], \"\\u00e9\": 2}", "{\"b\":[1,2],\"\xc3\xa9\":2}",
	     &tight);
}

static void mistakes_have_a_place(void **state)
{
	(void)state;
	refused("", "Expecting value: line 1 column 1 (char 0)");
	refused("[1,\n 2 3]",
		"Expecting ',' delimiter: line 2 column 4 (char 7)");
	refused("{a: 1}", "Expecting property name enclosed in double quotes: "
			  "line 1 column 2 (char 1)");
	refused("\"abc", "Unterminated string starting at: line 1 column 1 "
			 "(char 0)");
	refused("\"a\tb\"",
		"Invalid control character at: line 1 column 3 (char 2)");
	refused("01", "Extra data: line 1 column 2 (char 1)");
	refused("\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)");
}

static void depth_is_limited(void **state)
{
	char text[2000];

	(void)state;
	memset(text, '[', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	refused(text, "nested too deeply: line 1 column 501 (char 500)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_come_back),
		cmocka_unit_test(styles_are_pythons),
		cmocka_unit_test(mistakes_have_a_place),
		cmocka_unit_test(depth_is_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
