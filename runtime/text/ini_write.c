#include "runtime/text/ini_write.h"

#include <math.h>
#include <string.h>

#include "runtime/text/document.h"
#include "runtime/text/number_text.h"

struct writer {
	struct buf *out;
	struct error **err;
};

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static int refuse(struct writer *writer, const char *what, struct value key)
{
	int length = key.kind == VALUE_STRING && key.length < 200
			     ? (int)key.length
			     : 0;

	return error_set(writer->err, ERROR_INVALID, "%s: '%.*s'", what, length,
			 length ? key.bytes : "");
}

/* Is a string read as it is when it stands without quotes? */
static bool is_bare(const char *text, size_t length)
{
	if (length == 0 || blank(*text) || blank(text[length - 1]) ||
	    *text == '"' || *text == '\'' || *text == ';' || *text == '#' ||
	    text[length - 1] == '\\')
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
		if ((c == ';' || c == '#') && blank(text[i - 1]))
			return false;
	}
	return true;
}

static void put_quoted(struct buf *out, const char *text, size_t length)
{
	static const char codes[] = "\"\\\n\r\t";
	static const char letters[] = "\"\\nrt";

	buf_putc(out, '"');
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		const char *found = c ? strchr(codes, c) : NULL;

		if (found)
			buf_printf(out, "\\%c", letters[found - codes]);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\x%02x", c);
		else
			buf_putc(out, (char)c);
	}
	buf_putc(out, '"');
}

/* A name of a key or section that is read again as it is. */
static int check_name(struct writer *writer, struct value key, bool section)
{
	const char *text = key.bytes;

	if (key.kind == VALUE_INT)
		return 0;
	if (key.kind != VALUE_STRING || key.length == 0)
		return refuse(writer, "a name in INI must be text", key);
	if (document_utf8(text, key.length) < key.length)
		return refuse(writer, "a name that is no UTF-8", key);
	if (blank(*text) || blank(text[key.length - 1]))
		return refuse(writer, "a name cannot begin or end with a blank",
			      key);
	if (!section &&
	    ((*text && strchr("[;#=:", *text)) ||
	     (key.length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)))
		return refuse(writer, "no key can begin like this", key);
	for (uint32_t i = 0; i < key.length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f ||
		    (section ? c == ']' : c == '=' || c == ':') ||
		    (!section && i > 0 && (c == ';' || c == '#') &&
		     blank(text[i - 1])))
			return refuse(writer,
				      "INI has no way to write this name", key);
	}
	return 0;
}

static void put_name(struct writer *writer, struct value key)
{
	if (key.kind == VALUE_INT)
		text_int(writer->out, key.integer);
	else
		buf_append(writer->out, key.bytes, key.length);
}

static int put_scalar(struct writer *writer, struct value key,
		      struct value value)
{
	put_name(writer, key);
	buf_puts(writer->out, " = ");
	switch (value.kind) {
	case VALUE_BOOL:
		buf_puts(writer->out, value.truth ? "true" : "false");
		break;
	case VALUE_INT:
		text_int(writer->out, value.integer);
		break;
	case VALUE_BIG:
		text_big(writer->out, value.big);
		break;
	case VALUE_FLOAT:
		text_float(writer->out, value.number);
		break;
	case VALUE_STRING:
		if (document_utf8(value.bytes, value.length) < value.length)
			return refuse(writer, "a value that is no UTF-8", key);
		if (is_bare(value.bytes, value.length))
			buf_append(writer->out, value.bytes, value.length);
		else
			put_quoted(writer->out, value.bytes, value.length);
		break;
	default:
		return refuse(writer,
			      value.kind == VALUE_NONE
				      ? "INI has no null"
				      : "INI has no values in values",
			      key);
	}
	buf_putc(writer->out, '\n');
	return 0;
}

static int put_pair(struct writer *writer, const struct value_entry *entry)
{
	struct value value = entry->value;

	if (check_name(writer, entry->key, false) < 0)
		return -1;
	if (value.kind != VALUE_LIST && value.kind != VALUE_TUPLE)
		return put_scalar(writer, entry->key, value);
	for (uint32_t i = 0; i < value.list->count; i++)
		if (put_scalar(writer, entry->key, value.list->items[i]) < 0)
			return -1;
	return 0;
}

static int put_section(struct writer *writer, const struct value_entry *section)
{
	struct value_entry *entry;
	uint32_t at = 0;

	if (check_name(writer, section->key, true) < 0)
		return -1;
	if (writer->out->length > 0)
		buf_putc(writer->out, '\n');
	buf_putc(writer->out, '[');
	put_name(writer, section->key);
	buf_puts(writer->out, "]\n");
	while ((entry = value_dict_next(section->value.dict, &at)))
		if (put_pair(writer, entry) < 0)
			return -1;
	return 0;
}

int ini_write(struct value value, struct buf *out, struct error **err)
{
	struct writer writer = {.out = out, .err = err};
	struct value_entry *entry;
	uint32_t at = 0;

	if (value.kind != VALUE_DICT)
		return error_set(err, ERROR_INVALID, "%s",
				 "an INI file is a table of keys and sections");
	while ((entry = value_dict_next(value.dict, &at)))
		if (entry->value.kind != VALUE_DICT &&
		    put_pair(&writer, entry) < 0)
			return -1;
	at = 0;
	while ((entry = value_dict_next(value.dict, &at)))
		if (entry->value.kind == VALUE_DICT &&
		    put_section(&writer, entry) < 0)
			return -1;
	if (out->full)
		return error_set(err, ERROR_LIMIT,
				 "the INI file would have more than %zu bytes",
				 out->max);
	return 0;
}
