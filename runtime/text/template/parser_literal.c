/* The parser: the values of literals, as Python reads them. */
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/template/parser.h"

enum { BIG_BASE = 1000000000 };

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void append_point(struct buf *out, uint32_t point)
{
	if (point < 0x80) {
		buf_putc(out, (char)point);
		return;
	}
	if (point < 0x800) {
		buf_putc(out, (char)(0xc0 | point >> 6));
	} else {
		if (point < 0x10000) {
			buf_putc(out, (char)(0xe0 | point >> 12));
		} else {
			buf_putc(out, (char)(0xf0 | point >> 18));
			buf_putc(out, (char)(0x80 | (point >> 12 & 0x3f)));
		}
		buf_putc(out, (char)(0x80 | (point >> 6 & 0x3f)));
	}
	buf_putc(out, (char)(0x80 | (point & 0x3f)));
}

/* \xHH, \uHHHH and \UHHHHHHHH; `at` is at the letter. */
static const char *unescape_hex(const char *at, const char *end,
				struct buf *out)
{
	int count = *at == 'x' ? 2 : *at == 'u' ? 4 : 8;
	uint32_t point = 0;

	if (end - at <= count)
		return NULL;
	for (int i = 1; i <= count; i++) {
		int digit = digit_value(at[i]);

		if (digit < 0)
			return NULL;
		point = point << 4 | (uint32_t)digit;
	}
	if (point > 0x10ffff)
		return NULL;
	append_point(out, point);
	return at + count + 1;
}

static const char *unescape_octal(const char *at, const char *end,
				  struct buf *out)
{
	uint32_t point = 0;

	for (int i = 0; i < 3 && at < end && *at >= '0' && *at <= '7'; i++)
		point = point << 3 | (uint32_t)(*at++ - '0');
	append_point(out, point);
	return at;
}

/* What stands behind a backslash; the text after it, or NULL. */
static const char *unescape(const char *at, const char *end, struct buf *out)
{
	static const char letters[] = "abfnrtv\\'\"";
	static const char meanings[] = "\a\b\f\n\r\t\v\\'\"";
	const char *known = strchr(letters, *at);

	if (*at == '\n')
		return at + 1;
	if (*at >= '0' && *at <= '7')
		return unescape_octal(at, end, out);
	if (*at == 'x' || *at == 'u' || *at == 'U')
		return unescape_hex(at, end, out);
	if (*at == 'N')
		return NULL;
	if (known && *at) {
		buf_putc(out, meanings[known - letters]);
		return at + 1;
	}
	buf_putc(out, '\\');
	return at;
}

static bool fail_escape(struct parser *parser, const struct token *token,
			char letter)
{
	static const char *const shapes[] = {"\\xXX", "\\uXXXX", "\\UXXXXXXXX"};

	if (letter == 'N')
		parser_fail(parser, token->line,
			    "unknown Unicode character name");
	else
		parser_fail(parser, token->line, "truncated %s escape",
			    shapes[letter == 'x'   ? 0
				   : letter == 'u' ? 1
						   : 2]);
	return false;
}

/* One character of a string, or an escape; the text after it, or NULL. */
static const char *copy_character(const char *at, const char *end,
				  const char *newline, struct buf *text)
{
	if (*at == '\\')
		return unescape(at + 1, end, text);
	if (*at == '\n')
		buf_puts(text, newline);
	else
		buf_putc(text, *at);
	return at + 1;
}

bool parse_string(struct parser *parser, const struct token *token,
		  struct value *out)
{
	const char *at = token->text + 1;
	const char *end = token->text + token->length - 1;
	const char *newline = parser->template->options->newline;
	struct buf text;
	bool done = true;

	buf_init(&text, (size_t)token->length * 2 + 16);
	while (at < end && done) {
		const char *next = copy_character(at, end, newline, &text);

		done = next || fail_escape(parser, token, at[1]);
		at = next;
	}
	*out = value_string(parser->arena, text.data ? text.data : "",
			    text.length);
	buf_release(&text);
	return done;
}

/* An integer of more than 64 bits: base 10^9, lowest digit first. */
static struct value parse_big(struct parser *parser, const char *at,
			      const char *end, uint32_t base)
{
	struct value_big *big = arena_alloc(
		parser->arena, sizeof(*big) + ((size_t)(end - at) / 7 + 2) *
						      sizeof(*big->digits));

	big->negative = false;
	big->count = 0;
	for (; at < end; at++) {
		uint64_t carry;

		if (*at == '_')
			continue;
		carry = (uint64_t)digit_value(*at);
		for (uint32_t i = 0; i < big->count; i++) {
			carry += (uint64_t)big->digits[i] * base;
			big->digits[i] = (uint32_t)(carry % BIG_BASE);
			carry /= BIG_BASE;
		}
		if (carry > 0)
			big->digits[big->count++] = (uint32_t)carry;
	}
	return (struct value){.kind = VALUE_BIG, .big = big};
}

struct value parse_integer(struct parser *parser, const struct token *token)
{
	const char *at = token->text;
	const char *end = at + token->length;
	uint32_t base = 10;
	int64_t number = 0;

	if (token->length > 2 && *at == '0' && digit_value(at[1]) != 0 &&
	    at[1] != '_') {
		char letter = (char)(at[1] | 0x20);

		base = letter == 'x' ? 16 : letter == 'o' ? 8 : 2;
		at += 2;
	}
	if (end - at > 4300) {
		parser_fail(parser, token->line,
			    "an integer has too many digits");
		return value_none();
	}
	for (const char *c = at; c < end; c++) {
		if (*c == '_')
			continue;
		if (__builtin_mul_overflow(number, (int64_t)base, &number) ||
		    __builtin_add_overflow(number, digit_value(*c), &number))
			return parse_big(parser, at, end, base);
	}
	return value_int(number);
}

struct value parse_float(struct parser *parser, const struct token *token)
{
	char *digits = mem_alloc((size_t)token->length + 1);
	size_t count = 0;
	double number;

	for (uint32_t i = 0; i < token->length; i++)
		if (token->text[i] != '_')
			digits[count++] = token->text[i];
	number = strtod(digits, NULL);
	mem_free(digits);
	(void)parser;
	return value_float(number);
}
