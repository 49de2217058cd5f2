#include "runtime/text/toml_write.h"

#include <math.h>
#include <string.h>

#include "runtime/text/document.h"
#include "runtime/text/number_text.h"

/* The names that lead to a table, for its header and for messages. */
struct name {
	const struct name *up;
	struct value key;
};

struct writer {
	struct buf *out;
	struct error **err;
	const struct name *name;
	unsigned depth;
};

static int put_value(struct writer *writer, struct value value);

static bool is_bare(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return length > 0;
}

/* One character of a string; with `lines`, line ends as they are. */
static void put_character(struct buf *out, char c, bool lines)
{
	static const char codes[] = "\"\\\b\t\n\f\r";
	static const char letters[] = "\"\\btnfr";
	const char *found = c ? strchr(codes, c) : NULL;

	if (lines && (c == '\n' || c == '\t'))
		found = NULL;
	if (found)
		buf_printf(out, "\\%c", letters[found - codes]);
	else if ((c >= 0 && c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
		buf_printf(out, "\\u%04X", (unsigned)c);
	else
		buf_putc(out, c);
}

static void put_string(struct buf *out, const char *text, size_t length,
		       bool lines)
{
	const char *quotes = lines ? "\"\"\"" : "\"";

	buf_puts(out, quotes);
	if (lines)
		buf_putc(out, '\n');
	for (size_t i = 0; i < length; i++)
		put_character(out, text[i], lines);
	buf_puts(out, quotes);
}

static void put_key(struct buf *out, struct value key)
{
	if (key.kind == VALUE_INT)
		text_int(out, key.integer);
	else if (is_bare(key.bytes, key.length))
		buf_append(out, key.bytes, key.length);
	else
		put_string(out, key.bytes, key.length, false);
}

static void put_path(struct buf *out, const struct name *name)
{
	if (name->up) {
		put_path(out, name->up);
		buf_putc(out, '.');
	}
	put_key(out, name->key);
}

static int refuse(struct writer *writer, const char *what)
{
	struct buf path;
	int result;

	if (!writer->name || writer->depth > 20)
		return error_set(writer->err, ERROR_INVALID, "%s", what);
	buf_init(&path, 500);
	put_path(&path, writer->name);
	result = error_set(writer->err, ERROR_INVALID, "%s at '%s'", what,
			   path.data ? path.data : "");
	buf_release(&path);
	return result;
}

static int check_key(struct writer *writer, struct value key)
{
	if (key.kind == VALUE_INT)
		return 0;
	if (key.kind != VALUE_STRING)
		return refuse(writer, "a key of TOML must be text");
	if (document_utf8(key.bytes, key.length) < key.length)
		return refuse(writer, "a key that is no UTF-8");
	return 0;
}

static void put_float(struct buf *out, double number)
{
	if (isnan(number))
		buf_puts(out, "nan");
	else if (isinf(number))
		buf_puts(out, number > 0 ? "inf" : "-inf");
	else
		text_float(out, number);
}

static int put_text(struct writer *writer, struct value value)
{
	if (document_utf8(value.bytes, value.length) < value.length)
		return refuse(writer, "a string that is no UTF-8");
	put_string(writer->out, value.bytes, value.length,
		   value.length > 0 && memchr(value.bytes, '\n', value.length));
	return 0;
}

static int put_list(struct writer *writer, const struct value_list *list)
{
	buf_putc(writer->out, '[');
	for (uint32_t i = 0; i < list->count; i++) {
		if (i > 0)
			buf_puts(writer->out, ", ");
		if (put_value(writer, list->items[i]) < 0)
			return -1;
	}
	buf_putc(writer->out, ']');
	return 0;
}

/* key = value */
static int put_pair(struct writer *writer, const struct value_entry *entry)
{
	struct name name = {writer->name, entry->key};
	int result;

	if (check_key(writer, entry->key) < 0)
		return -1;
	put_key(writer->out, entry->key);
	buf_puts(writer->out, " = ");
	writer->name = &name;
	result = put_value(writer, entry->value);
	writer->name = name.up;
	return result;
}

static int put_inline(struct writer *writer, const struct value_dict *dict)
{
	struct value_entry *entry;
	uint32_t at = 0;
	bool first = true;

	buf_putc(writer->out, '{');
	while ((entry = value_dict_next(dict, &at))) {
		buf_puts(writer->out, first ? " " : ", ");
		first = false;
		if (put_pair(writer, entry) < 0)
			return -1;
	}
	buf_puts(writer->out, first ? "}" : " }");
	return 0;
}

static int put_container(struct writer *writer, struct value value)
{
	int result;

	if (writer->depth >= DOCUMENT_DEPTH)
		return refuse(writer, "values are nested too deeply for TOML, "
				      "or hold themselves");
	writer->depth++;
	result = value.kind == VALUE_DICT ? put_inline(writer, value.dict)
					  : put_list(writer, value.list);
	writer->depth--;
	return result;
}

static int put_value(struct writer *writer, struct value value)
{
	switch (value.kind) {
	case VALUE_BOOL:
		buf_puts(writer->out, value.truth ? "true" : "false");
		return 0;
	case VALUE_INT:
		text_int(writer->out, value.integer);
		return 0;
	case VALUE_FLOAT:
		put_float(writer->out, value.number);
		return 0;
	case VALUE_STRING:
		return put_text(writer, value);
	case VALUE_LIST:
	case VALUE_TUPLE:
	case VALUE_DICT:
		return put_container(writer, value);
	case VALUE_NONE:
		return refuse(writer, "TOML has no null");
	case VALUE_BIG:
		return refuse(writer, "an integer of more than 64 bits");
	default:
		return refuse(writer, "an object of a template");
	}
}

/* A list of dicts, and of nothing else? */
static bool is_tables(struct value value)
{
	if (value.kind != VALUE_LIST && value.kind != VALUE_TUPLE)
		return false;
	for (uint32_t i = 0; i < value.list->count; i++)
		if (value.list->items[i].kind != VALUE_DICT)
			return false;
	return value.list->count > 0;
}

static void put_header(struct writer *writer, bool item)
{
	if (writer->out->length > 0)
		buf_putc(writer->out, '\n');
	buf_puts(writer->out, item ? "[[" : "[");
	put_path(writer->out, writer->name);
	buf_puts(writer->out, item ? "]]\n" : "]\n");
}

static int put_table(struct writer *writer, const struct value_dict *dict,
		     bool item);

/* An entry that has headers of its own. */
static int put_tables(struct writer *writer, const struct value_entry *entry)
{
	struct name name = {writer->name, entry->key};
	struct value value = entry->value;
	int result = 0;

	if (check_key(writer, entry->key) < 0)
		return -1;
	writer->name = &name;
	if (value.kind == VALUE_DICT)
		result = put_table(writer, value.dict, false);
	else
		for (uint32_t i = 0; i < value.list->count && result == 0; i++)
			result = put_table(writer, value.list->items[i].dict,
					   true);
	writer->name = name.up;
	return result;
}

/* The lines of a table, then the tables in it. */
static int put_entries(struct writer *writer, const struct value_dict *dict)
{
	struct value_entry *entry;
	uint32_t at = 0;

	while ((entry = value_dict_next(dict, &at))) {
		if (entry->value.kind == VALUE_DICT || is_tables(entry->value))
			continue;
		if (put_pair(writer, entry) < 0)
			return -1;
		buf_putc(writer->out, '\n');
	}
	at = 0;
	while ((entry = value_dict_next(dict, &at)))
		if ((entry->value.kind == VALUE_DICT ||
		     is_tables(entry->value)) &&
		    put_tables(writer, entry) < 0)
			return -1;
	return 0;
}

/* Does a table need no header, because those of its tables imply it? */
static bool is_implied(const struct value_dict *dict)
{
	struct value_entry *entry;
	uint32_t at = 0;

	while ((entry = value_dict_next(dict, &at)))
		if (entry->value.kind != VALUE_DICT && !is_tables(entry->value))
			return false;
	return dict->count > 0;
}

static int put_table(struct writer *writer, const struct value_dict *dict,
		     bool item)
{
	int result;

	if (writer->depth >= DOCUMENT_DEPTH)
		return refuse(writer, "values are nested too deeply for TOML, "
				      "or hold themselves");
	writer->depth++;
	if (item || !is_implied(dict))
		put_header(writer, item);
	result = put_entries(writer, dict);
	writer->depth--;
	return result;
}

int toml_write(struct value value, struct buf *out, struct error **err)
{
	struct writer writer = {.out = out, .err = err};

	if (value.kind != VALUE_DICT)
		return error_set(err, ERROR_INVALID,
				 "a TOML document is a table of keys, not %s",
				 value.kind == VALUE_LIST ? "a list"
							  : "a single value");
	if (put_entries(&writer, value.dict) < 0)
		return -1;
	if (out->full)
		return error_set(err, ERROR_LIMIT,
				 "the TOML would have more than %zu bytes",
				 out->max);
	return 0;
}
