/* Numbers in CSV: most have few digits, and need no strtod. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/text/csv.h"

enum { NUMBER_BYTES = 400 }; /* longer ones are no numbers */

static bool is_missing(const char *text, size_t length)
{
	static const char *const words[] = {"NA",   "N/A", "null",
					    "None", "NaN", "nan"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == length &&
		    memcmp(words[i], text, length) == 0)
			return true;
	return length == 0;
}

static bool slow(const char *text, size_t length, double *number)
{
	char copy[NUMBER_BYTES];
	char *end;

	if (is_missing(text, length)) {
		*number = NAN;
		return true;
	}
	if (length >= sizeof(copy) || memchr(text, '\0', length) ||
	    memchr(text, 'x', length) || memchr(text, 'X', length))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	*number = strtod(copy, &end);
	return end == copy + length && end > copy;
}

/*
 * Up to 15 digits and a power of ten up to 22 are exact as doubles, so that
 * one division rounds correctly (W. D. Clinger: How to Read Floating Point
 * Numbers Accurately, 1990).
 */
bool csv_number(const struct csv_field *field, double *number)
{
	static const double powers[] = {1e0,  1e1,  1e2,  1e3, 1e4,  1e5,
					1e6,  1e7,  1e8,  1e9, 1e10, 1e11,
					1e12, 1e13, 1e14, 1e15};
	const char *at = field->data, *end = at + field->length;
	uint64_t digits = 0;
	unsigned count = 0, behind = 0;
	bool negative, point = false;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	const char *begin = at;
	negative = at < end && *at == '-';
	at += negative;
	for (; at < end; at++) {
		if (*at >= '0' && *at <= '9') {
			digits = digits * 10 + (uint64_t)(*at - '0');
			behind += point;
			if (++count > 15)
				break;
		} else if (*at == '.' && !point) {
			point = true;
		} else {
			break;
		}
	}
	if (at != end || count == 0)
		return slow(begin, (size_t)(end - begin), number);
	*number = (double)digits / powers[behind];
	if (negative)
		*number = -*number;
	return true;
}
