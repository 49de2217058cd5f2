/* Scalars of YAML in their document: quoted, tagged, and warned of. */
#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/text/base64.h"
#include "runtime/text/yaml_parts.h"
#include "runtime/text/yaml_scalar.h"

/* An equal value, as far as scalars go. */
static bool same(struct value left, struct value right)
{
	return left.kind == right.kind &&
	       (value_same_key(left, right) || left.kind == VALUE_FLOAT);
}

static const char *kind_name(struct value value)
{
	switch (value.kind) {
	case VALUE_NONE:
		return "null";
	case VALUE_BOOL:
		return value.truth ? "true" : "false";
	case VALUE_INT:
	case VALUE_BIG:
		return "an integer";
	case VALUE_FLOAT:
		return "a float";
	default:
		return "a string";
	}
}

/* Tell of a plain scalar that YAML 1.1 reads otherwise. */
static void compare(struct yaml_reader *reader, struct value value,
		    const char *text, size_t length)
{
	const struct document *document = reader->document;
	struct value old = yaml_resolve(reader->arena, true, text, length);
	struct buf message;

	if (value.kind == VALUE_STRING && yaml_is_date(text, length))
		old.kind = VALUE_OBJECT;
	else if (same(value, old))
		return;
	buf_init(&message, 500);
	buf_printf(&message, "'%.*s' is %s here, but ",
		   (int)(length < 100 ? length : 100), text, kind_name(value));
	if (old.kind == VALUE_OBJECT)
		buf_puts(&message, "a date");
	else if (old.kind == VALUE_INT)
		buf_printf(&message, "%lld", (long long)old.integer);
	else
		buf_puts(&message, kind_name(old));
	buf_puts(&message, " in YAML 1.1");
	document->warn(document->context, yaml_place(reader), message.data);
	buf_release(&message);
}

static int wrong(struct yaml_reader *reader, const char *what)
{
	return document_error(reader->document, yaml_place(reader), reader->err,
			      "this scalar is not %s, as its tag says", what);
}

static int read_binary(struct yaml_reader *reader, struct value *value)
{
	struct buf bytes;
	int result = 0;

	buf_init(&bytes, value->length);
	if (base64_read(&bytes, value->bytes, value->length))
		*value = value_string(reader->arena, bytes.data, bytes.length);
	else
		result = wrong(reader, "base64");
	buf_release(&bytes);
	return result;
}

/* The tag says what the text must be. */
static int read_tagged(struct yaml_reader *reader, const unsigned char *tag,
		       struct value *value)
{
	bool old = reader->flags & YAML_1_1;
	struct value meant =
		yaml_resolve(reader->arena, old, value->bytes, value->length);

	if (yaml_tag_is(tag, "str") || yaml_tag_is(tag, "timestamp"))
		return 0;
	if (yaml_tag_is(tag, "binary"))
		return read_binary(reader, value);
	if (yaml_tag_is(tag, "null") || yaml_tag_is(tag, "bool") ||
	    yaml_tag_is(tag, "int"))
		*value = meant;
	else if (yaml_tag_is(tag, "float"))
		*value = meant.kind == VALUE_INT
				 ? value_float((double)meant.integer)
				 : meant;
	else
		return yaml_unknown_tag(reader, tag, "scalar");
	if (yaml_tag_is(tag, "null") && value->kind != VALUE_NONE)
		return wrong(reader, "null");
	if (yaml_tag_is(tag, "bool") && value->kind != VALUE_BOOL)
		return wrong(reader, "a boolean");
	if (yaml_tag_is(tag, "int") && value->kind != VALUE_INT &&
	    value->kind != VALUE_BIG)
		return wrong(reader, "an integer");
	if (yaml_tag_is(tag, "float") && value->kind != VALUE_FLOAT)
		return wrong(reader, "a float");
	return 0;
}

int yaml_scalar(struct yaml_reader *reader, struct value *value)
{
	const char *text = (const char *)reader->event.data.scalar.value;
	size_t length = reader->event.data.scalar.length;
	const unsigned char *tag = reader->event.data.scalar.tag;
	bool plain = reader->event.data.scalar.plain_implicit;

	if (!tag && plain) {
		*value = yaml_resolve(reader->arena, reader->flags & YAML_1_1,
				      text, length);
		if (reader->document->warn && !(reader->flags & YAML_1_1))
			compare(reader, *value, text, length);
		if (value->kind != VALUE_STRING)
			return 0;
	}
	*value = value_string(reader->arena, text, length);
	return tag ? read_tagged(reader, tag, value) : 0;
}
