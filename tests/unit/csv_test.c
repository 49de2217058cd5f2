/* CSV: rows, quotes, errors with their place, numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/mem.h"
#include "runtime/text/csv.h"

/* The whole text as "a|b/c|d", or the error's message. */
static char *read_all(const char *text)
{
	struct csv csv;
	struct error *err = NULL;
	struct buf out;
	int status;

	buf_init(&out, 1 << 16);
	csv_init(&csv, text, strlen(text), "f.csv");
	while ((status = csv_next(&csv, &err)) == 1) {
		if (out.length)
			buf_putc(&out, '/');
		for (size_t i = 0; i < csv.count; i++) {
			if (i)
				buf_putc(&out, '|');
			buf_append(&out, csv.fields[i].data,
				   csv.fields[i].length);
		}
	}
	if (status < 0) {
		buf_clear(&out);
		buf_puts(&out, err->message);
		error_free(err);
	}
	csv_release(&csv);
	return buf_take(&out);
}

static void check(const char *text, const char *wanted)
{
	char *got = read_all(text);

	assert_string_equal(got, wanted);
	mem_free(got);
}

static void rows_and_quotes(void **state)
{
	(void)state;
	check("a,b\n1,2\n", "a|b/1|2");
	check("a,b\r\n1,2\r\n", "a|b/1|2");
	check("a,b\n1,2", "a|b/1|2");
	check("\xef\xbb\xbf"
	      "a,b\n\n1,\n",
	      "a|b/1|");
	check("a\n\"x,\"\"y\"\"\nz\"\n", "a/x,\"y\"\nz");
	check("a,b,c\n\"\"\"\",\"\"\"\",q\n\"\",\"\",\"\"\n",
	      "a|b|c/\"|\"|q/||");
	check("a,b\n\"1\",\"2\"\r\n", "a|b/1|2");
	check("", "");
	check(",\n", "|");
}

static void errors_have_a_line(void **state)
{
	(void)state;
	check("a,b\n1\n", "f.csv:2: 1 field, expected 2 as in the first row");
	check("a,b\n\"x\ny\",1\n1,2,3\n",
	      "f.csv:4: 3 fields, expected 2 as in the first row");
	check("a\n\"x\n", "f.csv:2: a quote is not closed, expected \" before "
			  "the end of the file");
	check("a\n\"x\"y\n",
	      "f.csv:2: text behind a closing quote in field 1, expected ',' "
	      "or the end of the row");
}

/* Fields of every length, of bytes that are nearly separators. */
static void fields_end_where_they_do(void **state)
{
	static const char near[] = "-+\xac\x8a\v\t\xad\x2d\x8b";

	(void)state;
	for (size_t first = 0; first < 40; first++)
		for (size_t second = 0; second < 20; second++) {
			char text[80];
			struct error *err = NULL;
			struct csv csv;
			size_t length = 0;

			for (size_t i = 0; i < first; i++)
				text[length++] = near[(i + second) % 9];
			text[length++] = ',';
			for (size_t i = 0; i < second; i++)
				text[length++] = near[(i + first) % 9];
			text[length++] = '\n';
			csv_init(&csv, text, length, "t");
			assert_int_equal(csv_next(&csv, &err), 1);
			assert_int_equal(csv.count, 2);
			assert_int_equal(csv.fields[0].length, first);
			assert_int_equal(csv.fields[1].length, second);
			assert_int_equal(csv_next(&csv, &err), 0);
			csv_release(&csv);
		}
}

static void headers_are_checked(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"", "f.csv:1: the file is empty, expected a header with "
		     "names of columns"},
		{"a,,b\n", "f.csv:1: column 2 has no name, expected a header"},
		{"a,b,a\n", "f.csv:1: there are two columns 'a'"},
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct csv csv;
		struct error *err = NULL;
		char **names;
		size_t count;

		csv_init(&csv, cases[i].text, strlen(cases[i].text), "f.csv");
		assert_int_equal(csv_header(&csv, &names, &count, &err), -1);
		assert_string_equal(err->message, cases[i].message);
		error_free(err);
		csv_release(&csv);
	}
}

static double number(const char *text, bool *ok)
{
	struct csv_field field = {text, (uint32_t)strlen(text), false};
	double value = 0;

	*ok = csv_number(&field, &value);
	return value;
}

static void numbers_are_exact(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{"0", 0},          {"-12.5", -12.5},
		{" 7 ", 7},        {"+3", 3},
		{"0.1", 0.1},      {"123456789012345.6", 123456789012345.6},
		{"1e300", 1e300},  {"-1E-7", -1E-7},
		{".5", .5},        {"5.", 5},
		{"inf", INFINITY}, {"0.30000000000000004", 0.30000000000000004},
	};
	static const char *const bad[] = {"x", "1,5", "--1", "0x10", "1 2",
					  ".", "-",   "1e",  "12abc"};
	static const char *const missing[] = {"", "NA", "null", "nan", "  "};
	bool ok;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		double got = number(good[i].text, &ok);

		assert_true(ok);
		assert_memory_equal(&got, &good[i].value, sizeof(got));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		number(bad[i], &ok);
		assert_false(ok);
	}
	for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++) {
		assert_true(isnan(number(missing[i], &ok)));
		assert_true(ok);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_quotes),
		cmocka_unit_test(errors_have_a_line),
		cmocka_unit_test(fields_end_where_they_do),
		cmocka_unit_test(headers_are_checked),
		cmocka_unit_test(numbers_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
