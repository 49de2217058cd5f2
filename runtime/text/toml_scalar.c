/* Strings, numbers and booleans of TOML. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/text/toml_parts.h"
#include "runtime/text/value_big.h"

/* Where the bytes of a string go: never longer than in the source. */
struct target {
	char *bytes;
	size_t length;
};

static void put_point(struct target *to, uint32_t point)
{
	if (point < 0x80) {
		to->bytes[to->length++] = (char)point;
		return;
	}
	if (point < 0x800) {
		to->bytes[to->length++] = (char)(0xc0 | point >> 6);
	} else {
		if (point < 0x10000) {
			to->bytes[to->length++] = (char)(0xe0 | point >> 12);
		} else {
			to->bytes[to->length++] = (char)(0xf0 | point >> 18);
			to->bytes[to->length++] =
				(char)(0x80 | (point >> 12 & 0x3f));
		}
		to->bytes[to->length++] = (char)(0x80 | (point >> 6 & 0x3f));
	}
	to->bytes[to->length++] = (char)(0x80 | (point & 0x3f));
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/* \uXXXX or \UXXXXXXXX, after the letter. */
static int read_point(struct toml_reader *reader, struct target *to, int digits)
{
	const char *start = reader->at;
	uint32_t point = 0;

	for (int i = 0; i < digits; i++) {
		int digit =
			reader->at < reader->end ? hex_digit(*reader->at) : -1;

		if (digit < 0)
			return toml_error(reader, start,
					  "%d hexadecimal digits should "
					  "follow",
					  digits);
		point = point << 4 | (uint32_t)digit;
		reader->at++;
	}
	if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return toml_error(reader, start, "there is no character U+%04X",
				  point);
	put_point(to, point);
	return 0;
}

/* A backslash at the end of a line: blanks and lines are passed over. */
static bool skip_line(struct toml_reader *reader)
{
	const char *at = reader->at;

	while (at < reader->end && (*at == ' ' || *at == '\t'))
		at++;
	if (at < reader->end && *at == '\r')
		at++;
	if (at == reader->end || *at != '\n')
		return false;
	while (at < reader->end && strchr(" \t\r\n", *at) && *at)
		at++;
	reader->at = at;
	return true;
}

/* What follows a backslash. */
static int read_escape(struct toml_reader *reader, struct target *to,
		       bool lines)
{
	static const char letters[] = "btnfr\"\\";
	static const char meanings[] = "\b\t\n\f\r\"\\";
	const char *start = reader->at - 1;
	const char *found;

	if (lines && skip_line(reader))
		return 0;
	if (reader->at == reader->end || *reader->at == '\0')
		return toml_error(reader, start, "the string does not end");
	if (toml_take(reader, "u"))
		return read_point(reader, to, 4);
	if (toml_take(reader, "U"))
		return read_point(reader, to, 8);
	found = strchr(letters, *reader->at);
	if (!found)
		return toml_error(reader, start,
				  "no such escape in a string: write \\\\ for "
				  "a backslash, or use '…'");
	to->bytes[to->length++] = meanings[found - letters];
	reader->at++;
	return 0;
}

/* One character of a string, a line end among them where `lines`. */
static int read_character(struct toml_reader *reader, struct target *to,
			  char quote, bool lines)
{
	unsigned char c = (unsigned char)*reader->at;

	if (c == '\\' && quote == '"') {
		reader->at++;
		return read_escape(reader, to, lines);
	}
	if (lines && toml_take(reader, "\r\n")) {
		to->bytes[to->length++] = '\n';
		return 0;
	}
	if (c == '\n' && !lines)
		return toml_error(reader, reader->at,
				  "the string does not end in its line");
	if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
		return toml_error(reader, reader->at,
				  "a control character (%#04x) in a string: "
				  "write it as \\u%04X",
				  c, c);
	to->bytes[to->length++] = (char)c;
	reader->at++;
	return 0;
}

/* How many quotes end the string of many lines here; 0: it goes on. */
static size_t closing(const struct toml_reader *reader, char quote)
{
	size_t count = 0;

	while (reader->at + count < reader->end && reader->at[count] == quote &&
	       count < 5)
		count++;
	return count >= 3 ? count : 0;
}

/* How many bytes the string takes at most: an escape is no shorter itself. */
static size_t string_room(const struct toml_reader *reader, char quote,
			  bool lines)
{
	const char *at = reader->at;

	for (; at < reader->end; at++) {
		bool end = *at == quote || (!lines && *at == '\n');

		if (*at == '\\' && quote == '"')
			at++;
		else if (end && (!lines || (reader->end - at >= 3 &&
					    at[1] == quote && at[2] == quote)))
			break;
	}
	return (size_t)(at - reader->at) + 2; /* and two quotes at the end */
}

/* Does the string end here? Take its end, with quotes that belong to it. */
static bool take_end(struct toml_reader *reader, struct target *to, char quote,
		     bool lines)
{
	size_t quotes = lines ? closing(reader, quote) : *reader->at == quote;

	if (quotes == 0)
		return false;
	for (size_t i = 3; i < quotes; i++)
		to->bytes[to->length++] = quote;
	reader->at += quotes;
	return true;
}

int toml_string(struct toml_reader *reader, struct value *value)
{
	const char *start = reader->at;
	char quote = *start;
	bool lines = toml_take(reader, quote == '"' ? "\"\"\"" : "'''");
	struct target to = {NULL, 0};

	if (!lines)
		reader->at++;
	else if (!toml_take(reader, "\r\n"))
		toml_take(reader, "\n");
	to.bytes =
		arena_alloc(reader->arena, string_room(reader, quote, lines));
	while (reader->at < reader->end) {
		if (take_end(reader, &to, quote, lines)) {
			*value = value_borrow(to.bytes, to.length);
			return 0;
		}
		if (read_character(reader, &to, quote, lines) < 0)
			return -1;
	}
	return toml_error(reader, start, "the string does not end");
}

/* Digits with single '_' between them; how many bytes, 0: there are none. */
static size_t count_digits(const char *text, size_t length, const char *digits)
{
	size_t at = 0;

	while (at < length && text[at]) {
		bool between = at > 0 && text[at] == '_' &&
			       text[at - 1] != '_' && at + 1 < length &&
			       text[at + 1] && strchr(digits, text[at + 1]);

		if (!between && !strchr(digits, text[at]))
			break;
		at++;
	}
	return at;
}

static int read_int(struct toml_reader *reader, const char *digits,
		    size_t length, unsigned base, struct value *value)
{
	bool negative = digits > reader->at && digits[-1] == '-';

	if (length > 100)
		*value = (struct value){.kind = VALUE_BIG};
	else
		*value = value_big_read(reader->arena, digits, length, base,
					negative);
	if (value->kind == VALUE_BIG)
		return toml_error(reader, reader->at,
				  "the integer has more than 64 bits");
	return 0;
}

/* 0x…, 0o…, 0b…: false when it is none of them. */
static bool has_prefix(const char *text, size_t length, unsigned *base)
{
	if (length < 3 || text[0] != '0')
		return false;
	*base = text[1] == 'x'   ? 16
		: text[1] == 'o' ? 8
		: text[1] == 'b' ? 2
				 : 0;
	return *base != 0;
}

static bool is_float(const char *text, size_t length)
{
	static const char decimal[] = "0123456789";
	size_t at = count_digits(text, length, decimal);
	size_t more;

	if (at == 0 || (at > 1 && text[0] == '0'))
		return false;
	if (at < length && text[at] == '.') {
		more = count_digits(text + at + 1, length - at - 1, decimal);
		if (more == 0)
			return false;
		at += 1 + more;
	}
	if (at < length && (text[at] == 'e' || text[at] == 'E')) {
		at++;
		if (at < length && (text[at] == '+' || text[at] == '-'))
			at++;
		more = count_digits(text + at, length - at, decimal);
		if (more == 0)
			return false;
		at += more;
	}
	return at == length;
}

static double to_float(const char *text, size_t length)
{
	char digits[400];
	size_t count = 0;

	for (size_t i = 0; i < length && count < sizeof(digits) - 1; i++)
		if (text[i] != '_')
			digits[count++] = text[i];
	digits[count] = '\0';
	return strtod(digits, NULL);
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* A number, or false. */
static int read_number(struct toml_reader *reader, const char *text,
		       size_t length, struct value *value)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	bool sign = *text == '+' || *text == '-';
	double factor = *text == '-' ? -1.0 : 1.0;
	unsigned base;
	char known[24] = "";

	text += sign;
	length -= sign;
	if (is_word(text, length, "inf") || is_word(text, length, "nan")) {
		*value = value_float(*text == 'i' ? factor * INFINITY : NAN);
		return 0;
	}
	if (!sign && has_prefix(text, length, &base)) {
		memcpy(known, digits, base == 16 ? 22 : base);
		if (count_digits(text + 2, length - 2, known) == length - 2)
			return read_int(reader, text + 2, length - 2, base,
					value);
	}
	if (length > 0 && count_digits(text, length, "0123456789") == length &&
	    (*text != '0' || length == 1))
		return read_int(reader, text, length, 10, value);
	if (length < 400 && is_float(text, length)) {
		*value = value_float(factor * to_float(text, length));
		return 0;
	}
	return 1;
}

int toml_scalar(struct toml_reader *reader, struct value *value)
{
	const char *start = reader->at;
	const char *end = start;
	size_t length;
	int result = 0;

	while (end < reader->end && !strchr(" \t\r\n,]}#=\"'[{", *end))
		end++;
	/* A date and its time may have a blank between them. */
	if (end - start == 10 && start[4] == '-' && reader->end - end > 1 &&
	    *end == ' ' && end[1] >= '0' && end[1] <= '9')
		for (end++; end < reader->end && !strchr(" \t\r\n,]}#", *end);)
			end++;
	length = (size_t)(end - start);
	if (is_word(start, length, "true") || is_word(start, length, "false"))
		*value = value_bool(*start == 't');
	else if (!toml_date(reader, start, length, value))
		result = length ? read_number(reader, start, length, value) : 1;
	if (result > 0 && length == 0)
		return toml_error(reader, start, "a value should be here");
	if (result > 0)
		return toml_error(reader, start,
				  strchr("+-.0123456789", *start)
					  ? "'%.*s' is no number, and no date"
					  : "'%.*s' is no value: a string "
					    "needs quotes",
				  (int)(length < 100 ? length : 100), start);
	reader->at = end;
	return result;
}
