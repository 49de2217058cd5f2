#include "runtime/text/yaml_write.h"

#include <math.h>
#include <string.h>

#include "runtime/text/base64.h"
#include "runtime/text/document.h"
#include "runtime/text/number_text.h"
#include "runtime/text/yaml_scalar.h"

enum {
	INDENT = 2,
	KEY_MAX = 1000, /* longer keys are no simple ones for readers */
};

struct writer {
	struct buf *out;
	struct error **err;
	struct arena arena; /* for what looking at a scalar makes */
	unsigned depth;
};

static int put(struct writer *writer, struct value value, unsigned column);

static void put_blanks(struct buf *out, unsigned count)
{
	while (count-- > 0)
		buf_putc(out, ' ');
}

static bool in(char c, const char *chars)
{
	return c != '\0' && strchr(chars, c);
}

/*
 * Bytes that need an escape: control characters, the line ends of Unicode
 * (U+0085, U+2028, U+2029), surrogates and the mark U+FEFF.
 */
static bool is_odd(const char *at, size_t step)
{
	unsigned char c = (unsigned char)*at;

	if (step == 1)
		return c < 0x20 || c == 0x7f;
	if (step == 2)
		return c == 0xc2 && (unsigned char)at[1] < 0xa0;
	if (step == 3)
		return memcmp(at, "\xe2\x80\xa8", 3) == 0 ||
		       memcmp(at, "\xe2\x80\xa9", 3) == 0 ||
		       memcmp(at, "\xef\xbb\xbf", 3) == 0 ||
		       memcmp(at, "\xef\xbf\xbe", 3) == 0 ||
		       memcmp(at, "\xef\xbf\xbf", 3) == 0;
	return false;
}

/* May `text` stand without quotes, as far as its characters go? */
static bool is_plain_text(const char *text, size_t length)
{
	if (in(*text, ",[]{}#&*!|>'\"%@` \t") || text[length - 1] == ' ' ||
	    text[length - 1] == '\t' || text[length - 1] == ':')
		return false;
	if (in(*text, "-?:") && (length == 1 || in(text[1], " -?:\t")))
		return false;
	if (length >= 3 && memcmp(text, "...", 3) == 0)
		return false;
	for (size_t i = 0; i < length;) {
		size_t step = document_character(text + i, length - i);

		if (is_odd(text + i, step))
			return false;
		if (i + 1 < length && text[i] == ':' && in(text[i + 1], " \t"))
			return false;
		if (i > 0 && text[i] == '#' && in(text[i - 1], " \t"))
			return false;
		i += step;
	}
	return true;
}

static bool is_plain(struct writer *writer, const char *text, size_t length)
{
	bool plain;

	if (length == 0 || !is_plain_text(text, length))
		return false;
	if (length == 1 && *text == '=') /* a type of its own in 1.1 */
		return false;
	if (length == 2 && memcmp(text, "<<", 2) == 0)
		return false;
	plain = yaml_resolve(&writer->arena, false, text, length).kind ==
			VALUE_STRING &&
		yaml_resolve(&writer->arena, true, text, length).kind ==
			VALUE_STRING &&
		!yaml_is_date(text, length);
	arena_release(&writer->arena);
	/* YAML 1.1 has y and n, too, though PyYAML does not read them. */
	return plain && !(length == 1 && in(*text, "yYnN"));
}

/* Can `text` be a block: several lines of characters that need no escape? */
static bool is_block(const char *text, size_t length)
{
	bool lines = false;
	bool content = false;

	for (size_t i = 0; i < length;) {
		size_t step = document_character(text + i, length - i);

		if (text[i] == '\n')
			lines = true;
		else if (text[i] != '\t' && is_odd(text + i, step))
			return false;
		else if (text[i] != ' ' && text[i] != '\t')
			content = true;
		i += step;
	}
	return lines && content;
}

static void put_escape(struct buf *out, const char *at, size_t step)
{
	static const char codes[] = "\"\\\0\a\b\t\n\v\f\r\x1b";
	static const char letters[] = "\"\\0abtnvfre";
	const unsigned char *bytes = (const unsigned char *)at;
	const char *found = memchr(codes, *at, sizeof(codes) - 1);

	if (step == 1 && found)
		buf_printf(out, "\\%c", letters[found - codes]);
	else if (step == 1)
		buf_printf(out, "\\x%02X", bytes[0]);
	else if (step == 2)
		buf_printf(out, "\\x%02X", bytes[1]);
	else
		buf_printf(out, "\\u%04X",
			   (unsigned)((bytes[0] & 0x0f) << 12 |
				      (bytes[1] & 0x3f) << 6 |
				      (bytes[2] & 0x3f)));
}

static void put_double(struct buf *out, const char *text, size_t length)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < length;) {
		size_t step = document_character(text + i, length - i);

		if (is_odd(text + i, step) || in(text[i], "\"\\"))
			put_escape(out, text + i, step);
		else
			buf_append(out, text + i, step);
		i += step;
	}
	buf_putc(out, '"');
}

/* In one line: plain, in double quotes or as binary. */
static void put_line(struct writer *writer, const char *text, size_t length)
{
	if (document_utf8(text, length) < length) {
		buf_puts(writer->out, "!!binary ");
		base64_write(writer->out, text, length, false);
	} else if (is_plain(writer, text, length)) {
		buf_append(writer->out, text, length);
	} else {
		put_double(writer->out, text, length);
	}
}

static void put_block(struct buf *out, const char *text, size_t length,
		      unsigned column)
{
	const char *end = text + length;

	buf_putc(out, '|');
	if (in(*text, " \t\n"))
		buf_printf(out, "%d", INDENT);
	if (end[-1] != '\n')
		buf_putc(out, '-');
	else if (length > 1 && end[-2] == '\n')
		buf_putc(out, '+');
	while (text < end) {
		const char *line = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((line ? line : end) - text);

		buf_putc(out, '\n');
		if (size > 0)
			put_blanks(out, column);
		buf_append(out, text, size);
		text += size + 1;
	}
}

