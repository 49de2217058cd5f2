/* A reader by recursive descent, with a limit on depth. */
#include "runtime/text/json_value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/number_text.h"
#include "runtime/text/unicode.h"

enum { DIGITS_MAX = 4300 };

struct reader {
	struct arena *arena;
	const char *start, *at, *end;
	struct error **err;
	int depth;
};

static int read_value(struct reader *reader, struct value *out);

static int fail_at(struct reader *reader, const char *where, const char *what)
{
	size_t line = 1;
	const char *begin = reader->start;

	for (const char *at = reader->start; at < where; at++)
		if (*at == '\n') {
			line++;
			begin = at + 1;
		}
	return error_set(reader->err, ERROR_INVALID,
			 "%s: line %zu column %zu (char %zu)", what, line,
			 (size_t)(where - begin) + 1,
			 (size_t)(where - reader->start));
}

static void skip_space(struct reader *reader)
{
	while (reader->at < reader->end &&
	       (*reader->at == ' ' || *reader->at == '\n' ||
		*reader->at == '\t' || *reader->at == '\r'))
		reader->at++;
}

static bool take(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(reader->end - reader->at) < length ||
	    memcmp(reader->at, word, length) != 0)
		return false;
	reader->at += length;
	return true;
}

static size_t take_digits(struct reader *reader)
{
	const char *start = reader->at;

	while (reader->at < reader->end && *reader->at >= '0' &&
	       *reader->at <= '9')
		reader->at++;
	return (size_t)(reader->at - start);
}

/* ".5" and "e-3" behind an integer; nothing is taken if they are not whole. */
static bool take_fraction(struct reader *reader)
{
	const char *start = reader->at;
	bool found = false;

	if (take(reader, ".") && take_digits(reader) > 0)
		found = true;
	else
		reader->at = start;
	start = reader->at;
	if (take(reader, "e") || take(reader, "E")) {
		if (!take(reader, "-"))
			take(reader, "+");
		if (take_digits(reader) > 0)
			found = true;
		else
			reader->at = start;
	}
	return found;
}

static int read_float(struct reader *reader, const char *start,
		      struct value *out)
{
	char small[64];
	size_t length = (size_t)(reader->at - start);
	char *text = length < sizeof(small) ? small : mem_alloc(length + 1);

	memcpy(text, start, length);
	text[length] = '\0';
	*out = value_float(strtod(text, NULL));
	if (text != small)
		mem_free(text);
	return 0;
}

static int read_number(struct reader *reader, struct value *out)
{
	const char *start = reader->at;
	bool negative = take(reader, "-");
	const char *digits = reader->at;
	size_t count;

	if (negative && take(reader, "Infinity")) {
		*out = value_float(-INFINITY);
		return 0;
	}
	count = take(reader, "0") ? 1 : take_digits(reader);
	if (count == 0) {
		reader->at = start;
		return fail_at(reader, start, "Expecting value");
	}
	if (take_fraction(reader))
		return read_float(reader, start, out);
	if (count > DIGITS_MAX)
		return fail_at(reader, start, "an integer of too many digits");
	*out = text_read_integer(reader->arena, digits, count, negative);
	return 0;
}

static int read_hex(struct reader *reader, uint32_t *out)
{
	*out = 0;
	if (reader->end - reader->at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = *reader->at++;
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return -1;
		*out = *out << 4 | (uint32_t)digit;
	}
	return 0;
}

/* The four digits of \u, and a second surrogate if one follows. */
static int read_point(struct reader *reader, const char *where, uint32_t *out)
{
	const char *back;
	uint32_t low;

	if (read_hex(reader, out))
		return fail_at(reader, where, "Invalid \\uXXXX escape");
	back = reader->at;
	if (*out < 0xd800 || *out > 0xdbff || !take(reader, "\\u"))
		return 0;
	if (read_hex(reader, &low) || low < 0xdc00 || low > 0xdfff) {
		reader->at = back;
		return 0;
	}
	*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
	return 0;
}

static int read_escape(struct reader *reader, char **to)
{
	static const char from[] = "\"\\/bfnrt";
	static const char into[] = "\"\\/\b\f\n\r\t";
	const char *where = reader->at - 1;
	const char *found;
	uint32_t point;

	if (reader->at == reader->end)
		return fail_at(reader, where, "Unterminated string");
	if (*reader->at == 'u') {
		reader->at++;
		if (read_point(reader, where + 1, &point))
			return -1;
		*to += unicode_put(*to, point);
		return 0;
	}
	found = *reader->at ? strchr(from, *reader->at) : NULL;
	if (!found)
		return fail_at(reader, where, "Invalid \\escape");
	*(*to)++ = into[found - from];
	reader->at++;
	return 0;
}

/* Behind the opening quote: up to where it ends, which may be a backslash. */
static const char *plain_end(const struct reader *reader)
{
	const char *at = reader->at;

	while (at < reader->end && *at != '"' && *at != '\\' &&
	       (unsigned char)*at >= 0x20)
		at++;
	return at;
}

