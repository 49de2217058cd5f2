#include "runtime/text/yaml_scalar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/value_big.h"

#define DIGITS "0123456789"
#define DIGITS_1_1 DIGITS "_"

/* What is looked at: the scalar without what was already read. */
struct scalar {
	const char *at, *end;
};

static bool one_of(const char *text, size_t length, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == length &&
		    memcmp(*words, text, length) == 0)
			return true;
	return false;
}

static bool is_null(const char *text, size_t length)
{
	static const char *const words[] = {"",     "~",    "null",
					    "Null", "NULL", NULL};

	return one_of(text, length, words);
}

/* 1: true, 0: false, -1: no boolean */
static int read_bool(bool old, const char *text, size_t length)
{
	static const char *const yes[] = {"true", "True", "TRUE", NULL};
	static const char *const no[] = {"false", "False", "FALSE", NULL};
	static const char *const old_yes[] = {"yes", "Yes", "YES", "on",
					      "On",  "ON",  NULL};
	static const char *const old_no[] = {"no",  "No",  "NO", "off",
					     "Off", "OFF", NULL};

	if (one_of(text, length, yes) || (old && one_of(text, length, old_yes)))
		return 1;
	if (one_of(text, length, no) || (old && one_of(text, length, old_no)))
		return 0;
	return -1;
}

static bool take(struct scalar *scalar, const char *chars)
{
	if (scalar->at == scalar->end || !strchr(chars, *scalar->at) ||
	    *scalar->at == '\0')
		return false;
	scalar->at++;
	return true;
}

/* How many of `chars` follow; they are taken. */
static size_t take_all(struct scalar *scalar, const char *chars)
{
	size_t count = 0;

	while (take(scalar, chars))
		count++;
	return count;
}

static bool take_text(struct scalar *scalar, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(scalar->end - scalar->at) < length ||
	    memcmp(scalar->at, text, length) != 0)
		return false;
	scalar->at += length;
	return true;
}

static bool ended(const struct scalar *scalar)
{
	return scalar->at == scalar->end;
}

