/* "%s has %d" % values, as Python does it. */
#include "runtime/text/template/format.h"
#include "runtime/text/template/operate.h"

#include "runtime/text/template/big.h"

struct reader {
	struct render *render;
	const char *start, *at, *end;
	struct value arguments;
	uint32_t next;  /* of a tuple */
	bool mapped;    /* a field was taken by name */
	bool one_taken; /* an argument that is no tuple was used */
	uint8_t flags;  /* of the format: safe ones escape */
	struct buf *out;
};

static int next_argument(struct reader *reader, struct value *out)
{
	if (reader->arguments.kind == VALUE_TUPLE) {
		const struct value_list *list = reader->arguments.list;

		if (reader->next < list->count) {
			*out = list->items[reader->next++];
			return 0;
		}
	} else if (!reader->one_taken) {
		reader->one_taken = true;
		*out = reader->arguments;
		return 0;
	}
	return fail_type(reader->render,
			 "not enough arguments for format string");
}

static int incomplete(struct reader *reader)
{
	return render_fail(reader->render, RENDER_VALUE, "incomplete format");
}

/* "(name)" behind the percent sign; parentheses nest. */
static int named_argument(struct reader *reader, struct value *out)
{
	const char *name = ++reader->at;
	const struct value *found;
	int depth = 1;

	for (; reader->at < reader->end; reader->at++) {
		if (*reader->at == '(')
			depth++;
		else if (*reader->at == ')' && --depth == 0)
			break;
	}
	if (depth > 0)
		return render_fail(reader->render, RENDER_VALUE,
				   "incomplete format key");
	if (reader->arguments.kind != VALUE_DICT)
		return fail_type(reader->render, "format requires a mapping");
	found = value_dict_get(reader->arguments.dict,
			       value_borrow(name, (size_t)(reader->at - name)));
	if (!found)
		return render_fail(reader->render, RENDER_RUNTIME, "'%.*s'",
				   (int)(reader->at - name), name);
	reader->at++;
	reader->mapped = true;
	*out = *found;
	return 0;
}

static void read_flags(struct reader *reader, struct format_spec *spec)
{
	bool zero = false;

	for (; reader->at < reader->end; reader->at++) {
		if (*reader->at == '-')
			spec->align = '<';
		else if (*reader->at == '+')
			spec->sign = '+';
		else if (*reader->at == ' ')
			spec->sign = spec->sign == '+' ? '+' : ' ';
		else if (*reader->at == '#')
			spec->alternate = true;
		else if (*reader->at == '0')
			zero = true;
		else
			break;
	}
	if (zero && spec->align != '<')
		spec->fill = '0';
}

/* A number, or `*` for the next argument; `*given` says whether. */
static int read_number(struct reader *reader, int64_t *out)
{
	struct value argument = {.kind = VALUE_ABSENT};

	if (reader->at < reader->end && *reader->at == '*') {
		reader->at++;
		if (next_argument(reader, &argument))
			return -1;
		if (!is_integer(argument))
			return fail_type(reader->render, "* wants int");
		return argument_int(reader->render, argument, out);
	}
	for (*out = 0; reader->at < reader->end && *reader->at >= '0' &&
		       *reader->at <= '9';
	     reader->at++) {
		*out = *out * 10 + (*reader->at - '0');
		if (*out > TEXT_MAX)
			return render_fail(reader->render, RENDER_LIMIT,
					   "width too big");
	}
	return 0;
}

static int put_text(struct reader *reader, const struct format_spec *spec,
		    struct value argument)
{
	struct value text = argument;
	struct buf buf;
	int status;

	text_init(&buf);
	if (spec->type == 'a')
		status = format_ascii(reader->render, argument, &buf);
	else if (spec->type == 'r')
		status = value_repr(reader->render, argument, &buf);
	else if (reader->flags & VALUE_SAFE)
		status = value_escape(reader->render, argument, &buf);
	else
		status = value_print(reader->render, argument, &buf);
	if (status == 0)
		status = text_take(reader->render, &buf, &text);
	buf_release(&buf);
	if (status == 0)
		status = format_string(reader->render, spec, text, reader->out);
	return status;
}

static int put_character(struct reader *reader, struct format_spec *spec,
			 struct value argument)
{
	char bytes[4];

	spec->precision = -1;
	if (is_string(argument) && value_length(argument) == 1)
		return format_string(reader->render, spec, argument,
				     reader->out);
	if (!is_integer(argument))
		return fail_type(reader->render, "%%c requires int or char");
	if (argument.kind == VALUE_BIG || integer_of(argument) < 0 ||
	    integer_of(argument) > UNICODE_MAX)
		return render_fail(reader->render, RENDER_VALUE,
				   "%%c arg not in range(0x110000)");
	return format_string(
		reader->render, spec,
		value_borrow(bytes, unicode_put(bytes, (uint32_t)integer_of(
							       argument))),
		reader->out);
}

static int put_integer(struct reader *reader, struct format_spec *spec,
		       struct value argument)
{
	bool decimal = strchr("diu", spec->type) != NULL;