/* `column`: where a block's lines begin. */
static void put_string(struct writer *writer, const char *text, size_t length,
		       unsigned column)
{
	if (document_utf8(text, length) == length && is_block(text, length))
		put_block(writer->out, text, length, column);
	else
		put_line(writer, text, length);
}

static void put_float(struct buf *out, double number)
{
	size_t start = out->length;
	const char *text;

	if (!isfinite(number)) {
		buf_puts(out, isnan(number) ? ".nan"
			      : number > 0  ? ".inf"
					    : "-.inf");
		return;
	}
	text_float(out, number);
	text = out->data ? out->data + start : "";
	/* 1e+20 is a string in YAML 1.1, 1.0e+20 is none. */
	if (!out->full && !strchr(text, '.') && strchr(text, 'e')) {
		size_t digits = strcspn(text, "e");
		char rest[40];

		if (strlen(text) >= sizeof(rest))
			return;
		memcpy(rest, text + digits, strlen(text + digits) + 1);
		out->length = start + digits;
		buf_puts(out, ".0");
		buf_puts(out, rest);
	}
}

static int put_scalar(struct writer *writer, struct value value,
		      unsigned column, bool key)
{
	switch (value.kind) {
	case VALUE_NONE:
		buf_puts(writer->out, "null");
		return 0;
	case VALUE_BOOL:
		buf_puts(writer->out, value.truth ? "true" : "false");
		return 0;
	case VALUE_INT:
		text_int(writer->out, value.integer);
		return 0;
	case VALUE_BIG:
		text_big(writer->out, value.big);
		return 0;
	case VALUE_FLOAT:
		put_float(writer->out, value.number);
		return 0;
	case VALUE_STRING:
		if (key)
			put_line(writer, value.bytes, value.length);
		else
			put_string(writer, value.bytes, value.length, column);
		return 0;
	default:
		return error_set(writer->err, ERROR_INVALID, "%s",
				 key ? "a key of YAML must be a scalar"
				     : "an object of a template has no form "
				       "in YAML");
	}
}

static bool is_container(struct value value)
{
	if (value.kind == VALUE_DICT)
		return value.dict->count > 0;
	if (value.kind == VALUE_LIST || value.kind == VALUE_TUPLE)
		return value.list->count > 0;
	return false;
}

/* A key, in the line that has begun: "? " before one that is very long. */
static int put_key(struct writer *writer, struct value key, unsigned column)
{
	bool is_long = key.kind == VALUE_STRING && key.length > KEY_MAX / 6;

	if (is_long)
		buf_puts(writer->out, "? ");
	if (put_scalar(writer, key, 0, true) < 0)
		return -1;
	if (is_long) {
		buf_putc(writer->out, '\n');
		put_blanks(writer->out, column);
	}
	buf_putc(writer->out, ':');
	return 0;
}

/* The first line has begun at `column`; the others begin there, too. */
static int put_dict(struct writer *writer, const struct value_dict *dict,
		    unsigned column)
{
	struct value_entry *entry;
	bool first = true;
	uint32_t at = 0;

	while ((entry = value_dict_next(dict, &at))) {
		if (!first) {
			buf_putc(writer->out, '\n');
			put_blanks(writer->out, column);
		}
		first = false;
		if (put_key(writer, entry->key, column) < 0)
			return -1;
		if (is_container(entry->value)) {
			buf_putc(writer->out, '\n');
			put_blanks(writer->out, column + INDENT);
		} else {
			buf_putc(writer->out, ' ');
		}
		if (put(writer, entry->value, column + INDENT) < 0)
			return -1;
	}
	return 0;
}

static int put_list(struct writer *writer, const struct value_list *list,
		    unsigned column)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (i > 0) {
			buf_putc(writer->out, '\n');
			put_blanks(writer->out, column);
		}
		buf_puts(writer->out, "- ");
		if (put(writer, list->items[i], column + INDENT) < 0)
			return -1;
	}
	return 0;
}

/* A value in the line that has begun; its further lines begin at `column`. */
static int put(struct writer *writer, struct value value, unsigned column)
{
	int result;

	if (value.kind == VALUE_DICT && value.dict->count == 0) {
		buf_puts(writer->out, "{}");
		return 0;
	}
	if (!is_container(value)) {
		if (value.kind != VALUE_LIST && value.kind != VALUE_TUPLE)
			return put_scalar(writer, value, column, false);
		buf_puts(writer->out, "[]");
		return 0;
	}
	if (writer->depth >= DOCUMENT_DEPTH)
		return error_set(writer->err, ERROR_INVALID,
				 "values are nested too deeply for YAML, or "
				 "hold themselves");
	writer->depth++;
	result = value.kind == VALUE_DICT
			 ? put_dict(writer, value.dict, column)
			 : put_list(writer, value.list, column);
	writer->depth--;
	return result;
}

int yaml_write(struct value value, struct buf *out, struct error **err)
{
	struct writer writer = {.out = out, .err = err};
	unsigned column = is_container(value) ? 0 : INDENT;
	int result;

	arena_init(&writer.arena, 1 << 20);
	result = put(&writer, value, column);
	arena_release(&writer.arena);
	if (result < 0)
		return -1;
	/* A block that keeps its last lines has one line end more. */
	buf_putc(out, '\n');
	if (out->full)
		return error_set(err, ERROR_LIMIT,
				 "the YAML would have more than %zu bytes",
				 out->max);
	return 0;
}
