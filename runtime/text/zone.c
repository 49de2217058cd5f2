#include "runtime/text/zone.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/zone_rule.h"

struct zone {
	int64_t *times;        /* owned: seconds at which the offset changes */
	int32_t *offsets;      /* owned: from then on; [0] is before times[0] */
	size_t count;          /* of `times`; there is one offset more */
	struct zone_rule rule; /* after the last of them */
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

static int read_footer(struct zone *zone, const struct reader *reader)
{
	const char *start = (const char *)reader->at + 1;
	const unsigned char *end;

	if (reader->at == reader->end || *reader->at != '\n')
		return -1;
	end = memchr(start, '\n', (size_t)(reader->end - reader->at - 1));
	if (!end)
		return -1;
	zone->has_rule = (const char *)end > start;
	if (!zone->has_rule)
		return 0;
	return zone_rule_read(&zone->rule, start,
			      (size_t)((const char *)end - start));
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
		span = zone_rule_span(&zone->rule, at);
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
