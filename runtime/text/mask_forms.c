#include "runtime/text/mask_forms.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/text/mask.h"

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void add(struct forms *forms, const char *bytes, size_t length)
{
	struct form *form;

	if (length < MASK_SHORTEST)
		return;
	if (forms->count == forms->capacity) {
		forms->capacity = forms->capacity ? 2 * forms->capacity : 64;
		forms->list =
			mem_grow(forms->list, forms->capacity * sizeof(*form));
	}
	form = &forms->list[forms->count++];
	form->bytes = mem_copy_n(bytes, length);
	form->length = length;
}

/* What `base64` and PEM files make of a long text: lines of 76 or 64. */
static void add_wrapped(struct forms *forms, const struct buf *text,
			size_t width)
{
	for (size_t at = 0; at < text->length && text->length > width;
	     at += width) {
		size_t left = text->length - at;

		add(forms, text->data + at, left < width ? left : width);
	}
}

/*
 * The characters of base64 that depend on the secret alone when `skip` bytes
 * of something else lie before it in its group of three.
 */
static void add_base64(struct forms *forms, const char *secret, size_t length,
		       size_t skip, const char *digits)
{
	size_t first = (skip * 8 + 5) / 6;
	size_t end = (skip + length) * 8 / 6;
	struct buf text;

	buf_init(&text, end + 1);
	for (size_t i = first; i < end; i++) {
		size_t bit = i * 6 - skip * 8;
		size_t at = bit / 8;
		unsigned pair = (unsigned)(unsigned char)secret[at] << 8;

		if (at + 1 < length)
			pair |= (unsigned char)secret[at + 1];
		buf_putc(&text, digits[pair >> (10 - bit % 8) & 63]);
	}
	if (text.length)
		add(forms, text.data, text.length);
	if (skip == 0) {
		add_wrapped(forms, &text, 76);
		add_wrapped(forms, &text, 64);
	}
	buf_release(&text);
}

/* How one byte is written in a form: appends it to `out`. */
typedef void write_byte(struct buf *out, unsigned char c);

static void add_written(struct forms *forms, const char *secret, size_t length,
			write_byte *write)
{
	struct buf text;

	buf_init(&text, 12 * length);
	for (size_t i = 0; i < length; i++)
		write(&text, (unsigned char)secret[i]);
	add(forms, text.data ? text.data : "", text.length);
	buf_release(&text);
}

static void percent(struct buf *out, unsigned char c)
{
	if (isalnum(c) || strchr("-_.~", c ? c : '%'))
		buf_putc(out, (char)c);
	else
		buf_printf(out, "%%%02X", c);
}

static void percent_lower(struct buf *out, unsigned char c)
{
	if (isalnum(c) || strchr("-_.~", c ? c : '%'))
		buf_putc(out, (char)c);
	else
		buf_printf(out, "%%%02x", c);
}

/* encodeURI and many hand-made encoders leave these alone. */
static void percent_path(struct buf *out, unsigned char c)
{
	if (c && strchr("/:@!$&'()*,;=+", c))
		buf_putc(out, (char)c);
	else
		percent(out, c);
}

static void percent_form(struct buf *out, unsigned char c)
{
	if (c == ' ')
		buf_putc(out, '+');
	else
		percent(out, c);
}

static void single_quoted(struct buf *out, unsigned char c)
{
	if (c == '\'')
		buf_puts(out, "'\\''");
	else
		buf_putc(out, (char)c);
}

/* Python's shlex.quote. */
static void single_double_quoted(struct buf *out, unsigned char c)
{
	if (c == '\'')
		buf_puts(out, "'\"'\"'");
	else
		buf_putc(out, (char)c);
}

static void double_quoted(struct buf *out, unsigned char c)
{
	if (c && strchr("\"\\$`", c))
		buf_putc(out, '\\');
	buf_putc(out, (char)c);
}

/* printf %q of bash. */
static void backslashed(struct buf *out, unsigned char c)
{
	if (c < 0x80 && !isalnum(c) && !strchr("%+-./:=@_", c ? c : '+'))
		buf_putc(out, '\\');
	buf_putc(out, (char)c);
}

