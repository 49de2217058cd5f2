#include "runtime/text/cron.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "runtime/text/calendar.h"

enum { YEARS = 8, MAX_FIELD = 256 };

struct field {
	const char *name;
	const char *takes; /* for messages */
	int low;
	int high;
	const char *names; /* three letters each, from `low` on, or NULL */
};

static const struct field fields[] = {
	{"minute", "0-59", 0, 59, NULL},
	{"hour", "0-23", 0, 23, NULL},
	{"day of month", "1-31 or L", 1, 31, NULL},
	{"month", "1-12 or JAN-DEC", 1, 12,
	 "janfebmaraprmayjunjulaugsepoctnovdec"},
	{"day of week", "0-7 or SUN-SAT", 0, 7, "sunmontuewedthufrisatsun"},
};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

static int wrong(const struct field *field, const char *text,
		 struct error **err)
{
	return error_set(err, ERROR_INVALID,
			 "cron: '%.32s' is no %s (expected %s, '*', lists, "
			 "ranges, steps)",
			 text, field->name, field->takes);
}

/* One number or name at `*at`, or -1. */
static int read_value(const struct field *field, const char **at)
{
	const char *from = *at;
	int value = 0;

	if (!field->names || isdigit((unsigned char)*from)) {
		while (isdigit((unsigned char)**at) && value < 1000)
			value = value * 10 + (*(*at)++ - '0');
		return *at > from ? value : -1;
	}
	for (value = field->low; value <= field->high; value++) {
		const char *name =
			field->names + (size_t)3 * (size_t)(value - field->low);

		if (!strncasecmp(from, name, 3) &&
		    !isalpha((unsigned char)from[3])) {
			*at += 3;
			return value;
		}
	}
	return -1;
}

/* "*", "n", "n-m", each with "/step"; ends at ',' or the end. */
static int read_range(const struct field *field, const char **at,
		      uint64_t *bits)
{
	int low = field->low;
	int high = field->high;
	int step = 1;
	bool open = true; /* does a step run to the field's end? */

	if (**at == '*') {
		++*at;
	} else {
		low = high = read_value(field, at);
		if (**at == '-') {
			++*at;
			high = read_value(field, at);
			open = false;
			/* FRI-SUN: Sunday is at both ends of the week. */
			if (high == 0 && field->names && field->low == 0)
				high = low ? 7 : 0;
		}
	}
	if (**at == '/') {
		++*at;
		step = isdigit((unsigned char)**at) ? read_value(field, at) : 0;
		high = open ? field->high : high;
	}
	if (low < 0 || low < field->low || high > field->high || low > high ||
	    step < 1 || step > field->high)
		return -1;
	for (unsigned value = (unsigned)low; value <= (unsigned)high;
	     value += (unsigned)step)
		*bits |= (uint64_t)1 << value;
	return **at && **at != ',' ? -1 : 0;
}

static int read_field(struct cron *cron, int which, const char *text,
		      struct error **err)
{
	const struct field *field = &fields[which];
	uint64_t bits = 0;
	const char *at = text;

	for (;; at++) {
		if (which == DAY && (*at == 'L' || *at == 'l') &&
		    (!at[1] || at[1] == ',')) {
			cron->last_day = true;
			at++;
		} else if (read_range(field, &at, &bits) < 0) {
			return wrong(field, text, err);
		}
		if (!*at)
			break;
	}
	switch (which) {
	case MINUTE:
		cron->minutes = bits;
		break;
	case HOUR:
		cron->hours = (uint32_t)bits;
		cron->any_hour = *text == '*';
		break;
	case DAY:
		cron->days = (uint32_t)bits;
		cron->any_day = *text == '*';
		break;
	case MONTH:
		cron->months = (uint16_t)bits;
		break;
	default:
		cron->weekdays = (uint8_t)((bits | bits >> 7) & 0x7f);
		cron->any_weekday = *text == '*';
	}
	return 0;
}

