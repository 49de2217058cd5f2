/* The reader: what it looks at is never beyond the text's end. */
#include "runtime/learn/gbt/json_pull.h"

#include <math.h>

#include "runtime/base/buf.h"

void gbt_json_init(struct gbt_json *json, const char *text, size_t length,
		   const char *file, struct error **err)
{
	memset(json, 0, sizeof(*json));
	json->file = file;
	json->start = json->at = text;
	json->end = text + length;
	json->err = err;
}

int gbt_json_fail(struct gbt_json *json, const char *what)
{
	uint32_t line = 1;

	for (const char *at = json->start; at < json->at; at++)
		line += *at == '\n';
	return error_set(json->err, ERROR_INVALID, "%s:%u: %s (byte %zu)",
			 json->file, line, what,
			 (size_t)(json->at - json->start));
}

static char peek(struct gbt_json *json)
{
	while (json->at < json->end && (*json->at == ' ' || *json->at == '\n' ||
					*json->at == '\r' || *json->at == '\t'))
		json->at++;
	if (json->at == json->end)
		return '\0';
	return *json->at;
}

static bool take(struct gbt_json *json, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(json->end - json->at) < length ||
	    memcmp(json->at, word, length) != 0)
		return false;
	json->at += length;
	return true;
}

int gbt_json_enter(struct gbt_json *json, char kind)
{
	if (peek(json) != kind)
		return gbt_json_fail(json, kind == '{' ? "expected an object"
						       : "expected an array");
	if (++json->depth > GBT_JSON_DEPTH)
		return gbt_json_fail(json, "nested too deeply");
	json->at++;
	json->first = true;
	return 0;
}

/* Before the next member: 1, or 0 at the end, which is taken. */
static int next(struct gbt_json *json, char end)
{
	char c = peek(json);

	if (c == end) {
		json->at++;
		json->depth--;
		json->first = false;
		return 0;
	}
	if (!json->first) {
		if (c != ',')
			return gbt_json_fail(json, "expected ',' or the end");
		json->at++;
		peek(json);
	}
	json->first = false;
	return 1;
}

int gbt_json_element(struct gbt_json *json)
{
	return next(json, ']');
}

/* The bytes between quotes, as they are. */
static int read_raw(struct gbt_json *json, struct gbt_span *raw)
{
	if (peek(json) != '"')
		return gbt_json_fail(json, "expected a string");
	raw->at = ++json->at;
	while (json->at < json->end && *json->at != '"') {
		if ((unsigned char)*json->at < ' ')
			return gbt_json_fail(json, "a string is not closed");
		json->at += *json->at == '\\' ? 2 : 1;
	}
	if (json->at >= json->end) {
		json->at = json->end;
		return gbt_json_fail(json, "a string is not closed");
	}
	raw->end = json->at++;
	return 0;
}

int gbt_json_key(struct gbt_json *json, struct gbt_span *key)
{
	int more = next(json, '}');

	if (more < 1)
		return more;
	if (read_raw(json, key) < 0)
		return -1;
	if (peek(json) != ':')
		return gbt_json_fail(json, "expected ':'");
	json->at++;
	return 1;
}

static int number_of(struct gbt_json *json, const struct gbt_span *word,
		     double *number)
{
	if (gbt_word_number(word, number))
		return 0;
	return gbt_json_fail(json, "expected a number");
}

int gbt_json_number(struct gbt_json *json, double *number)
{
	struct gbt_span word;
	char c = peek(json);

	if (c == '"') {
		if (read_raw(json, &word) < 0)
			return -1;
		return number_of(json, &word, number);
	}
	*number = 1;
	if (take(json, "true"))
		return 0;
	*number = 0;
	if (take(json, "false"))
		return 0;
	word.at = json->at;
	while (json->at < json->end &&
	       (strchr("+-.", *json->at) ||
		(*json->at >= '0' && *json->at <= '9') ||
		(*json->at >= 'a' && *json->at <= 'z') ||
		(*json->at >= 'A' && *json->at <= 'Z')) &&
	       *json->at)
		json->at++;
	word.end = json->at;
	return number_of(json, &word, number);
}