static void escaped(struct buf *out, unsigned char c, const char *also)
{
	static const char letters[] = "\n\r\t\b\f";
	const char *letter = c ? strchr(letters, c) : NULL;

	if (letter) {
		buf_putc(out, '\\');
		buf_putc(out, "nrtbf"[letter - letters]);
	} else if (c && strchr(also, c)) {
		buf_putc(out, '\\');
		buf_putc(out, (char)c);
	} else {
		buf_putc(out, (char)c);
	}
}

/* $'…' of bash. */
static void dollar_quoted(struct buf *out, unsigned char c)
{
	if (c == 0x1b)
		buf_puts(out, "\\E");
	else if (c == '\a' || c == '\v')
		buf_puts(out, c == '\a' ? "\\a" : "\\v");
	else if ((c < 0x20 || c >= 0x7f) && !strchr("\n\r\t\b\f", c))
		buf_printf(out, "\\%03o", c);
	else
		escaped(out, c, "\\'");
}

static void json(struct buf *out, unsigned char c)
{
	if (c < 0x20 && (!c || !strchr("\n\r\t\b\f", c)))
		buf_printf(out, "\\u%04x", c);
	else
		escaped(out, c, "\\\"");
}

static void json_slash(struct buf *out, unsigned char c)
{
	if (c == '/')
		buf_puts(out, "\\/");
	else
		json(out, c);
}

static void add_all(struct forms *forms, const char *secret, size_t length)
{
	static write_byte *const ways[] = {
		percent,       percent_lower, percent_path,
		percent_form,  single_quoted, single_double_quoted,
		double_quoted, backslashed,   dollar_quoted,
		json,          json_slash};

	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
				    "pqrstuvwxyz0123456789+/";
	static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
				  "pqrstuvwxyz0123456789-_";

	add(forms, secret, length);
	for (size_t skip = 0; skip < 3; skip++) {
		add_base64(forms, secret, length, skip, plain);
		add_base64(forms, secret, length, skip, url);
	}
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		add_written(forms, secret, length, ways[i]);
}

/* Trims blanks; returns the new length. */
static size_t trim(const char **text, size_t length)
{
	while (length && is_blank(**text)) {
		++*text;
		length--;
	}
	while (length && is_blank((*text)[length - 1]))
		length--;
	return length;
}

int forms_add(struct forms *forms, const char *secret, size_t length)
{
	size_t whole = trim(&secret, length);
	const char *end = secret + whole;

	if (whole < MASK_SHORTEST)
		return -1;
	add_all(forms, secret, whole);
	if (!memchr(secret, '\n', whole))
		return 0;
	while (secret < end) {
		const char *newline =
			memchr(secret, '\n', (size_t)(end - secret));
		const char *next = newline ? newline : end;
		const char *line = secret;
		size_t trimmed = trim(&line, (size_t)(next - secret));

		if (trimmed >= MASK_SHORTEST)
			add_all(forms, line, trimmed);
		secret = next + 1;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct form *left = a;
	const struct form *right = b;
	size_t shared =
		left->length < right->length ? left->length : right->length;
	int order = memcmp(left->bytes, right->bytes, shared);

	if (order)
		return order;
	return (left->length > right->length) - (left->length < right->length);
}

void forms_finish(struct forms *forms)
{
	size_t kept = 0;

	if (forms->count)
		qsort(forms->list, forms->count, sizeof(*forms->list), compare);
	for (size_t i = 0; i < forms->count; i++) {
		if (kept && !compare(&forms->list[kept - 1], &forms->list[i]))
			mem_free(forms->list[i].bytes);
		else
			forms->list[kept++] = forms->list[i];
	}
	forms->count = kept;
}

void forms_release(struct forms *forms)
{
	for (size_t i = 0; i < forms->count; i++)
		mem_free(forms->list[i].bytes);
	mem_free(forms->list);
	memset(forms, 0, sizeof(*forms));
}
