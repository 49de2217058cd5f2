/* Code points, their properties and letter case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/text/unicode.h"

static void assert_case(uint32_t point, enum unicode_case to,
			const char *expected)
{
	char text[16];
	size_t length = 0;
	uint32_t out[3];
	int count = unicode_convert(point, to, out);

	for (int i = 0; i < count; i++)
		length += unicode_put(text + length, out[i]);
	assert_int_equal(length, strlen(expected));
	assert_memory_equal(text, expected, length);
}

static void letters_change_case(void **state)
{
	(void)state;
	assert_case('a', UNICODE_TO_UPPER, "A");
	assert_case(0xe9, UNICODE_TO_UPPER, "\xc3\x89");
	assert_case(0xdf, UNICODE_TO_UPPER, "SS");
	assert_case(0xdf, UNICODE_TO_TITLE, "Ss");
	assert_case(0xdf, UNICODE_TO_FOLD, "ss");
	assert_case(0x130, UNICODE_TO_LOWER, "i\xcc\x87");
	assert_case(0x1c6, UNICODE_TO_TITLE, "\xc7\x85");
	assert_case(0x3c2, UNICODE_TO_FOLD, "\xcf\x83");
	assert_case('1', UNICODE_TO_UPPER, "1");
}

static void properties_are_pythons(void **state)
{
	(void)state;
	assert_true(unicode_is(0x416, UNICODE_UPPER));
	assert_true(unicode_is(0xaa, UNICODE_LOWER));
	assert_true(unicode_is(0x1c5, UNICODE_TITLE));
	assert_false(unicode_is(0x1c5, UNICODE_UPPER));
	assert_true(unicode_is(0xb2, UNICODE_DIGIT));
	assert_false(unicode_is(0xb2, UNICODE_DECIMAL));
	assert_true(unicode_is(0xbd, UNICODE_NUMERIC));
	assert_true(unicode_is(0x3000, UNICODE_SPACE));
	assert_false(unicode_is(0xad, UNICODE_PRINTABLE));
	assert_false(unicode_is(0xe000, UNICODE_PRINTABLE));
	assert_int_equal(unicode_digit(0x663), 3);
	assert_int_equal(unicode_digit('x'), -1);
}

static void what_is_no_utf8_is_kept(void **state)
{
	const char text[] = "a\xc3\xa9\xff\xc0\x80\xed";
	const char *at = text;
	const char *end = text + sizeof(text) - 1;
	char back[16];
	size_t length = 0;
	int count = 0;

	(void)state;
	while (at < end) {
		length += unicode_put(back + length, unicode_next(&at, end));
		count++;
	}
	assert_int_equal(count, 6);
	assert_int_equal(length, sizeof(text) - 1);
	assert_memory_equal(back, text, length);
	assert_int_equal(unicode_length(text, length), 6);
	assert_ptr_equal(unicode_at(text, length, 2), text + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_change_case),
		cmocka_unit_test(properties_are_pythons),
		cmocka_unit_test(what_is_no_utf8_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
