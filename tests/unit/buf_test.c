/* Growing bytes with a maximum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"

static void appends_grow_and_stay_terminated(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 1 << 20);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(buf_printf(&buf, "%d,", i % 10), 0);
	assert_int_equal(buf.length, 20000);
	assert_int_equal(strlen(buf.data), 20000);
	buf_release(&buf);
	assert_null(buf.data);
}

static void the_maximum_refuses_the_whole_append(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 8);
	assert_int_equal(buf_puts(&buf, "12345"), 0);
	assert_int_equal(buf_puts(&buf, "6789"), -1);
	assert_string_equal(buf.data, "12345");
	assert_true(buf.full);
	assert_int_equal(buf_putc(&buf, 'x'), -1);
	buf_clear(&buf);
	assert_false(buf.full);
	assert_int_equal(buf_puts(&buf, "12345678"), 0);
	assert_int_equal(buf_putc(&buf, '9'), -1);
	buf_release(&buf);
}

static void a_huge_length_does_not_wrap_around(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 100);
	assert_int_equal(buf_puts(&buf, "1"), 0);
	assert_null(buf_reserve(&buf, SIZE_MAX - 1));
	buf_release(&buf);
}

static void consume_keeps_the_rest(void **state)
{
	struct buf buf;
	char *text;

	(void)state;
	buf_init(&buf, 100);
	buf_puts(&buf, "head and tail");
	buf_consume(&buf, 9);
	assert_string_equal(buf.data, "tail");
	buf_consume(&buf, 0);
	text = buf_take(&buf);
	assert_string_equal(text, "tail");
	assert_int_equal(buf.length, 0);
	mem_free(text);
}

static void taking_from_an_empty_buffer_gives_an_empty_string(void **state)
{
	struct buf buf;
	char *text;

	(void)state;
	buf_init(&buf, 0);
	text = buf_take(&buf);
	assert_string_equal(text, "");
	mem_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_grow_and_stay_terminated),
		cmocka_unit_test(the_maximum_refuses_the_whole_append),
		cmocka_unit_test(a_huge_length_does_not_wrap_around),
		cmocka_unit_test(consume_keeps_the_rest),
		cmocka_unit_test(
			taking_from_an_empty_buffer_gives_an_empty_string),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
