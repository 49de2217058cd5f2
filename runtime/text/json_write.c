/* JSON as Python's json.dumps writes it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/json_value.h"
#include "runtime/text/number_text.h"
#include "runtime/text/unicode.h"

struct writer {
	const struct json_style *style;
	struct buf *out;
	struct error **err;
	int depth;
};

static int write_value(struct writer *writer, struct value value);

static void write_point(struct buf *out, uint32_t point, bool unicode)
{
	char bytes[4];

	if (point >= UNICODE_RAW)
		point = 0xfffd;
	if (unicode && point >= 0x80)
		buf_append(out, bytes, unicode_put(bytes, point));
	else if (point >= 0x10000)
		buf_printf(out, "\\u%04x\\u%04x",
			   0xd800 + ((point - 0x10000) >> 10),
			   0xdc00 + ((point - 0x10000) & 0x3ff));
	else if (point == 0x7f)
		buf_putc(out, 0x7f);
	else
		buf_printf(out, "\\u%04x", point);
}

static char short_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
		return c;
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	default:
		return 0;
	}
}

void json_write_string(struct buf *out, const char *bytes, size_t length,
		       bool unicode)
{
	const char *at = bytes;
	const char *end = bytes + length;
	const char *plain = bytes;

	buf_putc(out, '"');
	while (at < end) {
		unsigned char byte = (unsigned char)*at;
		char escape = short_escape(*at);

		if (byte >= 0x20 && byte < 0x7f && !escape) {
			at++;
			continue;
		}
		buf_append(out, plain, (size_t)(at - plain));
		if (escape) {
			buf_putc(out, '\\');
			buf_putc(out, escape);
			at++;
		} else {
			write_point(out, unicode_next(&at, end), unicode);
		}
		plain = at;
	}
	buf_append(out, plain, (size_t)(at - plain));
	buf_putc(out, '"');
}

static void write_float(struct buf *out, double number)
{
	if (isnan(number))
		buf_puts(out, "NaN");
	else if (isinf(number))
		buf_puts(out, number < 0 ? "-Infinity" : "Infinity");
	else
		text_float(out, number);
}

static int write_scalar(struct writer *writer, struct value value)
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
		write_float(writer->out, value.number);
		return 0;
	default:
		return -1;
	}
}

static void new_line(struct writer *writer)
{
	if (!writer->style->lines)
		return;
	buf_putc(writer->out, '\n');
	for (int i = 0; i < writer->depth * writer->style->indent; i++)
		buf_putc(writer->out, ' ');
}

static void between(struct writer *writer, bool first)
{
	const char *item = writer->style->item;

	if (!first)
		buf_puts(writer->out, item                   ? item
				      : writer->style->lines ? ","
							     : ", ");
	new_line(writer);
}

static int write_list(struct writer *writer, const struct value_list *list)
{
	if (list->count == 0) {
		buf_puts(writer->out, "[]");
		return 0;
	}
	buf_putc(writer->out, '[');
	writer->depth++;
	for (uint32_t i = 0; i < list->count; i++) {
		between(writer, i == 0);
		if (write_value(writer, list->items[i]))
			return -1;
	}
	writer->depth--;
	new_line(writer);
	buf_putc(writer->out, ']');
	return 0;
}

static int write_key(struct writer *writer, struct value key)
{
	if (key.kind == VALUE_STRING) {
		json_write_string(writer->out, key.bytes, key.length,
				  writer->style->unicode);
		return 0;
	}
	buf_putc(writer->out, '"');
	if (write_scalar(writer, key))
		return error_set(writer->err, ERROR_INVALID,
				 "keys must be str, int, float, bool or None, "
				 "not %s",
				 key.kind == VALUE_TUPLE ? "tuple" : "object");
	buf_putc(writer->out, '"');
	return 0;
}

static bool is_number(struct value value)
{
	return value.kind == VALUE_INT || value.kind == VALUE_BOOL ||
	       value.kind == VALUE_FLOAT;
}

static double number(struct value value)
{
	return value.kind == VALUE_FLOAT  ? value.number
	       : value.kind == VALUE_BOOL ? value.truth
					  : (double)value.integer;
}

static int compare_entries(const void *one, const void *other)
{
	const struct value_entry *a = one;
	const struct value_entry *b = other;
	uint32_t common;
	int order;

	if (a->key.kind != VALUE_STRING) {
		double left = number(a->key);
		double right = number(b->key);

		return left < right ? -1 : left > right;
	}
	common = a->key.length < b->key.length ? a->key.length : b->key.length;
	order = common ? memcmp(a->key.bytes, b->key.bytes, common) : 0;
	return order                           ? order
	       : a->key.length < b->key.length ? -1
					       : a->key.length > b->key.length;
}

/* Only keys of one sort have an order. */
static int check_order(struct writer *writer, const struct value_entry *entries,
		       uint32_t count)
{
	for (uint32_t i = 0; count > 1 && i < count; i++) {
		struct value key = entries[i].key;
		bool string = entries[0].key.kind == VALUE_STRING;

		if (string ? key.kind != VALUE_STRING : !is_number(key))
			return error_set(writer->err, ERROR_INVALID,
					 "'<' not supported between keys of "
					 "different types");
	}
	return 0;
}

static int write_entries(struct writer *writer,
			 const struct value_entry *entries, uint32_t count)
{
	const char *colon = writer->style->key ? writer->style->key : ": ";

	buf_putc(writer->out, '{');
	writer->depth++;
	for (uint32_t i = 0; i < count; i++) {
		between(writer, i == 0);
		if (write_key(writer, entries[i].key))
			return -1;
		buf_puts(writer->out, colon);
		if (write_value(writer, entries[i].value))
			return -1;
	}
	writer->depth--;
	new_line(writer);
	buf_putc(writer->out, '}');
	return 0;
}

static int write_dict(struct writer *writer, const struct value_dict *dict)
{
	const struct value_entry *entry;
	struct value_entry *entries;
	uint32_t count = 0;
	uint32_t at = 0;
	int status = 0;

	if (dict->count == 0) {
		buf_puts(writer->out, "{}");
		return 0;
	}
	entries = mem_array(dict->count, sizeof(*entries));
	while ((entry = value_dict_next(dict, &at)))
		entries[count++] = *entry;
	if (writer->style->sort_keys) {
		status = check_order(writer, entries, count);
		if (status == 0)
			qsort(entries, count, sizeof(*entries),
			      compare_entries);
	}
	if (status == 0)
		status = write_entries(writer, entries, count);
	mem_free(entries);
	return status;
}

static int write_value(struct writer *writer, struct value value)
{
	if (writer->depth > JSON_DEPTH_MAX)
		return error_set(writer->err, ERROR_LIMIT,
				 "containers nested too deeply");
	if (writer->out->full)
		return error_set(writer->err, ERROR_LIMIT,
				 "the JSON text is too large");
	switch (value.kind) {
	case VALUE_STRING:
		json_write_string(writer->out, value.bytes, value.length,
				  writer->style->unicode);
		return 0;
	case VALUE_LIST:
	case VALUE_TUPLE:
		return write_list(writer, value.list);
	case VALUE_DICT:
		return write_dict(writer, value.dict);
	default:
		if (write_scalar(writer, value) == 0)
			return 0;
		return error_set(writer->err, ERROR_INVALID,
				 "Object of type %s is not JSON serializable",
				 value.kind == VALUE_OBJECT ? "object"
							    : "Undefined");
	}
}

int json_value_write(struct value value, const struct json_style *style,
		     struct buf *out, struct error **err)
{
	struct writer writer = {style, out, err, 0};

	return write_value(&writer, value);
}