static const char *expand(const char *expr, struct error **err)
{
	static const char *const names[][2] = {
		{"@yearly", "0 0 1 1 *"},  {"@annually", "0 0 1 1 *"},
		{"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
		{"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
		{"@hourly", "0 * * * *"},
	};

	if (*expr != '@')
		return expr;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcasecmp(expr, names[i][0]))
			return names[i][1];
	error_set(err, ERROR_INVALID,
		  "cron: unknown '%.32s' (expected @yearly, @monthly, @weekly, "
		  "@daily or @hourly)",
		  expr);
	return NULL;
}

int cron_parse(struct cron *cron, const char *expr, struct error **err)
{
	static const char blanks[] = " \t";
	char text[MAX_FIELD];
	int which = 0;

	memset(cron, 0, sizeof(*cron));
	expr = expand(expr + strspn(expr, blanks), err);
	if (!expr)
		return -1;
	for (expr += strspn(expr, blanks); *expr; which++) {
		size_t length = strcspn(expr, blanks);

		if (which == FIELDS)
			break;
		if (length >= sizeof(text))
			return wrong(&fields[which], expr, err);
		memcpy(text, expr, length);
		text[length] = '\0';
		if (read_field(cron, which, text, err) < 0)
			return -1;
		expr += length + strspn(expr + length, blanks);
	}
	if (which == FIELDS && !*expr)
		return 0;
	return error_set(err, ERROR_INVALID,
			 "cron: %s, expected five: minute hour day month "
			 "weekday",
			 *expr ? "more than five fields"
			       : "fields are missing");
}

static bool day_matches(const struct cron *cron,
			const struct calendar_date *date, int64_t day)
{
	bool by_weekday = cron->weekdays >> calendar_weekday(day) & 1;
	bool by_day = cron->days >> date->day & 1;

	if (cron->last_day &&
	    date->day == calendar_month_days(date->year, date->month))
		by_day = true;
	if (cron->any_day || cron->any_weekday)
		return by_day && by_weekday;
	return by_day || by_weekday;
}

/* The first matching minute of a day that is not before `from`, or -1. */
static int minute_of_day(const struct cron *cron, int from)
{
	for (int hour = from / 60; hour < 24; hour++, from = hour * 60) {
		uint64_t left = cron->minutes >> from % 60;

		if ((cron->hours >> hour & 1) && left)
			return from + __builtin_ctzll(left);
	}
	return -1;
}

/* The first matching local minute in [from, end), or -1. Both count minutes
 * since 1970 on the clock on the wall. */
static int64_t local_next(const struct cron *cron, int64_t from, int64_t end)
{
	int64_t day = calendar_floor_div(from, 1440);

	while (day * 1440 < end) {
		struct calendar_date date;
		int64_t start = day * 1440;
		int minute;

		calendar_date(&date, day);
		if (!(cron->months >> date.month & 1)) {
			day += calendar_month_days(date.year, date.month) -
			       date.day + 1;
			continue;
		}
		minute = day_matches(cron, &date, day)
				 ? minute_of_day(cron,
						 from > start
							 ? (int)(from - start)
							 : 0)
				 : -1;
		if (minute >= 0)
			return start + minute < end ? start + minute : -1;
		day++;
	}
	return -1;
}

static int64_t minutes_up(int64_t seconds)
{
	return -calendar_floor_div(-seconds, 60);
}

/*
 * The first due second in the span that is not before `from`, or -1. `before`
 * is the offset of the span before it. Local times between the end of that one
 * and the start of this one either do not exist or come twice.
 */
static int64_t span_next(const struct cron *cron, const struct zone_span *span,
			 int32_t before, int64_t from, int64_t end)
{
	int64_t local;

	if (!cron->any_hour && span->start != INT64_MIN) {
		int64_t left = span->start + before;
		int64_t entered = span->start + span->offset;

		if (span->start >= from && local_next(cron, minutes_up(left),
						      minutes_up(entered)) >= 0)
			return span->start;
		if (from < left - span->offset)
			from = left - span->offset;
	}
	local = local_next(cron, minutes_up(from + span->offset),
			   minutes_up(end + span->offset));
	return local < 0 ? -1 : local * 60 - span->offset;
}

int64_t cron_next(const struct cron *cron, const struct zone *zone,
		  int64_t after_ms)
{
	int64_t from = after_ms < 0 ? 0 : after_ms / 1000 + 1;
	int64_t limit = from + (int64_t)YEARS * 366 * 86400;

	while (from < limit) {
		struct zone_span span = zone_span(zone, from);
		int64_t end = span.end < limit ? span.end : limit;
		int32_t before = span.offset;
		int64_t found;

		if (span.start > INT64_MIN)
			before = zone_span(zone, span.start - 1).offset;
		found = span_next(cron, &span, before, from, end);
		if (found >= 0)
			return found * 1000;
		from = end;
	}
	return CRON_NEVER;
}
