#include "runtime/text/cron.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "runtime/store/zones.h"

/* Seconds since 1970 of "2026-03-29 01:59" in UTC, by the C library. */
static int64_t utc(const char *text)
{
	struct tm tm = {0};

	assert_non_null(strptime(text, "%Y-%m-%d %H:%M", &tm));
	return timegm(&tm);
}

/* The next times after `from`, as "2026-03-29 01:00, …" in UTC. */
static void expect(const char *expr, const char *name, const char *from,
		   const char *expected)
{
	struct zones zones;
	const struct zone *zone = NULL;
	struct cron cron;
	char got[512] = "";
	int64_t at = utc(from) * 1000;

	zones_init(&zones);
	assert_int_equal(zones_get(&zones, name, &zone, NULL), 0);
	assert_int_equal(cron_parse(&cron, expr, NULL), 0);
	while (strlen(got) < strlen(expected)) {
		char text[32];
		time_t seconds;

		at = cron_next(&cron, zone, at);
		if (at == CRON_NEVER)
			break;
		seconds = at / 1000;
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M",
			 gmtime(&seconds));
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
			 *got ? ", " : "", text);
	}
	zones_release(&zones);
	if (strcmp(got, expected) != 0)
		fail_msg("%s in %s after %s:\n got %s\nwant %s", expr, name,
			 from, got, expected);
}

static void fields_are_understood(void **state)
{
	(void)state;
	expect("15 2 * * *", "UTC", "2026-11-23 02:15",
	       "2026-11-24 02:15, 2026-11-25 02:15");
	expect("*/20 * * * *", "UTC", "2026-11-23 23:39",
	       "2026-11-23 23:40, 2026-11-24 00:00");
	expect("0 9-17/4,20 * * MON-FRI", "UTC", "2026-11-20 12:00",
	       "2026-11-20 13:00, 2026-11-20 17:00, 2026-11-20 20:00, "
	       "2026-11-23 09:00");
	expect("0 0 1 jan *", "UTC", "2026-11-23 00:00",
	       "2027-01-01 00:00, 2028-01-01 00:00");
	expect("50/5 23 31 12 *", "UTC", "2026-12-31 23:52",
	       "2026-12-31 23:55, 2027-12-31 23:50");
	expect("0 0 * * fri-sun", "UTC", "2026-11-23 00:00",
	       "2026-11-27 00:00, 2026-11-28 00:00, 2026-11-29 00:00, "
	       "2026-12-04 00:00");
	expect("0 0 * * 7", "UTC", "2026-11-23 00:00", "2026-11-29 00:00");
	expect("@weekly", "UTC", "2026-11-23 00:00", "2026-11-29 00:00");
	expect("@monthly", "UTC", "2026-11-23 00:00", "2026-12-01 00:00");
	expect("@yearly", "UTC", "2026-11-23 00:00", "2027-01-01 00:00");
	expect("@daily", "UTC", "2026-11-23 00:00", "2026-11-24 00:00");
	expect(" @hourly", "UTC", "2026-11-23 00:00", "2026-11-23 01:00");
}

static void either_day_suffices_unless_one_is_open(void **state)
{
	(void)state;
	expect("0 0 13 * FRI", "UTC", "2026-11-10 00:00",
	       "2026-11-13 00:00, 2026-11-20 00:00, 2026-11-27 00:00, "
	       "2026-12-04 00:00, 2026-12-11 00:00, 2026-12-13 00:00");
	expect("0 0 */2 * MON", "UTC", "2026-11-10 00:00",
	       "2026-11-23 00:00, 2026-12-07 00:00");
	expect("0 0 L * *", "UTC", "2026-11-23 00:00",
	       "2026-11-30 00:00, 2026-12-31 00:00, 2027-01-31 00:00, "
	       "2027-02-28 00:00");
	expect("0 0 15,L * *", "UTC", "2026-11-23 00:00",
	       "2026-11-30 00:00, 2026-12-15 00:00");
}

