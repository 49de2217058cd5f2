#include "runtime/text/template/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/text/template/big.h"

static int too_wide(struct render *render)
{
	return render_fail(render, RENDER_LIMIT, "a string of more than %d MiB",
			   TEXT_MAX >> 20);
}

static void fill(struct buf *out, uint32_t point, int64_t count)
{
	for (; count > 0 && !out->full; count--)
		text_point(out, point);
}

/* A prefix (sign, 0x) and a body, padded to the width. */
static int put(struct render *render, const struct format_spec *spec,
	       struct value prefix, struct value body, struct buf *out)
{
	char align = spec->align;
	int64_t length = prefix.length +
			 (int64_t)unicode_length(body.bytes, body.length);
	int64_t more = spec->width > length ? spec->width - length : 0;
	int64_t left = align == '>' ? more : align == '^' ? more / 2 : 0;

	if (spec->width > TEXT_MAX)
		return too_wide(render);
	if (render_room(render, (size_t)more))
		return -1;
	fill(out, spec->fill, left);
	buf_append(out, prefix.bytes, prefix.length);
	if (align == '=')
		fill(out, spec->fill, more);
	buf_append(out, body.bytes, body.length);
	if (align == '<' || align == '^')
		fill(out, spec->fill, more - left);
	return 0;
}

int format_string(struct render *render, const struct format_spec *spec,
		  struct value text, struct buf *out)
{
	if (spec->precision >= 0) {
		const char *end = unicode_at(text.bytes, text.length,
					     (size_t)spec->precision);

		text.length = (uint32_t)(end - text.bytes);
	}
	struct format_spec aligned = *spec;

	if (!aligned.align)
		aligned.align = '<';
	return put(render, &aligned, LITERAL(""), text, out);
}

static char sign_of(const struct format_spec *spec, bool negative)
{
	if (negative)
		return '-';
	if (spec->sign == '+' || spec->sign == ' ')
		return spec->sign;
	return '\0';
}

/* How long `digits` digits are with a separator every `every` of them. */
static int64_t grouped_length(int64_t digits, int every)
{
	return digits + (digits - 1) / every;
}

/* Separate the digits before `tail`; zeros fill up to the width. */
static void group(const struct format_spec *spec, struct value digits,
		  struct value tail, int64_t prefix, struct buf *out)
{
	bool decimal = !spec->type || !strchr("boxX", spec->type);
	int every = decimal ? 3 : 4;
	int64_t count = digits.length;
	int64_t room = spec->width - prefix - tail.length;

	if (spec->fill == '0' && spec->align == '=')
		while (grouped_length(count, every) < room)
			count++;
	for (int64_t i = count; i > 0; i--) {
		if (i > digits.length)
			buf_putc(out, '0');
		else
			buf_putc(out, digits.bytes[digits.length - i]);
		if (i > 1 && (i - 1) % every == 0)
			buf_putc(out, spec->grouping);
	}
	buf_append(out, tail.bytes, tail.length);
}

/* Sign, prefix, digits and what follows them (".5", "e+10", "%"). */
static int put_number(struct render *render, const struct format_spec *spec,
		      const struct value parts[3], struct buf *out)
{
	struct format_spec aligned = *spec;
	struct value digits = parts[1];
	struct value tail = parts[2];
	struct buf body;
	int status;

	if (spec->width > TEXT_MAX)
		return too_wide(render);
	if (!aligned.align)
		aligned.align = '>';
	text_init(&body);
	if (spec->grouping) {
		group(spec, digits, tail, parts[0].length, &body);
	} else {
		fill(&body, '0', spec->digits - digits.length);
		buf_append(&body, digits.bytes, digits.length);
		buf_append(&body, tail.bytes, tail.length);
	}
	if (body.full)
		status = too_wide(render);
	else
		status = put(
			render, &aligned, parts[0],
			value_borrow(body.data ? body.data : "", body.length),
			out);
	buf_release(&body);
	return status;
}

static int base_of(char type)
{
	switch (type) {
	case 'b':
		return 2;
	case 'o':
		return 8;
	case 'x':
	case 'X':
		return 16;
	default:
		return 10;
	}
}

/* The digits of an integer that is not negative, lowest first, in `out`. */
static int digits_in_base(struct render *render, struct value integer, int base,
			  bool upper, struct buf *out)
{
	const char *symbols = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	struct value rest;
	uint64_t left;

	while (integer.kind == VALUE_BIG) {
		if (big_divide(render, integer, value_int(base), &integer,
			       &rest))
			return -1;
		buf_putc(out, symbols[rest.integer]);
	}
	left = (uint64_t)integer_of(integer);
	do {
		buf_putc(out, symbols[left % (unsigned)base]);
		left /= (unsigned)base;
	} while (left > 0);
	return 0;
}

