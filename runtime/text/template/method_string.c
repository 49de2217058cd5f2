/* Padding, translating, and the table of all methods of strings. */
#include "runtime/text/template/method.h"

int string_pad(struct render *render, struct value *padded, int64_t left,
	       int64_t right, struct value fill)
{
	const struct value text = *padded;
	struct value *out = padded;
	size_t total;
	char *bytes;

	if (left < 0 || right < 0 || left > TEXT_MAX || right > TEXT_MAX)
		return render_fail(render, RENDER_LIMIT,
				   "a string of more than %d MiB",
				   TEXT_MAX >> 20);
	total = (size_t)(left + right) * fill.length + text.length;
	bytes = text_new(render, total, out);
	if (!bytes)
		return -1;
	for (int64_t i = 0; i < left; i++, bytes += fill.length)
		memcpy(bytes, fill.bytes, fill.length);
	if (text.length > 0)
		memcpy(bytes, text.bytes, text.length);
	bytes += text.length;
	for (int64_t i = 0; i < right; i++, bytes += fill.length)
		memcpy(bytes, fill.bytes, fill.length);
	out->flags = text.flags;
	return 0;
}

int string_center(struct render *render, struct value text, int64_t width,
		  struct value fill, struct value *out)
{
	int64_t length = value_length(text);
	int64_t more;
	int64_t left;

	*out = text;
	if (width <= length)
		return 0;
	more = width - length;
	left = more / 2 + (more & width & 1);
	return string_pad(render, out, left, more - left, fill);
}

static int bind_pad(struct call *call, int64_t *width, struct value *fill)
{
	static const char *const names[] = {"width", "fillchar", NULL};
	struct value arguments[2];

	if (call_bind(call, names, 1, arguments) ||
	    argument_int(call->render, arguments[0], width))
		return -1;
	*fill = arguments[1].kind == VALUE_ABSENT ? LITERAL(" ") : arguments[1];
	if (!is_string(*fill) || value_length(*fill) != 1)
		return fail_type(call->render,
				 "The fill character must be exactly one "
				 "character long");
	return 0;
}

static int str_center(struct call *call, struct value *out)
{
	struct value fill;
	int64_t width;

	if (bind_pad(call, &width, &fill))
		return -1;
	return string_center(call->render, call->subject, width, fill, out);
}

static int justify(struct call *call, bool left, struct value *out)
{
	int64_t length = value_length(call->subject);
	struct value fill;
	int64_t width;

	if (bind_pad(call, &width, &fill))
		return -1;
	*out = call->subject;
	if (width <= length)
		return 0;
	return string_pad(call->render, out, left ? 0 : width - length,
			  left ? width - length : 0, fill);
}

static int str_ljust(struct call *call, struct value *out)
{
	return justify(call, true, out);
}

static int str_rjust(struct call *call, struct value *out)
{
	return justify(call, false, out);
}

/* Zeros go behind a sign. */
static int str_zfill(struct call *call, struct value *out)
{
	static const char *const names[] = {"width", NULL};
	int64_t length = value_length(call->subject);
	struct value argument;
	int64_t width;
	char *bytes;

	if (call_bind(call, names, 1, &argument) ||
	    argument_int(call->render, argument, &width))
		return -1;
	*out = call->subject;
	if (width <= length)
		return 0;
	if (string_pad(call->render, out, width - length, 0, LITERAL("0")))
		return -1;
	bytes = (char *)out->bytes;
	if (length > 0 &&
	    (bytes[width - length] == '-' || bytes[width - length] == '+')) {
		bytes[0] = bytes[width - length];
		bytes[width - length] = '0';
	}
	return 0;
}

static int str_expandtabs(struct call *call, struct value *out)
{
	static const char *const names[] = {"tabsize", NULL};
	const char *at = call->subject.bytes;
	const char *end = at + call->subject.length;
	struct value argument;
	struct buf buf;
	int64_t column = 0;
	int64_t size;

	if (call_bind(call, names, 0, &argument) ||
	    argument_int_or(call->render, argument, 8, &size))
		return -1;
	text_init(&buf);
	while (at < end && !buf.full) {
		uint32_t point = unicode_next(&at, end);
		int64_t spaces = size > 0 ? size - column % size : 0;

		if (point != '\t') {
			text_point(&buf, point);
			column =
				point == '\n' || point == '\r' ? 0 : column + 1;
			continue;
		}
		column += spaces;
		for (; spaces > 0 && !buf.full; spaces--)
			buf_putc(&buf, ' ');
	}
	if (text_take(call->render, &buf, out))
		return -1;
	out->flags = call->subject.flags;
	return 0;
}

static int str_format(struct call *call, struct value *out)
{
	return format_brace(call, call->subject, out);
}

/* Named fields from the one dict that is the argument. */
static int str_format_map(struct call *call, struct value *out)
{
	static const char *const names[] = {"mapping", NULL};
	const struct value_entry *entry;
	struct call inner = *call;
	struct call_named *named;
	struct value mapping;
	uint32_t at = 0;

	if (call_bind(call, names, 1, &mapping))
		return -1;
	if (mapping.kind != VALUE_DICT)
		return fail_type(call->render,
				 "format_map() argument must be a mapping, "
				 "not %s",
				 value_type_name(mapping));
	named = room_new(call->render, mapping.dict->count + 1, sizeof(*named));
	if (!named)
		return -1;
	inner.count = inner.named_count = 0;
	inner.named = named;
	while ((entry = value_dict_next(mapping.dict, &at)))
		named[inner.named_count++] =
			(struct call_named){entry->key, entry->value};
	return format_brace(&inner, call->subject, out);
}

/* A dict from code points (or characters) to strings, numbers or none. */
static int str_translate(struct call *call, struct value *out)
{
	static const char *const names[] = {"table", NULL};
	const char *at = call->subject.bytes;
	const char *end = at + call->subject.length;
	struct value table;
	struct buf buf;

	if (call_bind(call, names, 1, &table))
		return -1;
	if (table.kind != VALUE_DICT)
		return fail_type(call->render,
				 "'%s' object is not subscriptable",
				 value_type_name(table));
	text_init(&buf);
	while (at < end) {
		uint32_t point = unicode_next(&at, end);
		const struct value *found =
			value_dict_get(table.dict, value_int(point));

		if (!found)
			text_point(&buf, point);
		else if (is_string(*found))
			buf_append(&buf, found->bytes, found->length);
		else if (found->kind == VALUE_INT && found->integer >= 0 &&
			 found->integer <= UNICODE_MAX)
			text_point(&buf, (uint32_t)found->integer);
	}
	return text_take(call->render, &buf, out);
}

#define METHOD(name)                                                           \
	{                                                                      \
#name, str_##name                                              \
	}

static const struct call_entry entries[] = {
	METHOD(capitalize),   METHOD(casefold),     METHOD(center),
	METHOD(count),        METHOD(endswith),     METHOD(expandtabs),
	METHOD(find),         METHOD(format),       METHOD(format_map),
	METHOD(index),        METHOD(join),         METHOD(ljust),
	METHOD(lower),        METHOD(lstrip),       METHOD(partition),
	METHOD(removeprefix), METHOD(removesuffix), METHOD(replace),
	METHOD(rfind),        METHOD(rindex),       METHOD(rjust),
	METHOD(rpartition),   METHOD(rsplit),       METHOD(rstrip),
	METHOD(split),        METHOD(splitlines),   METHOD(startswith),
	METHOD(strip),        METHOD(swapcase),     METHOD(title),
	METHOD(translate),    METHOD(upper),        METHOD(zfill),
};

const struct method_table string_methods = {entries, COUNT(entries)};
