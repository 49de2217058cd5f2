/* int(), float() and round() as Python does them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "runtime/text/template/big.h"
#include "runtime/text/template/library.h"

enum { PARSE_MAX = 4300 };

int number_truncate(struct render *render, double number, struct value *out)
{
	if (isnan(number))
		return render_fail(render, RENDER_VALUE,
				   "cannot convert float NaN to integer");
	if (isinf(number))
		return render_fail(render, RENDER_VALUE,
				   "cannot convert float infinity to integer");
	if (fabs(number) < 9e18) {
		*out = value_int((int64_t)number);
		return 0;
	}
	return big_from_double(render, trunc(number), out);
}

/* Without white space around it, and digits of all scripts in ASCII. */
static size_t plain_text(struct value text, char *out, size_t size)
{
	const char *at = text.bytes;
	const char *end = text.bytes + text.length;
	size_t length = 0;
	size_t kept = 0;

	while (at < end && length + 1 < size) {
		uint32_t point = unicode_next(&at, end);
		int digit = unicode_digit(point);
		bool space = unicode_is(point, UNICODE_SPACE);

		if (space && kept == 0)
			continue;
		if (digit >= 0)
			point = '0' + (uint32_t)digit;
		else if (space)
			point = ' ';
		out[length++] = (char)(point < 0x80 ? point : '?');
		if (!space)
			kept = length;
	}
	out[kept] = '\0';
	return at < end ? 0 : kept;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 99;
}

/* "0x", "0o" and "0b" may stand before a number of that base, or of base 0. */
static const char *skip_prefix(const char *at, int *base)
{
	int kind = at[0] == '0' ? at[1] | 0x20 : 0;
	int prefixed = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;

	if (prefixed && (*base == 0 || *base == prefixed)) {
		*base = prefixed;
		at += 2;
		return *at == '_' ? at + 1 : at;
	}
	if (*base == 0)
		*base = 10;
	return at;
}

/* Digits with single underscores between them, the underscores removed. */
static size_t take_digits(char *at, int base)
{
	size_t count = 0;
	char last = '_';
	const char *from = at;

	for (; *from; from++) {
		if (*from == '_' ? last == '_' : digit_of(*from) >= base)
			return 0;
		if (*from != '_')
			at[count++] = *from;
		last = *from;
	}
	return last == '_' ? 0 : count;
}

static bool in_base(struct render *render, const char *digits, size_t count,
		    int base, struct value *out)
{
	struct value sum = value_int(0);

	for (size_t i = 0; i < count; i++)
		if (big_multiply(render, sum, value_int(base), &sum) ||
		    big_add(render, sum, value_int(digit_of(digits[i])), &sum))
			return false;
	*out = sum;
	return true;
}

bool number_parse(struct render *render, struct value text, int base,
		  struct value *out)
{
	char plain[PARSE_MAX + 8];
	const char *at = plain;
	bool negative;
	bool zero_base = base == 0;
	char *digits;
	size_t count;

	if (plain_text(text, plain, sizeof(plain)) == 0)
		return false;
	negative = *at == '-';
	if (*at == '-' || *at == '+')
		at++;
	digits = (char *)skip_prefix(at, &base);
	count = take_digits(digits, base);
	if (count == 0 || (zero_base && base == 10 && count > 1 &&
			   digits[0] == '0' && strspn(digits, "0") < count))
		return false;
	if (base == 10)
		return big_parse(render, digits, count, negative, out) == 0;
	if (!in_base(render, digits, count, base, out))
		return false;
	if (negative)
		*out = big_negate(render, *out);
	return true;
}

/* Digits and underscores between them; the underscores are removed. */
static const char *copy_digits(const char *from, char **to, bool *valid)
{
	bool any = false;

	while ((*from >= '0' && *from <= '9') || *from == '_') {
		if (*from == '_' && !(any && from[1] >= '0' && from[1] <= '9'))
			*valid = false;
		if (*from != '_')
			*(*to)++ = *from;
		any = true;
		from++;
	}
	return from;
}

/* Is `text` a decimal float? Its underscores are removed in place. */
static bool is_float(char *text)
{
	const char *from = text;
	char *to = text;
	bool valid = true;
	const char *start;
	size_t digits;

	if (*from == '-' || *from == '+')
		*to++ = *from++;
	if (strcasecmp(from, "inf") == 0 || strcasecmp(from, "infinity") == 0 ||
	    strcasecmp(from, "nan") == 0)
		return true;
	start = to;
	from = copy_digits(from, &to, &valid);
	digits = (size_t)(to - start);
	if (*from == '.') {
		*to++ = *from++;
		start = to;
		from = copy_digits(from, &to, &valid);
		digits += (size_t)(to - start);
	}
	if (digits == 0 || !valid)
		return false;
	if (*from == 'e' || *from == 'E') {
		*to++ = *from++;
		if (*from == '-' || *from == '+')
			*to++ = *from++;
		start = to;
		from = copy_digits(from, &to, &valid);
		valid = valid && to > start;
	}
	valid = valid && *from == '\0';
	*to = '\0';
	return valid;
}

bool number_parse_float(struct value text, double *out)
{
	char plain[PARSE_MAX + 8];

	if (plain_text(text, plain, sizeof(plain)) == 0 || !is_float(plain))
		return false;
	*out = strtod(plain, NULL);
	return true;
}

/* To tens, hundreds, …: as many significant digits as are left. */
static double round_left(double number, int digits)
{
	char text[64];
	int exponent;
	int kept;

	if (number == 0 || digits < -400)
		return copysign(0, number);
	snprintf(text, sizeof(text), "%.17e", number);
	exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	kept = exponent + 1 + digits;
	if (kept < 0)
		return copysign(0, number);
	if (kept == 0) {
		double unit = pow(10, -digits);

		return copysign(fabs(number) > unit / 2 ? unit : 0, number);
	}
	snprintf(text, sizeof(text), "%.*e", kept < 18 ? kept - 1 : 17, number);
	return strtod(text, NULL);
}

double number_round(double number, int digits)
{
	char text[400];

	if (isnan(number) || isinf(number) || digits > 320)
		return number;
	if (digits < 0)
		return round_left(number, digits);
	if (fabs(number) >= 1e22)
		return number;
	snprintf(text, sizeof(text), "%.*f", digits, number);
	return strtod(text, NULL);
}
