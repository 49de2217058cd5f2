#include "runtime/text/zone.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/calendar.h"

/* The day of a rule: Mmonth.week.weekday, Jn (no leap days), or n (from 0). */
struct rule_date {
	char kind; /* 'M', 'J' or 'n' */
	int month;
	int week;
	int day;
	int32_t time; /* seconds after midnight, may be negative */
};

/* What a POSIX TZ string says, like "CET-1CEST,M3.5.0,M10.5.0/3". */
struct rule {
	int32_t standard;
	int32_t daylight;
	bool changes; /* does it have daylight saving time at all? */
	struct rule_date begin;
	struct rule_date end;
};

struct zone {
	int64_t *times;   /* owned: seconds at which the offset changes */
	int32_t *offsets; /* owned: from then on; [0] is before times[0] */
	size_t count;     /* of `times`; there is one offset more */
	struct rule rule; /* after the last of them */
	bool has_rule;
};

/* The bytes of a file, read from front to end. */
struct reader {
	const unsigned char *at;
	const unsigned char *end;
};

struct header {
	unsigned version;
	size_t isutc;
	size_t isstd;
	size_t leaps;
	size_t times;
	size_t types;
	size_t names;
};

static uint64_t read_number(const unsigned char *at, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value = value << 8 | at[i];
	return value;
}

static int64_t read_time(const unsigned char *at, unsigned size)
{
	uint64_t value = read_number(at, size);

	return size == 4 ? (int32_t)(uint32_t)value : (int64_t)value;
}

static int read_header(struct reader *reader, struct header *header)
{
	const unsigned char *at = reader->at;

	if (reader->end - at < 44 || memcmp(at, "TZif", 4) != 0)
		return -1;
	header->version = at[4] ? at[4] - (unsigned)'0' : 1;
	header->isutc = read_number(at + 20, 4);
	header->isstd = read_number(at + 24, 4);
	header->leaps = read_number(at + 28, 4);
	header->times = read_number(at + 32, 4);
	header->types = read_number(at + 36, 4);
	header->names = read_number(at + 40, 4);
	reader->at += 44;
	return 0;
}

/* Bytes of the data behind a header, with times of `size` bytes. */
static size_t data_size(const struct header *header, unsigned size)
{
	return header->times * (size + 1) + header->types * 6 + header->names +
	       header->leaps * (size + 4) + header->isstd + header->isutc;
}

static int read_data(struct zone *zone, struct reader *reader,
		     const struct header *header, unsigned size)
{
	const unsigned char *times = reader->at;
	const unsigned char *indexes = times + header->times * size;
	const unsigned char *types = indexes + header->times;

	if (data_size(header, size) > (size_t)(reader->end - reader->at) ||
	    header->types == 0)
		return -1;
	zone->times = mem_array(header->times, sizeof(*zone->times));
	zone->offsets = mem_array(header->times + 1, sizeof(*zone->offsets));
	zone->offsets[0] = (int32_t)read_time(types, 4);
	for (size_t i = 0; i < header->times; i++) {
		int64_t at = read_time(times + i * size, size);

		if (indexes[i] >= header->types ||
		    (zone->count && at <= zone->times[zone->count - 1]))
			return -1;
		zone->times[zone->count++] = at;
		zone->offsets[zone->count] =
			(int32_t)read_time(types + (size_t)6 * indexes[i], 4);
	}
	/* No place was ever further from UTC; what follows may rely on it. */
	for (size_t i = 0; i <= zone->count; i++)
		if (zone->offsets[i] < -100000 || zone->offsets[i] > 100000)
			return -1;
	reader->at += data_size(header, size);
	return 0;
}

static int read_int(struct reader *reader, int max, int *value)
{
	const unsigned char *from = reader->at;

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
	if (reader->at >= reader->end || *reader->at != (unsigned char)c)
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
	const unsigned char *from = reader->at;

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

static int read_date(struct reader *reader, struct rule_date *date)
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

static int read_rule(struct rule *rule, struct reader *reader)
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

static int read_footer(struct zone *zone, struct reader *reader)
{
	const unsigned char *end;

	if (!take(reader, '\n'))
		return -1;
	end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	if (!end)
		return -1;
	reader->end = end;
	zone->has_rule = reader->at < end;
	return zone->has_rule ? read_rule(&zone->rule, reader) : 0;
}

/* Version 2 and later repeat everything with 8 bytes a time, and a rule. */
static int read_zone(struct zone *zone, struct reader *reader)
{
	struct header header;

	if (read_header(reader, &header) < 0)
		return -1;
	if (header.version < 2)
		return read_data(zone, reader, &header, 4);
	if (data_size(&header, 4) > (size_t)(reader->end - reader->at))
		return -1;
	reader->at += data_size(&header, 4);
	if (read_header(reader, &header) < 0 ||
	    read_data(zone, reader, &header, 8) < 0)
		return -1;
	return read_footer(zone, reader);
}

struct zone *zone_new(const void *bytes, size_t length, struct error **err)
{
	struct zone *zone = mem_alloc(sizeof(*zone));
	struct reader reader = {bytes, (const unsigned char *)bytes + length};

	if (read_zone(zone, &reader) == 0)
		return zone;
	zone_free(zone);
	error_set(err, ERROR_INVALID, "not a time zone file (TZif)");
	return NULL;
}

void zone_free(struct zone *zone)
{
	if (!zone)
		return;
	mem_free(zone->times);
	mem_free(zone->offsets);
	mem_free(zone);
}

/* Days since 1970 of a rule's date in `year`. */
static int64_t rule_day(const struct rule_date *date, int64_t year)
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
static struct zone_span rule_span(const struct rule *rule, int64_t at)
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

struct zone_span zone_span(const struct zone *zone, int64_t at)
{
	struct zone_span span = {INT64_MIN, INT64_MAX, 0};
	size_t low = 0;
	size_t high;

	if (!zone)
		return span;
	/* How many changes are not after `at`? */
	for (high = zone->count; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (zone->times[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->count && zone->has_rule) {
		span = rule_span(&zone->rule, at);
		if (low && span.start < zone->times[low - 1])
			span.start = zone->times[low - 1];
		return span;
	}
	span.offset = zone->offsets[low];
	if (low)
		span.start = zone->times[low - 1];
	if (low < zone->count)
		span.end = zone->times[low];
	return span;
}
