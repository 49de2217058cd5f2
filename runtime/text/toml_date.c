/* Dates and times of TOML, as RFC 3339 writes them. */
#include <string.h>

#include "runtime/text/toml_parts.h"

struct cursor {
	const char *at, *end;
};

/* A number of `digits` digits within the range, or -1. */
static int number(struct cursor *cursor, int digits, int least, int most)
{
	int value = 0;

	if (cursor->end - cursor->at < digits)
		return -1;
	for (int i = 0; i < digits; i++) {
		char c = *cursor->at++;

		if (c < '0' || c > '9')
			return -1;
		value = value * 10 + (c - '0');
	}
	return value < least || value > most ? -1 : value;
}

static bool take(struct cursor *cursor, const char *chars)
{
	if (cursor->at == cursor->end || *cursor->at == '\0' ||
	    !strchr(chars, *cursor->at))
		return false;
	cursor->at++;
	return true;
}

static bool date(struct cursor *cursor)
{
	static const int days[] = {31, 29, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};
	int year = number(cursor, 4, 0, 9999);
	int month, day;

	if (year < 0 || !take(cursor, "-"))
		return false;
	month = number(cursor, 2, 1, 12);
	if (month < 0 || !take(cursor, "-"))
		return false;
	day = number(cursor, 2, 1, days[month - 1]);
	if (month == 2 && day == 29 &&
	    (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)))
		return false;
	return day > 0;
}

static bool time_of_day(struct cursor *cursor)
{
	if (number(cursor, 2, 0, 23) < 0 || !take(cursor, ":") ||
	    number(cursor, 2, 0, 59) < 0 || !take(cursor, ":") ||
	    number(cursor, 2, 0, 60) < 0)
		return false;
	if (!take(cursor, "."))
		return true;
	if (!take(cursor, "0123456789"))
		return false;
	while (take(cursor, "0123456789"))
		;
	return true;
}

static bool zone(struct cursor *cursor)
{
	if (take(cursor, "Zz"))
		return true;
	return take(cursor, "+-") && number(cursor, 2, 0, 23) >= 0 &&
	       take(cursor, ":") && number(cursor, 2, 0, 59) >= 0;
}

static bool is_moment(struct cursor cursor)
{
	struct cursor start = cursor;

	if (time_of_day(&cursor))
		return cursor.at == cursor.end;
	cursor = start;
	if (!date(&cursor))
		return false;
	if (cursor.at == cursor.end)
		return true;
	if (!take(&cursor, "Tt ") || !time_of_day(&cursor))
		return false;
	return cursor.at == cursor.end ||
	       (zone(&cursor) && cursor.at == cursor.end);
}

bool toml_date(struct toml_reader *reader, const char *text, size_t length,
	       struct value *value)
{
	struct cursor cursor = {text, text + length};
	char *copy;

	if (length < 8 || !is_moment(cursor))
		return false;
	copy = arena_copy(reader->arena, text, length);
	for (size_t i = 0; i < length; i++) {
		if (copy[i] == ' ' || copy[i] == 't')
			copy[i] = 'T';
		else if (copy[i] == 'z')
			copy[i] = 'Z';
	}
	*value = value_borrow(copy, length);
	return true;
}
