/* Reports: what is refused, and what is cut. tests/lua/reports_test.lua reads
 * each format. */
#include "runtime/text/report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/buf.h"

static void refuses(const char *text, enum report_format format,
		    const char *why)
{
	struct error *err = NULL;
	struct report report;

	assert_int_equal(report_read(&report, text, strlen(text), format, &err),
			 -1);
	assert_non_null(strstr(err->message, why));
	error_free(err);
	report_release(&report);
}

static void what_is_no_report_is_refused(void **state)
{
	(void)state;
	refuses("", REPORT_AUTO, "no result of a test");
	refuses("make: *** [all] Error 2\n", REPORT_AUTO, "neither JUnit");
	refuses("<project/>", REPORT_AUTO, "not JUnit's");
	refuses("<testsuite>", REPORT_AUTO, "line 1: XML: ");
	refuses("hello", REPORT_TAP, "of TAP");
	refuses("hello", REPORT_GO, "go test -json");
	refuses("hello", REPORT_CARGO, "Rust");
	refuses("hello", REPORT_PYTEST, "-rA");
	refuses("hello", REPORT_CTEST, "CTest");
}

static void entities_are_refused(void **state)
{
	(void)state;
	refuses("<!DOCTYPE a [<!ENTITY x 'lol'>]>\n<testsuite name='&x;'/>",
		REPORT_JUNIT, "line 1: it declares an entity");
	refuses("<!DOCTYPE a [\n<!ENTITY x SYSTEM '/etc/passwd'>]>"
		"<testsuite name='&x;'/>",
		REPORT_JUNIT, "line 2: it declares an entity");
}

static void deep_elements_are_refused(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 100; i++)
		buf_puts(&text, "<testsuite>");
	refuses(text.data, REPORT_AUTO, "nested deeper than 64");
	buf_release(&text);
}

static void long_texts_are_cut_and_cleaned(void **state)
{
	struct error *err = NULL;
	struct report report;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_puts(&text, "not ok 1 - \x01\xff");
	for (int i = 0; i < 5000; i++)
		buf_putc(&text, 'x');
	assert_int_equal(
		report_read(&report, text.data, text.length, REPORT_AUTO, &err),
		0);
	assert_int_equal(report.count, 1);
	/* U+FFFD in place of the byte that is no UTF-8, nothing for \x01 */
	assert_memory_equal(report.tests[0].name, "\xef\xbf\xbdx", 4);
	assert_int_equal(strlen(report.tests[0].name), REPORT_NAME_MAX + 1);
	buf_release(&text);
	report_release(&report);
}

static void formats_have_names(void **state)
{
	(void)state;
	for (int i = REPORT_AUTO; i < REPORT_FORMATS; i++)
		assert_int_equal(report_format_of(report_format_name(i)), i);
	assert_int_equal(report_format_of("xml"), REPORT_FORMATS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_report_is_refused),
		cmocka_unit_test(entities_are_refused),
		cmocka_unit_test(deep_elements_are_refused),
		cmocka_unit_test(long_texts_are_cut_and_cleaned),
		cmocka_unit_test(formats_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