static int read_hex(struct gbt_json *json, const struct gbt_span *raw,
		    const char *at, uint32_t *code)
{
	*code = 0;
	if (raw->end - at < 4)
		return gbt_json_fail(json, "expected \\u and four digits");
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)c - '0'
				 : c >= 'a' && c <= 'f' ? (uint32_t)c - 'a' + 10
				 : c >= 'A' && c <= 'F' ? (uint32_t)c - 'A' + 10
							: 16;

		if (digit > 15)
			return gbt_json_fail(json,
					     "expected \\u and four digits");
		*code = *code * 16 + digit;
	}
	return 0;
}

static void put_code(struct buf *out, uint32_t code)
{
	if (code < 0x80) {
		buf_putc(out, (char)code);
	} else if (code < 0x800) {
		buf_putc(out, (char)(0xc0 | code >> 6));
		buf_putc(out, (char)(0x80 | (code & 63)));
	} else if (code < 0x10000) {
		buf_putc(out, (char)(0xe0 | code >> 12));
		buf_putc(out, (char)(0x80 | (code >> 6 & 63)));
		buf_putc(out, (char)(0x80 | (code & 63)));
	} else {
		buf_putc(out, (char)(0xf0 | code >> 18));
		buf_putc(out, (char)(0x80 | (code >> 12 & 63)));
		buf_putc(out, (char)(0x80 | (code >> 6 & 63)));
		buf_putc(out, (char)(0x80 | (code & 63)));
	}
}

/* Behind "\u": one code, or a pair of halves. Returns where to go on. */
static const char *read_unicode(struct gbt_json *json,
				const struct gbt_span *raw, const char *at,
				struct buf *out)
{
	uint32_t code, low;

	if (read_hex(json, raw, at, &code) < 0)
		return NULL;
	at += 4;
	if (code >= 0xd800 && code < 0xdc00 && raw->end - at >= 6 &&
	    at[0] == '\\' && at[1] == 'u') {
		if (read_hex(json, raw, at + 2, &low) < 0)
			return NULL;
		if (low >= 0xdc00 && low < 0xe000) {
			code = 0x10000 + ((code - 0xd800) << 10) +
			       (low - 0xdc00);
			at += 6;
		}
	}
	if (code == 0) {
		gbt_json_fail(json, "a string with NUL");
		return NULL;
	}
	put_code(out, code);
	return at;
}

static int unescape(struct gbt_json *json, const struct gbt_span *raw,
		    struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = raw->at;

	while (at < raw->end) {
		const char *known;

		if (*at != '\\') {
			buf_putc(out, *at++);
			continue;
		}
		known = strchr(from, at[1]);
		if (at[1] == 'u') {
			at = read_unicode(json, raw, at + 2, out);
			if (!at)
				return -1;
		} else if (known && *known) {
			buf_putc(out, to[known - from]);
			at += 2;
		} else {
			return gbt_json_fail(json, "an unknown escape");
		}
	}
	return out->full ? gbt_json_fail(json, "a string is too long") : 0;
}

int gbt_json_string(struct gbt_json *json, char **string)
{
	struct gbt_span raw;
	struct buf out;

	if (read_raw(json, &raw) < 0)
		return -1;
	buf_init(&out, GBT_JSON_STRING);
	if (unescape(json, &raw, &out) < 0) {
		buf_release(&out);
		return -1;
	}
	*string = buf_take(&out);
	return 0;
}

int gbt_json_numbers(struct gbt_json *json, struct gbt_vector *out)
{
	int more;
	double number;

	if (gbt_json_enter(json, '[') < 0)
		return -1;
	while ((more = gbt_json_element(json)) > 0) {
		if (gbt_json_number(json, &number) < 0)
			return -1;
		gbt_push(out, &number, sizeof(number));
	}
	return more;
}

int gbt_json_skip(struct gbt_json *json)
{
	struct gbt_span span;
	double number;
	char c = peek(json);
	int more = 0;

	if (c == '"')
		return read_raw(json, &span);
	if (c != '{' && c != '[')
		return take(json, "null") ? 0 : gbt_json_number(json, &number);
	if (gbt_json_enter(json, c) < 0)
		return -1;
	while ((more = c == '{' ? gbt_json_key(json, &span)
				: gbt_json_element(json)) > 0)
		if (gbt_json_skip(json) < 0)
			return -1;
	return more;
}

int gbt_json_end(struct gbt_json *json)
{
	if (peek(json) != '\0' || json->at < json->end)
		return gbt_json_fail(json, "expected the end");
	return 0;
}
