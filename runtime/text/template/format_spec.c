/* format(value, specification), as behind the colon of "{:>8.2f}". */
#include "runtime/text/template/format.h"

struct reader {
	struct render *render;
	const char *at, *end;
};

static bool is_align(uint32_t point)
{
	return point == '<' || point == '>' || point == '^' || point == '=';
}

/* A fill character counts only when an alignment follows it. */
static void read_align(struct reader *reader, struct format_spec *spec)
{
	const char *at = reader->at;
	uint32_t point;

	if (at == reader->end)
		return;
	point = unicode_next(&at, reader->end);
	if (at < reader->end && is_align((unsigned char)*at)) {
		spec->fill = point;
		spec->align = *at;
		reader->at = at + 1;
	} else if (is_align(point)) {
		spec->align = (char)point;
		reader->at = at;
	}
}

static bool take(struct reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

/* Digits; -1 when there are none. */
static int read_number(struct reader *reader, int64_t *out)
{
	*out = -1;
	while (reader->at < reader->end && *reader->at >= '0' &&
	       *reader->at <= '9') {
		*out = (*out < 0 ? 0 : *out) * 10 + (*reader->at++ - '0');
		if (*out > TEXT_MAX)
			return render_fail(
				reader->render, RENDER_LIMIT,
				"Too many decimal digits in format string");
	}
	return 0;
}

static int read_spec(struct reader *reader, struct format_spec *spec)
{
	struct render *render = reader->render;

	read_align(reader, spec);
	if (take(reader, '+'))
		spec->sign = '+';
	else if (take(reader, ' '))
		spec->sign = ' ';
	else
		take(reader, '-');
	take(reader, 'z');
	spec->alternate = take(reader, '#');
	if (take(reader, '0') && !spec->align) {
		spec->fill = '0';
		spec->align = '=';
	}
	if (read_number(reader, &spec->width))
		return -1;
	if (take(reader, ','))
		spec->grouping = ',';
	else if (take(reader, '_'))
		spec->grouping = '_';
	if (take(reader, '.')) {
		if (read_number(reader, &spec->precision))
			return -1;
		if (spec->precision < 0)
			return render_fail(render, RENDER_VALUE,
					   "Format specifier missing "
					   "precision");
	}
	if (reader->at < reader->end)
		spec->type = *reader->at++;
	if (reader->at < reader->end)
		return render_fail(render, RENDER_VALUE,
				   "Invalid format specifier");
	return 0;
}

static int unknown(struct render *render, char type, struct value value)
{
	return render_fail(render, RENDER_VALUE,
			   "Unknown format code '%c' for object of type '%s'",
			   type, value_type_name(value));
}

int format_ascii(struct render *render, struct value value, struct buf *out)
{
	const char *at;
	const char *end;
	struct buf buf;
	int status;

	text_init(&buf);
	status = value_repr(render, value, &buf);
	at = buf.data ? buf.data : "";
	end = at + buf.length;
	while (at < end) {
		uint32_t point = unicode_next(&at, end);

		if (point < 0x80)
			buf_putc(out, (char)point);
		else if (point < 0x100)
			buf_printf(out, "\\x%02x", point);
		else
			buf_printf(out, point < 0x10000 ? "\\u%04x" : "\\U%08x",
				   point);
	}
	buf_release(&buf);
	return status;
}

static int put_text(struct render *render, struct format_spec *spec,
		    struct value text, struct buf *out)
{
	if (spec->type && spec->type != 's')
		return unknown(render, spec->type, text);
	if (spec->grouping)
		return render_fail(render, RENDER_VALUE,
				   "Cannot specify '%c' with 's'.",
				   spec->grouping);
	if (spec->sign)
		return render_fail(render, RENDER_VALUE,
				   "Sign not allowed in string format "
				   "specifier");
	if (spec->align == '=' && spec->fill == '0')
		spec->align = '<'; /* "{:05}" of a string */
	else if (spec->align == '=')
		return render_fail(render, RENDER_VALUE,
				   "'=' alignment not allowed in string "
				   "format specifier");
	return format_string(render, spec, text, out);
}

static int put_character(struct render *render, struct format_spec *spec,
			 struct value value, struct buf *out)
{
	char bytes[4];

	if (value.kind == VALUE_BIG || integer_of(value) < 0 ||
	    integer_of(value) > UNICODE_MAX)
		return render_fail(render, RENDER_VALUE,
				   "%%c arg not in range(0x110000)");
	if (!spec->align)
		spec->align = '>';
	return format_string(
		render, spec,
		value_borrow(bytes,
			     unicode_put(bytes, (uint32_t)integer_of(value))),
		out);
}

static int put_number(struct render *render, struct format_spec *spec,
		      struct value value, struct buf *out)
{
	char type = spec->type;
	double number;

	if (is_integer(value) && type == 'c')
		return put_character(render, spec, value, out);
	if (is_integer(value) && (!type || strchr("bdoxXn", type))) {
		if (spec->precision >= 0)
			return render_fail(render, RENDER_VALUE,
					   "Precision not allowed in integer "
					   "format specifier");
		return format_integer(render, spec, value, out);
	}
	if (type && !strchr("eEfFgGn%", type))
		return unknown(render, type, value);
	if (number_double(render, value, &number))
		return -1;
	return format_float(render, spec, number, out);
}

int format_value(struct render *render, struct value value,
		 struct value specification, struct buf *out)
{
	struct format_spec spec = {.fill = ' ', .precision = -1};
	struct reader reader = {render, specification.bytes,
				specification.bytes + specification.length};

	if (specification.length == 0)
		return value_print(render, value, out);
	if (value.kind == VALUE_UNDEFINED)
		return render_missing(render, value);
	if (!is_string(value) && !is_number(value))
		return fail_type(render,
				 "unsupported format string passed to "
				 "%s.__format__",
				 value_type_name(value));
	if (read_spec(&reader, &spec))
		return -1;
	if (is_string(value))
		return put_text(render, &spec, value, out);
	if (value.kind == VALUE_BOOL && !spec.type)
		spec.type = 'd';
	return put_number(render, &spec, value, out);
}
