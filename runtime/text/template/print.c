/* str and repr of values, as Python prints them. */
#include "runtime/text/template/big.h"
#include "runtime/text/template/library.h"

/* The containers we are in, to notice one that holds itself. */
struct frame {
	const struct frame *up;
	const void *container;
	uint32_t depth;
};

static int repr_in(struct render *render, struct value value,
		   const struct frame *up, struct buf *out);

void text_point(struct buf *buf, uint32_t point)
{
	char bytes[4];

	buf_append(buf, bytes, unicode_put(bytes, point));
}

static void repr_point(struct buf *out, uint32_t point, const char *bytes,
		       size_t size)
{
	if (point == '\n')
		buf_puts(out, "\\n");
	else if (point == '\r')
		buf_puts(out, "\\r");
	else if (point == '\t')
		buf_puts(out, "\\t");
	else if (point >= UNICODE_RAW)
		buf_printf(out, "\\udc%02x", point & 0xff);
	else if (point >= 0x80 && unicode_is(point, UNICODE_PRINTABLE))
		buf_append(out, bytes, size);
	else if (point < 0x100)
		buf_printf(out, "\\x%02x", point);
	else if (point < 0x10000)
		buf_printf(out, "\\u%04x", point);
	else
		buf_printf(out, "\\U%08x", point);
}

static void repr_string(struct value value, struct buf *out)
{
	const char *at = value.bytes;
	const char *end = value.bytes + value.length;
	const char *plain = at;
	char quote = '\'';

	if (value.length > 0 && memchr(at, '\'', value.length) &&
	    !memchr(at, '"', value.length))
		quote = '"';
	buf_putc(out, quote);
	while (at < end) {
		unsigned char byte = (unsigned char)*at;
		const char *start = at;
		uint32_t point;

		if (byte >= 0x20 && byte < 0x7f && byte != '\\' &&
		    *at != quote) {
			at++;
			continue;
		}
		buf_append(out, plain, (size_t)(at - plain));
		point = unicode_next(&at, end);
		if (point == '\\' || point == (unsigned char)quote) {
			buf_putc(out, '\\');
			buf_putc(out, (char)point);
		} else {
			repr_point(out, point, start, (size_t)(at - start));
		}
		plain = at;
	}
	buf_append(out, plain, (size_t)(at - plain));
	buf_putc(out, quote);
}

static bool within_itself(const struct frame *frame)
{
	for (const struct frame *up = frame->up; up; up = up->up)
		if (up->container == frame->container)
			return true;
	return false;
}

static int repr_items(struct render *render, struct value value,
		      const struct frame *frame, struct buf *out)
{
	bool list = value.kind == VALUE_LIST;

	if (within_itself(frame)) {
		buf_puts(out, list ? "[...]" : "(...)");
		return 0;
	}
	if (render_count(render, value.list->count))
		return -1;
	buf_putc(out, list ? '[' : '(');
	for (uint32_t i = 0; i < value.list->count; i++) {
		if (i > 0)
			buf_puts(out, ", ");
		if (repr_in(render, value.list->items[i], frame, out))
			return -1;
	}
	if (!list && value.list->count == 1)
		buf_putc(out, ',');
	buf_putc(out, list ? ']' : ')');
	return 0;
}

static int repr_dict(struct render *render, struct value value,
		     const struct frame *frame, struct buf *out)
{
	const struct value_entry *entry;
	const char *between = "";
	uint32_t at = 0;

	if (within_itself(frame)) {
		buf_puts(out, "{...}");
		return 0;
	}
	if (render_count(render, value.dict->count))
		return -1;
	buf_putc(out, '{');
	while ((entry = value_dict_next(value.dict, &at))) {
		buf_puts(out, between);
		between = ", ";
		if (repr_in(render, entry->key, frame, out))
			return -1;
		buf_puts(out, ": ");
		if (repr_in(render, entry->value, frame, out))
			return -1;
	}
	buf_putc(out, '}');
	return 0;
}

static int print_object(struct render *render, struct value value,
			struct buf *out)
{
	const struct value_class *class = value.object->class;

	if (class->print)
		return class->print(render, value, out);
	buf_printf(out, "<%s object>", class->name);
	return 0;
}

/* An object prints what it holds, which may be the containers around it. */
static int repr_object(struct render *render, struct value value,
		       const struct frame *up, struct buf *out)
{
	const struct value_class *class = value.object->class;
	const void **printing = render_printing(render);
	const void *outer = *printing;
	int status;

	*printing = up;
	status = class->repr ? class->repr(render, value, out)
			     : print_object(render, value, out);
	*printing = outer;
	return status;
}

static int repr_in(struct render *render, struct value value,
		   const struct frame *up, struct buf *out)
{
	struct frame frame = {up, value.list, up ? up->depth + 1 : 1};

	switch (value.kind) {
	case VALUE_UNDEFINED:
		buf_puts(out, "Undefined");
		return 0;
	case VALUE_STRING:
		if (!(value.flags & VALUE_SAFE)) {
			repr_string(value, out);
			return 0;
		}
		buf_puts(out, "Markup(");
		repr_string(value, out);
		buf_putc(out, ')');
		return 0;
	case VALUE_LIST:
	case VALUE_TUPLE:
	case VALUE_DICT:
		if (frame.depth > NESTING_MAX)
			return render_fail(render, RENDER_LIMIT,
					   "containers nested too deeply");
		return value.kind == VALUE_DICT
			       ? repr_dict(render, value, &frame, out)
			       : repr_items(render, value, &frame, out);
	case VALUE_OBJECT:
		return repr_object(render, value, up, out);
	default:
		return value_print(render, value, out);
	}
}

int value_repr(struct render *render, struct value value, struct buf *out)
{
	return repr_in(render, value, *render_printing(render), out);
}

int value_print(struct render *render, struct value value, struct buf *out)
{
	switch (value.kind) {
	case VALUE_STRING:
		buf_append(out, value.bytes, value.length);
		return 0;
	case VALUE_INT:
		text_int(out, value.integer);
		return 0;
	case VALUE_ABSENT:
		return 0;
	case VALUE_UNDEFINED:
		return render_defined(render, value);
	case VALUE_NONE:
		buf_puts(out, "None");
		return 0;
	case VALUE_BOOL:
		buf_puts(out, value.truth ? "True" : "False");
		return 0;
	case VALUE_BIG:
		return big_print(render, value, out);
	case VALUE_FLOAT:
		text_float(out, value.number);
		return 0;
	case VALUE_OBJECT:
		return print_object(render, value, out);
	default:
		return value_repr(render, value, out);
	}
}