static int read_string(struct reader *reader, struct value *out)
{
	const char *start = reader->at - 1;
	const char *stop = plain_end(reader);
	const char *quote;
	char *bytes;
	char *to;

	if (stop < reader->end && *stop == '"') {
		*out = value_string(reader->arena, reader->at,
				    (size_t)(stop - reader->at));
		reader->at = stop + 1;
		return 0;
	}
	for (quote = stop; quote < reader->end && *quote != '"'; quote++)
		if (*quote == '\\')
			quote++;
	if (quote >= reader->end)
		return fail_at(reader, start,
			       "Unterminated string starting at");
	to = bytes = arena_alloc(reader->arena, (size_t)(quote - reader->at));
	while (reader->at < quote) {
		stop = plain_end(reader);
		memcpy(to, reader->at, (size_t)(stop - reader->at));
		to += stop - reader->at;
		reader->at = stop;
		if (stop == quote)
			break;
		if (*reader->at++ != '\\')
			return fail_at(reader, stop,
				       "Invalid control character at");
		if (read_escape(reader, &to))
			return -1;
	}
	reader->at = quote + 1;
	*out = value_borrow(bytes, (size_t)(to - bytes));
	return 0;
}

static int read_list(struct reader *reader, struct value *out)
{
	struct value item = {.kind = VALUE_ABSENT};

	*out = value_list_new(reader->arena, 0);
	skip_space(reader);
	if (take(reader, "]"))
		return 0;
	for (;;) {
		if (read_value(reader, &item))
			return -1;
		value_list_add(reader->arena, out->list, item);
		skip_space(reader);
		if (take(reader, "]"))
			return 0;
		if (!take(reader, ","))
			return fail_at(reader, reader->at,
				       "Expecting ',' delimiter");
	}
}

static int read_member(struct reader *reader, struct value *key,
		       struct value *value)
{
	skip_space(reader);
	if (!take(reader, "\""))
		return fail_at(
			reader, reader->at,
			"Expecting property name enclosed in double quotes");
	if (read_string(reader, key))
		return -1;
	skip_space(reader);
	if (!take(reader, ":"))
		return fail_at(reader, reader->at, "Expecting ':' delimiter");
	return read_value(reader, value);
}

static int read_dict(struct reader *reader, struct value *out)
{
	struct value key = {.kind = VALUE_ABSENT};
	struct value value = {.kind = VALUE_ABSENT};

	*out = value_dict_new(reader->arena, 0);
	skip_space(reader);
	if (take(reader, "}"))
		return 0;
	for (;;) {
		if (read_member(reader, &key, &value))
			return -1;
		value_dict_set(reader->arena, out->dict, key, value);
		skip_space(reader);
		if (take(reader, "}"))
			return 0;
		if (!take(reader, ","))
			return fail_at(reader, reader->at,
				       "Expecting ',' delimiter");
	}
}

static int read_container(struct reader *reader, struct value *out)
{
	int status;

	if (reader->depth == JSON_DEPTH_MAX)
		return fail_at(reader, reader->at, "nested too deeply");
	if (arena_full(reader->arena))
		return error_set(reader->err, ERROR_LIMIT,
				 "the document is too large");
	reader->depth++;
	status = *reader->at++ == '[' ? read_list(reader, out)
				      : read_dict(reader, out);
	reader->depth--;
	return status;
}

static bool read_word(struct reader *reader, struct value *out)
{
	if (take(reader, "null"))
		*out = value_none();
	else if (take(reader, "true"))
		*out = value_bool(true);
	else if (take(reader, "false"))
		*out = value_bool(false);
	else if (take(reader, "NaN"))
		*out = value_float(NAN);
	else if (take(reader, "Infinity"))
		*out = value_float(INFINITY);
	else
		return false;
	return true;
}

static int read_value(struct reader *reader, struct value *out)
{
	skip_space(reader);
	if (reader->at == reader->end)
		return fail_at(reader, reader->at, "Expecting value");
	if (*reader->at == '[' || *reader->at == '{')
		return read_container(reader, out);
	if (take(reader, "\""))
		return read_string(reader, out);
	if (read_word(reader, out))
		return 0;
	return read_number(reader, out);
}

int json_value_read(struct arena *arena, const char *text, size_t length,
		    struct value *out, struct error **err)
{
	struct reader reader = {arena, text, text, text + length, err, 0};

	/* a byte more for each: strings are copied, structure is not less */
	if (!arena_fits(arena, length))
		return error_set(err, ERROR_LIMIT, "the document is too large");
	if (read_value(&reader, out))
		return -1;
	skip_space(&reader);
	if (reader.at < reader.end)
		return fail_at(&reader, reader.at, "Extra data");
	if (arena_full(arena))
		return error_set(err, ERROR_LIMIT, "the document is too large");
	return 0;
}