static void reverse(char *bytes, size_t length)
{
	for (size_t i = 0; i < length / 2; i++) {
		char other = bytes[length - 1 - i];

		bytes[length - 1 - i] = bytes[i];
		bytes[i] = other;
	}
}

static int put_digits(struct render *render, const struct format_spec *spec,
		      struct value integer, struct buf *digits)
{
	int base = base_of(spec->type);

	if (base == 10)
		return value_print(render, integer, digits);
	if (digits_in_base(render, integer, base, spec->type == 'X', digits))
		return -1;
	reverse(digits->data, digits->length);
	return 0;
}

int format_integer(struct render *render, const struct format_spec *spec,
		   struct value integer, struct buf *out)
{
	bool negative = integer.kind == VALUE_BIG ? integer.big->negative
						  : integer_of(integer) < 0;
	char sign = sign_of(spec, negative);
	char prefix[4];
	size_t length = 0;
	struct buf digits;
	int status;

	if (sign)
		prefix[length++] = sign;
	if (spec->alternate && base_of(spec->type) != 10) {
		prefix[length++] = '0';
		prefix[length++] = spec->type;
	}
	if (negative)
		integer = big_negate(render, integer);
	else if (integer.kind == VALUE_BOOL)
		integer = value_int(integer.truth);
	text_init(&digits);
	status = put_digits(render, spec, integer, &digits);
	if (status == 0) {
		const struct value parts[3] = {
			value_borrow(prefix, length),
			value_borrow(digits.data, digits.length), LITERAL("")};

		status = put_number(render, spec, parts, out);
	}
	buf_release(&digits);
	return status;
}

/* Zeros at the end of a fraction go, and so does a bare point. */
static void strip_zeros(struct buf *text)
{
	char *exponent = strchr(text->data, 'e');
	char *end = exponent ? exponent : text->data + text->length;
	char *keep = end;

	if (!memchr(text->data, '.', (size_t)(end - text->data)))
		return;
	while (keep[-1] == '0')
		keep--;
	if (keep[-1] == '.')
		keep--;
	memmove(keep, end, (size_t)(text->data + text->length - end) + 1);
	text->length -= (size_t)(end - keep);
}

/* With a precision but no type: as %g, but it must look like a float. */
static void print_general(struct buf *text, double number, int precision)
{
	char scratch[40];
	int exponent;

	if (precision == 0)
		precision = 1;
	snprintf(scratch, sizeof(scratch), "%.*e",
		 precision < 18 ? precision - 1 : 17, number);
	exponent = (int)strtol(strchr(scratch, 'e') + 1, NULL, 10);
	if (exponent < -4 || exponent + 1 > precision - 1) {
		buf_printf(text, "%.*e", precision - 1, number);
		strip_zeros(text);
		return;
	}
	buf_printf(text, "%.*f", precision - 1 - exponent, number);
	strip_zeros(text);
	if (!strchr(text->data, '.'))
		buf_puts(text, ".0");
}

static void print_float(struct buf *text, const struct format_spec *spec,
			double number)
{
	int precision = spec->precision < 0 ? 6 : (int)spec->precision;

	switch (spec->type | 0x20) {
	case 'f':
		buf_printf(text, spec->alternate ? "%#.*f" : "%.*f", precision,
			   number);
		return;
	case 'e':
		buf_printf(text, spec->alternate ? "%#.*e" : "%.*e", precision,
			   number);
		return;
	case 'g':
	case 'n':
		buf_printf(text, spec->alternate ? "%#.*g" : "%.*g", precision,
			   number);
		return;
	case '%':
		buf_printf(text, "%.*f%%", precision, number * 100);
		return;
	default:
		if (spec->precision < 0)
			text_float(text, number);
		else
			print_general(text, number, precision);
	}
}

static void to_upper(struct buf *text)
{
	for (size_t i = 0; i < text->length; i++)
		if (text->data[i] >= 'a' && text->data[i] <= 'z')
			text->data[i] ^= 0x20;
}

int format_float(struct render *render, const struct format_spec *spec,
		 double number, struct buf *out)
{
	char sign = sign_of(spec, signbit(number) && !isnan(number));
	struct value parts[3];
	size_t digits;
	struct buf text;
	int status;

	if (spec->precision > FORMAT_PRECISION_MAX)
		return render_fail(render, RENDER_LIMIT, "precision too big");
	text_init(&text);
	number = fabs(number);
	if (isnan(number) || isinf(number))
		buf_printf(&text, "%s%s", isnan(number) ? "nan" : "inf",
			   spec->type == '%' ? "%" : "");
	else
		print_float(&text, spec, number);
	if (spec->type && strchr("EFG", spec->type))
		to_upper(&text);
	digits = strspn(text.data, "0123456789");
	parts[0] = value_borrow(&sign, sign != '\0');
	parts[1] = value_borrow(text.data, digits);
	parts[2] = value_borrow(text.data + digits, text.length - digits);
	status = put_number(render, spec, parts, out);
	buf_release(&text);
	return status;
}
