#include "runtime/text/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BASE = 1000000000, BASE_DIGITS = 9 };

__extension__ typedef unsigned __int128 wide;

void text_int(struct buf *buf, int64_t integer)
{
	char digits[24];
	char *at = digits + sizeof(digits);
	uint64_t left = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (integer < 0)
		*--at = '-';
	buf_append(buf, at, (size_t)(digits + sizeof(digits) - at));
}

/*
 * The fewest digits that read back as `number`: 15 always suffice to find a
 * short one, but the tiniest numbers have fewer to begin with.
 */
static void shortest(double number, char *text, size_t size)
{
	int precision = fabs(number) < 1e-300 ? 1 : 15;

	for (; precision <= 17; precision++) {
		snprintf(text, size, "%.*e", precision - 1, number);
		if (strtod(text, NULL) == number)
			return;
	}
}

/* "d.ddde±xx" as digits without trailing zeros and the exponent. */
static int take_apart(const char *text, char digits[20])
{
	int count = 0;

	for (; *text && *text != 'e'; text++)
		if (*text >= '0' && *text <= '9')
			digits[count++] = *text;
	while (count > 1 && digits[count - 1] == '0')
		count--;
	digits[count] = '\0';
	return (int)strtol(text + 1, NULL, 10);
}

static void print_plain(struct buf *buf, const char *digits, int exponent)
{
	int count = (int)strlen(digits);

	if (exponent < 0) {
		buf_append(buf, "0.0000", (size_t)(1 - exponent));
		buf_puts(buf, digits);
		return;
	}
	for (int i = 0; i <= exponent || i < count; i++) {
		if (i == exponent + 1)
			buf_putc(buf, '.');
		if (i < count)
			buf_putc(buf, digits[i]);
		else
			buf_putc(buf, '0');
	}
	if (count <= exponent + 1)
		buf_puts(buf, ".0");
}

void text_float(struct buf *buf, double number)
{
	char text[40];
	char digits[20] = "";
	int exponent;

	if (isnan(number) || isinf(number)) {
		buf_puts(buf, isnan(number) ? "nan"
			      : number < 0  ? "-inf"
					    : "inf");
		return;
	}
	if (fabs(number) < 1e15 && number == trunc(number)) {
		if (number == 0 && signbit(number))
			buf_putc(buf, '-');
		text_int(buf, (int64_t)number);
		buf_puts(buf, ".0");
		return;
	}
	if (number < 0)
		buf_putc(buf, '-');
	shortest(fabs(number), text, sizeof(text));
	exponent = take_apart(text, digits);
	if (exponent >= -4 && exponent < 16) {
		print_plain(buf, digits, exponent);
		return;
	}
	buf_putc(buf, digits[0]);
	if (digits[1])
		buf_printf(buf, ".%s", digits + 1);
	buf_printf(buf, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

size_t text_big_digits(const struct value_big *big)
{
	size_t digits = (size_t)(big->count - 1) * BASE_DIGITS;

	for (uint32_t top = big->digits[big->count - 1]; top > 0; top /= 10)
		digits++;
	return digits;
}

void text_big(struct buf *buf, const struct value_big *big)
{
	buf_printf(buf, "%s%u", big->negative ? "-" : "",
		   big->digits[big->count - 1]);
	for (uint32_t i = big->count - 1; i > 0; i--)
		buf_printf(buf, "%09u", big->digits[i - 1]);
}

struct value text_settle(struct value_big *big)
{
	uint64_t limit = (uint64_t)INT64_MAX + (big->negative ? 1 : 0);
	wide sum = 0;

	while (big->count > 0 && big->digits[big->count - 1] == 0)
		big->count--;
	if (big->count > 3)
		return (struct value){.kind = VALUE_BIG, .big = big};
	for (uint32_t i = big->count; i > 0; i--)
		sum = sum * BASE + big->digits[i - 1];
	if (sum > limit)
		return (struct value){.kind = VALUE_BIG, .big = big};
	return value_int(big->negative ? (int64_t)(0 - (uint64_t)sum)
				       : (int64_t)sum);
}

static struct value_big *read_big(struct arena *arena, const char *digits,
				  size_t count)
{
	size_t groups = (count + BASE_DIGITS - 1) / BASE_DIGITS;
	size_t size = sizeof(struct value_big) + groups * sizeof(uint32_t);
	struct value_big *big = arena_alloc(arena, size);
	size_t end = count;

	memset(big, 0, size);
	big->count = (uint32_t)groups;
	for (uint32_t i = 0; end > 0; i++) {
		size_t start = end > BASE_DIGITS ? end - BASE_DIGITS : 0;

		for (size_t at = start; at < end; at++)
			big->digits[i] = big->digits[i] * 10 +
					 (uint32_t)(digits[at] - '0');
		end = start;
	}
	return big;
}

struct value text_read_integer(struct arena *arena, const char *digits,
			       size_t count, bool negative)
{
	struct value_big *big;
	int64_t integer = 0;

	if (count <= 18) {
		for (size_t i = 0; i < count; i++)
			integer = integer * 10 + (digits[i] - '0');
		return value_int(negative ? -integer : integer);
	}
	big = read_big(arena, digits, count);
	big->negative = negative;
	return text_settle(big);
}