	if (argument.kind == VALUE_UNDEFINED && decimal)
		return render_missing(reader->render, argument);
	if (argument.kind == VALUE_FLOAT && decimal) {
		if (number_truncate(reader->render, argument.number, &argument))
			return -1;
	} else if (!is_integer(argument)) {
		return fail_type(
			reader->render,
			decimal ? "%%%c format: a real number is required, "
				  "not %s"
				: "%%%c format: an integer is required, not %s",
			spec->type, value_type_name(argument));
	}
	if (decimal)
		spec->type = 'd';
	if (spec->precision > FORMAT_PRECISION_MAX)
		return render_fail(reader->render, RENDER_LIMIT,
				   "precision too big");
	spec->digits = spec->precision;
	return format_integer(reader->render, spec, argument, reader->out);
}

static int put_float(struct reader *reader, const struct format_spec *spec,
		     struct value argument)
{
	double number;

	if (argument.kind == VALUE_UNDEFINED)
		return render_missing(reader->render, argument);
	if (!is_number(argument))
		return fail_type(reader->render, "must be real number, not %s",
				 value_type_name(argument));
	if (number_double(reader->render, argument, &number))
		return -1;
	return format_float(reader->render, spec, number, reader->out);
}

static int convert(struct reader *reader, struct format_spec *spec,
		   struct value argument)
{
	char type = spec->type;
	bool number = strchr("diuoxXeEfFgG", type) != NULL;

	if (!spec->align)
		spec->align = number && spec->fill == '0' ? '=' : '>';
	if (!number)
		spec->fill = ' ';
	if (strchr("diuoxX", type))
		return put_integer(reader, spec, argument);
	if (number)
		return put_float(reader, spec, argument);
	if (type == 'c')
		return put_character(reader, spec, argument);
	return put_text(reader, spec, argument);
}

/* ".5" or ".*" */
static int read_precision(struct reader *reader, struct format_spec *spec)
{
	if (reader->at == reader->end || *reader->at != '.')
		return 0;
	reader->at++;
	if (read_number(reader, &spec->precision))
		return -1;
	if (spec->precision < 0)
		spec->precision = 0;
	return 0;
}

/* A negative width is one to the left. */
static int read_width(struct reader *reader, struct format_spec *spec)
{
	if (read_number(reader, &spec->width))
		return -1;
	if (spec->width >= 0)
		return 0;
	spec->align = '<';
	spec->fill = ' ';
	spec->width =
		spec->width < -TEXT_MAX ? (int64_t)TEXT_MAX + 1 : -spec->width;
	return 0;
}

/* What stands behind a percent sign. */
static int read_field(struct reader *reader)
{
	struct format_spec spec = {.fill = ' ', .precision = -1};
	struct value argument = {.kind = VALUE_ABSENT};

	if (reader->at < reader->end && *reader->at == '(' &&
	    named_argument(reader, &argument))
		return -1;
	read_flags(reader, &spec);
	if (read_width(reader, &spec) || read_precision(reader, &spec))
		return -1;
	if (reader->at < reader->end && strchr("hlL", *reader->at))
		reader->at++;
	if (reader->at == reader->end)
		return incomplete(reader);
	spec.type = *reader->at++;
	if (spec.type == '%') {
		buf_putc(reader->out, '%');
		return 0;
	}
	if (argument.kind == VALUE_ABSENT && next_argument(reader, &argument))
		return -1;
	if (!spec.type || !strchr("diouxXeEfFgGcrsa", spec.type))
		return render_fail(reader->render, RENDER_VALUE,
				   "unsupported format character '%c' (0x%x) "
				   "at index %d",
				   spec.type, (unsigned char)spec.type,
				   (int)(reader->at - reader->start - 1));
	return convert(reader, &spec, argument);
}

static int read_all(struct reader *reader)
{
	while (reader->at < reader->end) {
		const char *percent = memchr(
			reader->at, '%', (size_t)(reader->end - reader->at));
		const char *stop = percent ? percent : reader->end;

		buf_append(reader->out, reader->at,
			   (size_t)(stop - reader->at));
		reader->at = stop;
		if (!percent)
			break;
		reader->at++;
		if (render_count(reader->render, 1) || read_field(reader))
			return -1;
	}
	if (reader->arguments.kind == VALUE_TUPLE
		    ? reader->next < reader->arguments.list->count
		    : !reader->one_taken && !reader->mapped &&
			      reader->arguments.kind != VALUE_DICT &&
			      reader->arguments.kind != VALUE_LIST &&
			      reader->arguments.kind != VALUE_UNDEFINED)
		return fail_type(reader->render,
				 "not all arguments converted during string "
				 "formatting");
	return 0;
}

int format_percent(struct render *render, struct value format,
		   struct value arguments, struct value *out)
{
	struct buf buf;
	struct reader reader = {.render = render,
				.start = format.bytes,
				.at = format.bytes,
				.end = format.bytes + format.length,
				.arguments = arguments,
				.flags = format.flags,
				.out = &buf};

	text_init(&buf);
	if (text_done(render, read_all(&reader), &buf, out))
		return -1;
	out->flags = format.flags & VALUE_SAFE;
	return 0;
}
