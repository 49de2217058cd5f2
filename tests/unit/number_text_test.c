/* Numbers as text: the shortest floats, integers of any size. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/text/number_text.h"

static void assert_float(double number, const char *expected)
{
	struct buf buf;

	buf_init(&buf, 100);
	text_float(&buf, number);
	assert_string_equal(buf.data, expected);
	buf_release(&buf);
}

static void floats_are_as_short_as_can_be(void **state)
{
	(void)state;
	assert_float(0.1, "0.1");
	assert_float(1, "1.0");
	assert_float(-0.0, "-0.0");
	assert_float(1e15, "1000000000000000.0");
	assert_float(1e16, "1e+16");
	assert_float(0.0001, "0.0001");
	assert_float(0.00001, "1e-05");
	assert_float(1.0 / 3, "0.3333333333333333");
	assert_float(0.1 + 0.2, "0.30000000000000004");
	assert_float(5e-324, "5e-324");
	assert_float(1.7976931348623157e308, "1.7976931348623157e+308");
	assert_float(123456789012345680.0, "1.2345678901234568e+17");
	assert_float(INFINITY, "inf");
	assert_float(NAN, "nan");
}

static void all_floats_read_back(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 100);
	for (int i = -1074; i < 1024; i++) {
		buf_clear(&buf);
		text_float(&buf, ldexp(1, i));
		assert_true(strtod(buf.data, NULL) == ldexp(1, i));
	}
	buf_release(&buf);
}

static void assert_integer(const char *digits, bool negative, int kind)
{
	struct arena arena;
	struct value value;
	struct buf buf;

	arena_init(&arena, 1 << 20);
	buf_init(&buf, 1000);
	value = text_read_integer(&arena, digits, strlen(digits), negative);
	assert_int_equal(value.kind, kind);
	if (kind == VALUE_BIG)
		text_big(&buf, value.big);
	else
		text_int(&buf, value.integer);
	assert_int_equal(buf.data[0] == '-', negative);
	assert_string_equal(buf.data + negative, digits);
	buf_release(&buf);
	arena_release(&arena);
}

static void integers_have_no_limit(void **state)
{
	(void)state;
	assert_integer("0", false, VALUE_INT);
	assert_integer("9223372036854775807", false, VALUE_INT);
	assert_integer("9223372036854775808", false, VALUE_BIG);
	assert_integer("9223372036854775808", true, VALUE_INT);
	assert_integer("9223372036854775809", true, VALUE_BIG);
	assert_integer("1000000000000000000000000000000", false, VALUE_BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floats_are_as_short_as_can_be),
		cmocka_unit_test(all_floats_read_back),
		cmocka_unit_test(integers_have_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