static void leap_days_and_impossible_days(void **state)
{
	(void)state;
	expect("0 0 29 2 *", "UTC", "2026-11-23 00:00",
	       "2028-02-29 00:00, 2032-02-29 00:00");
	expect("0 0 29 2 *", "UTC", "2096-02-29 00:00", "2104-02-29 00:00");
	expect("0 0 30 2 *", "UTC", "2026-11-23 00:00", "");
	expect("0 0 31 */2 *", "UTC", "2026-11-23 00:00",
	       "2027-01-31 00:00, 2027-03-31 00:00, 2027-05-31 00:00");
}

/* Berlin: 2026-03-29 02:00 -> 03:00 (01:00 UTC), 2026-10-25 03:00 -> 02:00. */
static void clocks_change_in_berlin(void **state)
{
	(void)state;
	expect("30 2 * * *", "Europe/Berlin", "2026-03-27 12:00",
	       "2026-03-28 01:30, 2026-03-29 01:00, 2026-03-30 00:30");
	expect("*/10 2 * * *", "Europe/Berlin", "2026-03-28 02:00",
	       "2026-03-29 01:00, 2026-03-30 00:00");
	expect("0 2,3 * * *", "Europe/Berlin", "2026-03-28 03:00",
	       "2026-03-29 01:00, 2026-03-30 00:00");
	expect("0 3 * * *", "Europe/Berlin", "2026-03-28 03:00",
	       "2026-03-29 01:00, 2026-03-30 01:00");
	expect("*/30 * * * *", "Europe/Berlin", "2026-03-29 00:00",
	       "2026-03-29 00:30, 2026-03-29 01:00, 2026-03-29 01:30");
	expect("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00",
	       "2026-10-25 00:30, 2026-10-26 01:30");
	expect("0 3 * * *", "Europe/Berlin", "2026-10-24 12:00",
	       "2026-10-25 02:00, 2026-10-26 02:00");
	expect("59 2 * * *", "Europe/Berlin", "2026-10-25 01:00",
	       "2026-10-26 01:59");
	expect("30 * * * *", "Europe/Berlin", "2026-10-24 23:00",
	       "2026-10-24 23:30, 2026-10-25 00:30, 2026-10-25 01:30, "
	       "2026-10-25 02:30");
	expect("0 12 * * *", "Europe/Berlin", "2026-10-24 10:00",
	       "2026-10-25 11:00");
}

/* The rule at the file's end: 2060-03-28 and 2060-10-31. */
static void clocks_change_in_the_far_future(void **state)
{
	(void)state;
	expect("30 2 * * *", "Europe/Berlin", "2060-03-27 12:00",
	       "2060-03-28 01:00, 2060-03-29 00:30");
	expect("30 2 * * *", "Europe/Berlin", "2060-10-30 12:00",
	       "2060-10-31 00:30, 2060-11-01 01:30");
	/* Southern: daylight saving time spans the new year. */
	expect("30 2 * * *", "Australia/Sydney", "2060-10-02 00:00",
	       "2060-10-02 16:00, 2060-10-03 15:30");
	expect("0 12 * * *", "Australia/Sydney", "2060-12-30 02:00",
	       "2060-12-31 01:00, 2061-01-01 01:00");
}

static void clocks_change_elsewhere(void **state)
{
	(void)state;
	/* New York: 2026-03-08 07:00 UTC, 2026-11-01 06:00 UTC. */
	expect("30 2 * * *", "America/New_York", "2026-03-07 12:00",
	       "2026-03-08 07:00, 2026-03-09 06:30");
	expect("30 1 * * *", "America/New_York", "2026-10-31 12:00",
	       "2026-11-01 05:30, 2026-11-02 06:30");
	/* Lord Howe changes by half an hour: 2026-04-05 02:00 -> 01:30 is
	 * 15:00 UTC the day before, 2026-10-04 02:00 -> 02:30 is 15:30. */
	expect("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 00:00",
	       "2026-04-04 14:45, 2026-04-05 15:15");
	expect("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 00:00",
	       "2026-10-03 15:30, 2026-10-04 15:15");
	expect("*/15 * * * *", "Australia/Lord_Howe", "2026-10-03 15:00",
	       "2026-10-03 15:15, 2026-10-03 15:30, 2026-10-03 15:45");
	/* Samoa had no 2011-12-30. */
	expect("0 9 * * *", "Pacific/Apia", "2011-12-29 00:00",
	       "2011-12-29 19:00, 2011-12-30 10:00, 2011-12-30 19:00");
	/* A quarter of an hour off the others. */
	expect("0 6 * * *", "Asia/Kathmandu", "2026-11-23 00:00",
	       "2026-11-23 00:15, 2026-11-24 00:15");
}

