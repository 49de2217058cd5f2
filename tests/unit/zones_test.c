#include "runtime/store/zones.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct zones zones;

static int start(void **state)
{
	(void)state;
	zones_init(&zones);
	return unsetenv("TZ") | unsetenv("TZDIR");
}

static int stop(void **state)
{
	(void)state;
	zones_release(&zones);
	return 0;
}

static void a_zone_is_read_once_and_shared(void **state)
{
	const struct zone *first = NULL;
	const struct zone *second = NULL;

	(void)state;
	assert_int_equal(zones_get(&zones, "Asia/Tokyo", &first, NULL), 0);
	assert_int_equal(zones_get(&zones, "Asia/Tokyo", &second, NULL), 0);
	assert_non_null(first);
	assert_ptr_equal(first, second);
	assert_int_equal(zone_span(first, 1774699200).offset, 9 * 3600);
}

static void utc_needs_no_file(void **state)
{
	const struct zone *zone = NULL;

	(void)state;
	setenv("TZDIR", "/nonexistent", 1);
	assert_int_equal(zones_get(&zones, "UTC", &zone, NULL), 0);
	assert_null(zone);
	assert_int_equal(zone_span(zone, 0).offset, 0);
}

static void the_machine_s_zone_comes_from_the_environment(void **state)
{
	const struct zone *zone = NULL;

	(void)state;
	setenv("TZ", ":Asia/Kathmandu", 1);
	assert_int_equal(zones_get(&zones, NULL, &zone, NULL), 0);
	assert_int_equal(zone_span(zone, 1774699200).offset, 20700);
	assert_int_equal(zones_get(&zones, "", &zone, NULL), 0);
	assert_int_equal(zone_span(zone, 1774699200).offset, 20700);
}

static void expect_error(const char *name, enum error_code code)
{
	const struct zone *zone = NULL;
	struct error *err = NULL;

	assert_int_equal(zones_get(&zones, name, &zone, &err), -1);
	assert_int_equal(err->code, code);
	assert_null(zone);
	error_free(err);
}

static void names_cannot_leave_the_database(void **state)
{
	(void)state;
	expect_error("Mars/Olympus", ERROR_NOT_FOUND);
	expect_error("../../../etc/passwd", ERROR_INVALID);
	expect_error("/etc/passwd", ERROR_INVALID);
	expect_error("tzdata.zi", ERROR_INVALID); /* is there, but no zone */
	expect_error("Europe", ERROR_IO);
}

static void broken_files_are_refused(void **state)
{
	char header[44] = "TZif2";
	struct error *err = NULL;

	(void)state;
	assert_null(zone_new("", 0, NULL));
	assert_null(zone_new("TZif", 4, NULL));
	assert_null(zone_new(header, sizeof(header), &err));
	assert_string_equal(err->message, "not a time zone file (TZif)");
	error_free(err);
	memset(header + 20, 0xff, 24);
	assert_null(zone_new(header, sizeof(header), NULL));
}

#define test(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_zone_is_read_once_and_shared),
		test(utc_needs_no_file),
		test(the_machine_s_zone_comes_from_the_environment),
		test(names_cannot_leave_the_database),
		test(broken_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
