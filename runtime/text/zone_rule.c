#include "runtime/text/zone_rule.h"

#include "runtime/text/calendar.h"

struct reader {
	const char *at;
	const char *end;
};

static int read_int(struct reader *reader, int max, int *value)
{
	const char *from = reader->at;

	*value = 0;
	while (reader->at < reader->end && *reader->at >= '0' &&
	       *reader->at <= '9') {
		*value = *value * 10 + (*reader->at++ - '0');
		if (*value > max)
			return -1;
	}
	return reader->at > from ? 0 : -1;
}

static bool take(struct reader *reader, char c)
{
	if (reader->at >= reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

/* [+-]h[h][:mm[:ss]] */
static int read_clock(struct reader *reader, int32_t *seconds)
{
	int sign = take(reader, '-') ? -1 : 1;
	int part;

	if (sign > 0)
		take(reader, '+');
	if (read_int(reader, 167, &part) < 0)
		return -1;
	*seconds = part * 3600;
	for (int unit = 60; unit >= 1 && take(reader, ':'); unit /= 60) {
		if (read_int(reader, 59, &part) < 0)
			return -1;
		*seconds += part * unit;
	}
	*seconds *= sign;
	return 0;
}

static int read_name(struct reader *reader)
{
	const char *from = reader->at;

	if (take(reader, '<')) {
		while (reader->at < reader->end && *reader->at != '>')
			reader->at++;
		return take(reader, '>') ? 0 : -1;
	}
	while (reader->at < reader->end &&
	       ((*reader->at | 0x20) >= 'a' && (*reader->at | 0x20) <= 'z'))
		reader->at++;
	return reader->at > from ? 0 : -1;
}

static int read_date(struct reader *reader, struct zone_rule_date *date)
{
	date->kind = 'n';
	if (take(reader, 'M'))
		date->kind = 'M';
	else if (take(reader, 'J'))
		date->kind = 'J';
	if (date->kind != 'M') {
		if (read_int(reader, 365, &date->day) < 0)
			return -1;
	} else if (read_int(reader, 12, &date->month) < 0 ||
		   !take(reader, '.') || read_int(reader, 5, &date->week) < 0 ||
		   !take(reader, '.') || read_int(reader, 6, &date->day) < 0 ||
		   date->month == 0 || date->week == 0) {
		return -1;
	}
	date->time = 2 * 3600;
	return take(reader, '/') ? read_clock(reader, &date->time) : 0;
}

static int read_rule(struct zone_rule *rule, struct reader *reader)
{
	if (read_name(reader) < 0 || read_clock(reader, &rule->standard) < 0)
		return -1;
	rule->standard = -rule->standard; /* POSIX counts westward */
	rule->daylight = rule->standard + 3600;
	if (reader->at == reader->end)
		return 0;
	rule->changes = true;
	if (read_name(reader) < 0)
		return -1;
	if (reader->at < reader->end && *reader->at != ',') {
		if (read_clock(reader, &rule->daylight) < 0)
			return -1;
		rule->daylight = -rule->daylight;
	}
	if (!take(reader, ',') || read_date(reader, &rule->begin) < 0 ||
	    !take(reader, ',') || read_date(reader, &rule->end) < 0)
		return -1;
	return reader->at == reader->end ? 0 : -1;
}

int zone_rule_read(struct zone_rule *rule, const char *text, size_t length)
{
	struct reader reader = {text, text + length};

	return read_rule(rule, &reader);
}

/* Days since 1970 of a rule's date in `year`. */
static int64_t rule_day(const struct zone_rule_date *date, int64_t year)
{
	int64_t first = calendar_day(year, 1, 1);
	bool leap = calendar_month_days(year, 2) == 29;
	int64_t day;

	if (date->kind == 'n')
		return first + date->day;
	if (date->kind == 'J')
		return first + date->day - 1 + (leap && date->day > 59);
	first = calendar_day(year, date->month, 1);
	day = (date->day - calendar_weekday(first) + 7) % 7 +
	      7 * (date->week - 1);
	if (day >= calendar_month_days(year, date->month))
		day -= 7;
	return first + day;
}

/*
 * The span by the rule alone: look at the changes of three years around `at`,
 * keep the last one that is not after it and the first one that is.
 */
struct zone_span zone_rule_span(const struct zone_rule *rule, int64_t at)
{
	struct zone_span span = {INT64_MIN, INT64_MAX, rule->standard};
	struct calendar_date date;

	if (!rule->changes)
		return span;
	calendar_date(&date, calendar_floor_div(at, 86400));
	for (int64_t year = date.year - 1; year <= date.year + 1; year++) {
		int64_t begin = rule_day(&rule->begin, year) * 86400 +
				rule->begin.time - rule->standard;
		int64_t end = rule_day(&rule->end, year) * 86400 +
			      rule->end.time - rule->daylight;

		if (begin <= at && begin >= span.start) {
			span.start = begin;
			span.offset = rule->daylight;
		}
		if (end <= at && end >= span.start) {
			span.start = end;
			span.offset = rule->standard;
		}
		if (begin > at && begin < span.end)
			span.end = begin;
		if (end > at && end < span.end)
			span.end = end;
	}
	return span;
}