static bool is_special(struct scalar scalar, double *number)
{
	bool negative = take(&scalar, "-");
	bool bare = !negative && !take(&scalar, "+");
	struct scalar rest = scalar;

	if (take_text(&rest, ".inf") || take_text(&rest, ".Inf") ||
	    take_text(&rest, ".INF")) {
		*number = negative ? -INFINITY : INFINITY;
		return ended(&rest);
	}
	if (bare && (take_text(&rest, ".nan") || take_text(&rest, ".NaN") ||
		     take_text(&rest, ".NAN"))) {
		*number = NAN;
		return ended(&rest);
	}
	return false;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool is_core_float(struct scalar scalar)
{
	size_t whole;

	take(&scalar, "+-");
	whole = take_all(&scalar, DIGITS);
	if (take(&scalar, ".")) {
		if (take_all(&scalar, DIGITS) == 0 && whole == 0)
			return false;
	} else if (whole == 0) {
		return false;
	}
	if (take(&scalar, "eE")) {
		take(&scalar, "+-");
		if (take_all(&scalar, DIGITS) == 0)
			return false;
	}
	return ended(&scalar);
}

/*
 * [-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?
 * \.[0-9][0-9_]*([eE][-+][0-9]+)?
 */
static bool is_old_float(struct scalar scalar)
{
	bool sign = take(&scalar, "+-");

	if (take(&scalar, DIGITS)) {
		take_all(&scalar, DIGITS_1_1);
		if (!take(&scalar, "."))
			return false;
	} else if (sign || !take(&scalar, ".") || !take(&scalar, DIGITS)) {
		return false;
	}
	take_all(&scalar, DIGITS_1_1);
	if (take(&scalar, "eE") &&
	    (!take(&scalar, "+-") || take_all(&scalar, DIGITS) == 0))
		return false;
	return ended(&scalar);
}

/* The digits without '_', as strtod reads them. */
static double read_float(const char *text, size_t length)
{
	char *copy = mem_copy_n(text, length);
	char *to = copy;
	double number;

	for (const char *from = copy; *from; from++)
		if (*from != '_')
			*to++ = *from;
	*to = '\0';
	number = strtod(copy, NULL);
	mem_free(copy);
	return number;
}

/* ([0-9][0-9_]*)(:[0-5]?[0-9])+: add up what is taken. */
static bool take_sixties(struct scalar *scalar, double *number)
{
	const char *start = scalar->at;

	if (!take(scalar, DIGITS))
		return false;
	take_all(scalar, DIGITS_1_1);
	*number = read_float(start, (size_t)(scalar->at - start));
	if (scalar->at == scalar->end || *scalar->at != ':')
		return false;
	while (take(scalar, ":")) {
		const char *part = scalar->at;
		size_t count = take_all(scalar, DIGITS);

		if (count == 0 || count > 2 || (count == 2 && *part > '5'))
			return false;
		*number = *number * 60 + read_float(part, count);
	}
	return true;
}

/* Sexagesimal numbers; with a "." at the end they are floats. */
static bool read_sixties(struct scalar scalar, bool negative,
			 struct value *value)
{
	bool zero = scalar.at < scalar.end && *scalar.at == '0';
	double number;
	const char *dot;

	if (!take_sixties(&scalar, &number))
		return false;
	dot = scalar.at;
	if (take(&scalar, ".")) {
		take_all(&scalar, DIGITS_1_1);
		number += read_float(dot, (size_t)(scalar.at - dot));
	} else if (zero) {
		return false; /* 0:30 is a string: no integer begins with 0 */
	}
	if (!ended(&scalar))
		return false;
	number = negative ? -number : number;
	*value = dot == scalar.end && fabs(number) < 9e15
			 ? value_int((int64_t)number)
			 : value_float(number);
	return true;
}

/* Prefix, digits and base of an integer of the schema. */
struct notation {
	const char *prefix, *digits;
	unsigned base;
};

static const struct notation core_notations[] = {
	{"0o", "01234567", 8},
	{"0x", DIGITS "abcdefABCDEF", 16},
	{"", DIGITS, 10},
	{NULL, NULL, 0},
};

static const struct notation old_notations[] = {
	{"0b", "01_", 2},      {"0x", DIGITS "abcdefABCDEF_", 16},
	{"0", "01234567_", 8}, {"", DIGITS_1_1, 10},
	{NULL, NULL, 0},
};

static bool has_digit(const char *digits, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (digits[i] != '_')
			return true;
	return false;
}

static bool read_int(struct arena *arena, struct scalar scalar, bool old,
		     struct value *value)
{
	const struct notation *notation = old ? old_notations : core_notations;
	bool negative = take(&scalar, "-");
	bool sign = negative || take(&scalar, "+");
	size_t length;
	const char *digits;

	if (old && read_sixties(scalar, negative, value))
		return true;
	for (; notation->prefix; notation++) {
		struct scalar rest = scalar;

		if (!take_text(&rest, notation->prefix))
			continue;
		if (!old && sign && notation->base != 10)
			continue;
		digits = rest.at;
		length = take_all(&rest, notation->digits);
		if (length == 0 || !ended(&rest) || length > YAML_DIGITS_MAX)
			continue;
		if (notation->base == 10 && *digits == '_')
			return false;
		if (notation->base != 8 && !has_digit(digits, length))
			return false;
		if (old && notation->base == 10 && *digits == '0' && length > 1)
			return false; /* 08 */
		*value = value_big_read(arena, digits, length, notation->base,
					negative);
		return true;
	}
	return false;
}

struct value yaml_resolve(struct arena *arena, bool old, const char *text,
			  size_t length)
{
	struct scalar scalar = {text, text + length};
	struct value value;
	double number;
	int truth;

	if (is_null(text, length))
		return value_none();
	if (!strchr("tTfFyYnNoO0123456789+-.", *text))
		return value_borrow(text, length);
	truth = read_bool(old, text, length);
	if (truth >= 0)
		return value_bool(truth);
	if (read_int(arena, scalar, old, &value))
		return value;
	if (is_special(scalar, &number))
		return value_float(number);
	if (old ? is_old_float(scalar) : is_core_float(scalar))
		return value_float(read_float(text, length));
	return value_borrow(text, length);
}

/* Between `least` and `most` digits. */
static bool take_digits(struct scalar *scalar, size_t least, size_t most)
{
	size_t count = take_all(scalar, DIGITS);

	return count >= least && count <= most;
}

static bool is_time(struct scalar *scalar)
{
	if (!take_digits(scalar, 1, 2) || !take(scalar, ":") ||
	    !take_digits(scalar, 2, 2) || !take(scalar, ":") ||
	    !take_digits(scalar, 2, 2))
		return false;
	if (take(scalar, "."))
		take_all(scalar, DIGITS);
	take_all(scalar, " \t");
	if (ended(scalar) || take(scalar, "Z"))
		return ended(scalar);
	if (!take(scalar, "+-") || !take_digits(scalar, 1, 2))
		return false;
	if (take(scalar, ":") && !take_digits(scalar, 2, 2))
		return false;
	return ended(scalar);
}

bool yaml_is_date(const char *text, size_t length)
{
	struct scalar scalar = {text, text + length};
	const char *month;

	if (!take_digits(&scalar, 4, 4) || !take(&scalar, "-"))
		return false;
	month = scalar.at;
	if (!take_digits(&scalar, 1, 2) || !take(&scalar, "-") ||
	    !take_digits(&scalar, 1, 2))
		return false;
	if (ended(&scalar))
		return scalar.at - month == 5;
	if (!take(&scalar, "Tt") && take_all(&scalar, " \t") == 0)
		return false;
	return is_time(&scalar);
}