static void errors_name_the_field(void **state)
{
	static const char *const wrong[][2] = {
		{"60 * * * *", "cron: '60' is no minute (expected 0-59, '*', "
			       "lists, ranges, steps)"},
		{"* 24 * * *", "cron: '24' is no hour (expected 0-23, '*', "
			       "lists, ranges, steps)"},
		{"* * 0 * *", "cron: '0' is no day of month (expected 1-31 or "
			      "L, '*', lists, ranges, steps)"},
		{"* * * foo *", "cron: 'foo' is no month (expected 1-12 or "
				"JAN-DEC, '*', lists, ranges, steps)"},
		{"* * * * 8", "cron: '8' is no day of week (expected 0-7 or "
			      "SUN-SAT, '*', lists, ranges, steps)"},
		{"* * * *", "cron: fields are missing, expected five: minute "
			    "hour day month weekday"},
		{"", "cron: fields are missing, expected five: minute hour "
		     "day month weekday"},
		{"* * * * * *", "cron: more than five fields, expected five: "
				"minute hour day month weekday"},
		{"@dayly", "cron: unknown '@dayly' (expected @yearly, "
			   "@monthly, @weekly, @daily or @hourly)"},
	};
	static const char *const fields[] = {
		"*/0",         "*/60",  "5-1", "1,", ",1",  "1--2", "-1",
		"1-",          "1/",    "*-5", "**", "x",   "1x",   "1.5",
		"99999999999", "1/1/1", "+1",  "L",  "1-99"};
	struct cron cron;
	char expr[64];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error *err = NULL;

		assert_int_equal(cron_parse(&cron, wrong[i][0], &err), -1);
		assert_string_equal(err->message, wrong[i][1]);
		error_free(err);
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		snprintf(expr, sizeof(expr), "%s * * * *", fields[i]);
		if (cron_parse(&cron, expr, NULL) == 0)
			fail_msg("'%s' was accepted", expr);
	}
}

static void descriptions_read_well(void **state)
{
	static const char *const examples[][2] = {
		{"* * * * *", "every minute"},
		{"*/10 * * * *", "every 10 minutes"},
		{"@hourly", "every hour"},
		{"15 * * * *", "every hour at minute 15"},
		{"0 */6 * * *", "every 6 hours at minute 0"},
		{"15 2 * * *", "at 02:15 every day"},
		{"0 8,12,18 * * *", "at 08:00, 12:00 and 18:00 every day"},
		{"15 2 * * 1-5", "at 02:15 on Monday to Friday"},
		{"15 2 * * 0,6", "at 02:15 on Sunday and Saturday"},
		{"0 0 1 * *", "at 00:00 on day 1 of the month"},
		{"0 0 1,15 * *", "at 00:00 on the days 1 and 15 of the month"},
		{"0 0 L * *", "at 00:00 on the last day of the month"},
		{"0 0 13 * FRI",
		 "at 00:00 on day 13 of the month and on Friday"},
		{"0 0 1 1 *", "at 00:00 on day 1 of the month in January"},
		{"*/5 9-17 * * MON-FRI", "every 5 minutes of the hours 9 to 17 "
					 "on Monday to Friday"},
		{"1,31 * * * *", "at the minutes 1 and 31"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct cron cron;
		struct buf out;

		buf_init(&out, 1024);
		assert_int_equal(cron_parse(&cron, examples[i][0], NULL), 0);
		cron_describe(&cron, &out);
		assert_string_equal(out.data, examples[i][1]);
		buf_release(&out);
	}
}

static void a_schedule_is_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct cron) <= 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_understood),
		cmocka_unit_test(either_day_suffices_unless_one_is_open),
		cmocka_unit_test(leap_days_and_impossible_days),
		cmocka_unit_test(clocks_change_in_berlin),
		cmocka_unit_test(clocks_change_in_the_far_future),
		cmocka_unit_test(clocks_change_elsewhere),
		cmocka_unit_test(errors_name_the_field),
		cmocka_unit_test(descriptions_read_well),
		cmocka_unit_test(a_schedule_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
