/* Durations: text to milliseconds and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/base/duration.h"

static void text_becomes_milliseconds(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{"0", 0},
		{"1500", 1500},
		{"250ms", 250},
		{"10s", 10000},
		{"5m", 300000},
		{"2h", 7200000},
		{"1d", 86400000},
		{"1w", 604800000},
		{"1h30m", 5400000},
		{"1.5s", 1500},
		{"1d2h3m4s5ms", 93784005},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms = -1;

		assert_int_equal(duration_parse(cases[i].text, &ms, NULL), 0);
		assert_int_equal(ms, cases[i].ms);
	}
}

static void anything_else_is_refused(void **state)
{
	static const char *const cases[] = {
		"",    "s",     "5 m",   "-1s",  "1x",
		"5m3", "1..5s", "0x10s", "1e3s", "99999999999999999999",
		"m5",  "5M",    "inf",   "1h-2m"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error *err = NULL;
		int64_t ms;

		assert_int_equal(duration_parse(cases[i], &ms, &err), -1);
		assert_int_equal(err->code, ERROR_INVALID);
		error_free(err);
	}
}

static void milliseconds_become_text(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{0, "0ms"},          {999, "999ms"},  {1000, "1s"},
		{1500, "1.5s"},      {9999, "9.9s"},  {59999, "59s"},
		{125000, "2m 5s"},   {3600000, "1h"}, {5400000, "1h 30m"},
		{97200000, "1d 3h"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[DURATION_SIZE];

		duration_format(cases[i].ms, text);
		assert_string_equal(text, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_becomes_milliseconds),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(milliseconds_become_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
