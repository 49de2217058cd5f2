/* Properties are bounds to search in, case is runs with a distance. */
#include "runtime/text/unicode.h"

struct run {
	uint32_t first, last, step;
	int32_t distance;
};

struct pair {
	uint32_t from, to;
};

struct special {
	uint32_t from, to[3];
};

#include "runtime/text/unicode_table.inc"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static int trailing(const unsigned char *at, const unsigned char *end)
{
	return at < end && (*at & 0xc0) == 0x80 ? *at & 0x3f : -1;
}

uint32_t unicode_next(const char **at, const char *end)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)*at;
	uint32_t lead = *byte;
	int size = lead < 0x80             ? 1
		   : (lead & 0xe0) == 0xc0 ? 2
		   : (lead & 0xf0) == 0xe0 ? 3
		   : (lead & 0xf8) == 0xf0 ? 4
					   : 0;
	uint32_t point = size <= 1 ? lead : lead & (0x7fu >> size);

	for (int i = 1; i < size; i++) {
		int bits = trailing(byte + i, (const unsigned char *)end);

		if (bits < 0) {
			size = 0;
			break;
		}
		point = point << 6 | (uint32_t)bits;
	}
	if (size == 0 || point < least[size] || point > UNICODE_MAX) {
		(*at)++;
		return UNICODE_RAW + lead;
	}
	*at += size;
	return point;
}

size_t unicode_put(char out[4], uint32_t point)
{
	if (point >= UNICODE_RAW || point < 0x80) {
		out[0] = (char)(point & 0xff);
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xc0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xe0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

bool unicode_ascii(const char *bytes, size_t length)
{
	unsigned char all = 0;

	for (size_t i = 0; i < length; i++)
		all |= (unsigned char)bytes[i];
	return all < 0x80;
}

size_t unicode_length(const char *bytes, size_t length)
{
	const char *at = bytes;
	const char *end = bytes + length;
	size_t count = 0;

	if (unicode_ascii(bytes, length))
		return length;
	while (at < end) {
		unicode_next(&at, end);
		count++;
	}
	return count;
}

const char *unicode_at(const char *bytes, size_t length, size_t index)
{
	const char *at = bytes;
	const char *end = bytes + length;

	while (at < end && index > 0) {
		unicode_next(&at, end);
		index--;
	}
	return at;
}

static bool within(const uint32_t *bounds, size_t count, uint32_t point)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (bounds[middle] <= point)
			low = middle + 1;
		else
			high = middle;
	}
	return low & 1;
}

#define WITHIN(name, point) within(name##_bounds, COUNT(name##_bounds), point)

static bool is_space(uint32_t point)
{
	return (point >= 9 && point <= 13) ||
	       (point >= 0x1c && point <= 0x20) || point == 0x85 ||
	       point == 0xa0 || point == 0x1680 ||
	       (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
	       point == 0x2029 || point == 0x202f || point == 0x205f ||
	       point == 0x3000;
}

static bool changes(uint32_t point, enum unicode_case to)
{
	uint32_t out[3];

	return unicode_convert(point, to, out) > 1 || out[0] != point;
}

static bool is_title(uint32_t point)
{
	return point == 0x1c5 || point == 0x1c8 || point == 0x1cb ||
	       point == 0x1f2 ||
	       (point >= 0x1f88 && point <= 0x1faf && (point & 0x8) &&
		changes(point, UNICODE_TO_LOWER)) ||
	       point == 0x1fbc || point == 0x1fcc || point == 0x1ffc;
}

bool unicode_is(uint32_t point, enum unicode_property property)
{
	switch (property) {
	case UNICODE_PRINTABLE:
		return WITHIN(printable, point);
	case UNICODE_ALPHA:
		return WITHIN(alpha, point);
	case UNICODE_DECIMAL:
		return WITHIN(decimal, point);
	case UNICODE_DIGIT:
		return WITHIN(decimal, point) || WITHIN(digit, point);
	case UNICODE_NUMERIC:
		return unicode_is(point, UNICODE_DIGIT) ||
		       WITHIN(numeric, point);
	case UNICODE_ALNUM:
		return WITHIN(alpha, point) ||
		       unicode_is(point, UNICODE_NUMERIC);
	case UNICODE_SPACE:
		return is_space(point);
	case UNICODE_UPPER:
		return (changes(point, UNICODE_TO_LOWER) && !is_title(point)) ||
		       WITHIN(caseless_upper, point);
	case UNICODE_LOWER:
		return (changes(point, UNICODE_TO_UPPER) && !is_title(point)) ||
		       WITHIN(caseless_lower, point);
	case UNICODE_TITLE:
		return is_title(point);
	}
	return false;
}

/* The digits of a script are ten in a row; some rows follow each other. */
int unicode_digit(uint32_t point)
{
	size_t low = 0;

	if (point >= '0' && point <= '9')
		return (int)(point - '0');
	if (!WITHIN(decimal, point))
		return -1;
	while (low + 1 < COUNT(decimal_bounds) &&
	       decimal_bounds[low + 1] <= point)
		low++;
	return (int)((point - decimal_bounds[low]) % 10);
}

static uint32_t through(const struct run *runs, size_t count, uint32_t point)
{
	for (size_t i = 0; i < count; i++)
		if (point >= runs[i].first && point <= runs[i].last &&
		    (point - runs[i].first) % runs[i].step == 0)
			return (uint32_t)((int32_t)point + runs[i].distance);
	return point;
}

static int expand(const struct special *table, size_t count, uint32_t point,
		  uint32_t out[3])
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (table[middle].from < point)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || table[low].from != point)
		return 0;
	for (int i = 0; i < 3; i++)
		out[i] = table[low].to[i];
	return out[2] ? 3 : 2;
}

static int paired(const struct pair *pairs, size_t count, uint32_t point,
		  uint32_t out[3])
{
	for (size_t i = 0; i < count; i++)
		if (pairs[i].from == point) {
			out[0] = pairs[i].to;
			return 1;
		}
	return 0;
}

#define EXPAND(table) expand(table, COUNT(table), point, out)
#define PAIRED(table) paired(table, COUNT(table), point, out)

static int special_case(uint32_t point, enum unicode_case to, uint32_t out[3])
{
	int count;

	switch (to) {
	case UNICODE_TO_LOWER:
		if (point != 0x130) /* I with a dot above */
			return 0;
		out[0] = 'i';
		out[1] = 0x307;
		return 2;
	case UNICODE_TO_UPPER:
		return EXPAND(upper_special);
	case UNICODE_TO_TITLE:
		count = EXPAND(title_special);
		return count ? count : PAIRED(title_pairs);
	case UNICODE_TO_FOLD:
		count = EXPAND(fold_special);
		return count ? count : PAIRED(fold_pairs);
	}
	return 0;
}

int unicode_convert(uint32_t point, enum unicode_case to, uint32_t out[3])
{
	bool up = to == UNICODE_TO_UPPER || to == UNICODE_TO_TITLE;
	int count;

	if (point < 0x80) {
		uint32_t from = up ? 'a' : 'A';

		out[0] = point - from < 26 ? point ^ 0x20 : point;
		return 1;
	}
	count = special_case(point, to, out);
	if (count > 0)
		return count;
	out[0] = up ? through(upper_runs, COUNT(upper_runs), point)
		    : through(lower_runs, COUNT(lower_runs), point);
	return 1;
}
