/* Lines of TOML: headers, and the tables they make. */
#include "runtime/text/toml_read.h"

#include <stdarg.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/toml_parts.h"

int toml_error(struct toml_reader *reader, const char *at, const char *format,
	       ...)
{
	const struct document *document = reader->document;
	va_list args;
	char *what;

	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	document_error(document,
		       document_place(document, (size_t)(at - document->text)),
		       reader->err, "%s", what);
	mem_free(what);
	return -1;
}

struct place toml_place(struct toml_reader *reader)
{
	for (; reader->mark < reader->at; reader->mark++) {
		if (*reader->mark == '\n')
			reader->place =
				(struct place){reader->place.line + 1, 1};
		else if ((*reader->mark & 0xc0) != 0x80)
			reader->place.column++;
	}
	return reader->place;
}

bool toml_take(struct toml_reader *reader, const char *text)
{
	size_t length = strlen(text);

	if ((size_t)(reader->end - reader->at) < length ||
	    memcmp(reader->at, text, length) != 0)
		return false;
	reader->at += length;
	return true;
}

void toml_blanks(struct toml_reader *reader)
{
	while (reader->at < reader->end &&
	       (*reader->at == ' ' || *reader->at == '\t'))
		reader->at++;
}

/* A comment, up to the end of its line. */
static int pass_comment(struct toml_reader *reader)
{
	for (; reader->at < reader->end && *reader->at != '\n'; reader->at++) {
		unsigned char c = (unsigned char)*reader->at;

		if (c == '\r' && reader->at + 1 < reader->end &&
		    reader->at[1] == '\n')
			continue;
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return toml_error(reader, reader->at,
					  "a control character (%#04x) in a "
					  "comment",
					  c);
	}
	return 0;
}

int toml_lines(struct toml_reader *reader)
{
	for (;;) {
		toml_blanks(reader);
		if (reader->at < reader->end && *reader->at == '#' &&
		    pass_comment(reader) < 0)
			return -1;
		if (!toml_take(reader, "\n") && !toml_take(reader, "\r\n"))
			return 0;
	}
}

/* Nothing but a comment may follow in the line. */
static int finish_line(struct toml_reader *reader, const char *after)
{
	toml_blanks(reader);
	if (reader->at < reader->end && *reader->at == '#' &&
	    pass_comment(reader) < 0)
		return -1;
	if (reader->at == reader->end || toml_take(reader, "\n") ||
	    toml_take(reader, "\r\n"))
		return 0;
	return toml_error(reader, reader->at,
			  "the line should end after the %s", after);
}

struct value toml_table_new(struct toml_reader *reader, enum toml_origin origin)
{
	struct toml_table *table = arena_alloc(reader->arena, sizeof(*table));

	*table = (struct toml_table){.origin = origin,
				     .section = reader->section};
	return (struct value){.kind = VALUE_DICT, .dict = &table->dict};
}

/* The key that was begun last is the next of `dict`. */
static void note_key(struct toml_reader *reader, struct value_dict *dict)
{
	if (reader->document->places)
		places_set(reader->document->places, dict, dict->used,
			   reader->place);
}

/* The header's key names something that is no table. */
static int no_table(struct toml_reader *reader, const char *at,
		    struct value key)
{
	return toml_error(reader, at, "'%.*s' is a value already, no table",
			  (int)(key.length < 200 ? key.length : 200),
			  key.bytes);
}

/* The table in `table` under `key`, on the way to the one of the header. */
static struct toml_table *descend(struct toml_reader *reader,
				  struct toml_table *table, struct value key,
				  const char *at)
{
	struct value *found = value_dict_get(&table->dict, key);

	if (!found) {
		struct value made = toml_table_new(reader, TOML_IMPLIED);

		note_key(reader, &table->dict);
		value_dict_set(reader->arena, &table->dict, key, made);
		return (struct toml_table *)made.dict;
	}
	if (found->kind == VALUE_LIST &&
	    ((struct toml_array *)found->list)->tables)
		found = &found->list->items[found->list->count - 1];
	if (found->kind != VALUE_DICT ||
	    ((struct toml_table *)found->dict)->origin == TOML_INLINE) {
		no_table(reader, at, key);
		return NULL;
	}
	return (struct toml_table *)found->dict;
}

/* The table of [header]. */
static struct toml_table *open_table(struct toml_reader *reader,
				     struct toml_table *parent,
				     struct value key, const char *at)
{
	struct value *found = value_dict_get(&parent->dict, key);
	struct toml_table *table;

	if (!found) {
		table = descend(reader, parent, key, at);
		table->origin = TOML_HEADER;
		return table;
	}
	if (found->kind != VALUE_DICT) {
		no_table(reader, at, key);
		return NULL;
	}
	table = (struct toml_table *)found->dict;
	if (table->origin != TOML_IMPLIED) {
		toml_error(reader, at, "the table '%.*s' is defined already",
			   (int)(key.length < 200 ? key.length : 200),
			   key.bytes);
		return NULL;
	}
	table->origin = TOML_HEADER;
	return table;
}

/* A new table at the end of the array of [[header]]. */
static struct toml_table *open_item(struct toml_reader *reader,
				    struct toml_table *parent, struct value key,
				    const char *at)
{
	struct value *found = value_dict_get(&parent->dict, key);
	struct value item = toml_table_new(reader, TOML_HEADER);
	struct toml_array *array;

	if (found && (found->kind != VALUE_LIST ||
		      !((struct toml_array *)found->list)->tables)) {
		toml_error(reader, at, "'%.*s' is no array of tables",
			   (int)(key.length < 200 ? key.length : 200),
			   key.bytes);
		return NULL;
	}
	if (!found) {
		array = arena_alloc(reader->arena, sizeof(*array));
		*array = (struct toml_array){.tables = true};
		note_key(reader, &parent->dict);
		value_dict_set(reader->arena, &parent->dict, key,
			       (struct value){.kind = VALUE_LIST,
					      .list = &array->list});
	} else {
		array = (struct toml_array *)found->list;
	}
	if (reader->document->places)
		places_set(reader->document->places, &array->list,
			   array->list.count, reader->place);
	value_list_add(reader->arena, &array->list, item);
	return (struct toml_table *)item.dict;
}

/* The header after its brackets: the table that the next lines fill. */
static struct toml_table *read_header(struct toml_reader *reader,
				      struct toml_table *root, bool item)
{
	struct toml_table *table = root;

	for (uint32_t depth = 0;; depth++) {
		struct value key;
		const char *at;

		toml_blanks(reader);
		at = reader->at;
		if (depth >= document_depth(reader->document)) {
			toml_error(reader, at, "nested too deeply");
			return NULL;
		}
		toml_place(reader);
		if (toml_key_part(reader, &key) < 0)
			return NULL;
		toml_blanks(reader);
		if (!toml_take(reader, "."))
			return item ? open_item(reader, table, key, at)
				    : open_table(reader, table, key, at);
		table = descend(reader, table, key, at);
		if (!table)
			return NULL;
	}
}

static int read_line(struct toml_reader *reader, struct toml_table *root,
		     struct toml_table **table)
{
	bool item = toml_take(reader, "[[");

	if (!item && !toml_take(reader, "["))
		return toml_pair(reader, *table) < 0
			       ? -1
			       : finish_line(reader, "value");
	reader->section = ++reader->sections;
	*table = read_header(reader, root, item);
	if (!*table)
		return -1;
	if (!toml_take(reader, item ? "]]" : "]"))
		return toml_error(reader, reader->at,
				  "the table's name should end with '%s'",
				  item ? "]]" : "]");
	return finish_line(reader, "table's name");
}

int toml_read(const struct document *document, struct arena *arena,
	      struct value *value, struct error **err)
{
	struct toml_reader reader = {.document = document,
				     .arena = arena,
				     .err = err,
				     .at = document->text,
				     .end = document->text + document->length,
				     .place = {1, 1}};
	struct toml_table *root, *table;
	size_t valid;

	if (document_check(document, arena, err) < 0)
		return -1;
	valid = document_utf8(document->text, document->length);
	if (valid < document->length)
		return toml_error(&reader, document->text + valid,
				  "this is no UTF-8");
	toml_take(&reader, "\xef\xbb\xbf");
	reader.mark = reader.at;
	*value = toml_table_new(&reader, TOML_HEADER);
	root = table = (struct toml_table *)value->dict;
	if (document->places)
		places_set(document->places, NULL, 0, reader.place);
	for (;;) {
		if (toml_lines(&reader) < 0)
			return -1;
		if (reader.at == reader.end)
			return 0;
		if (read_line(&reader, root, &table) < 0)
			return -1;
	}
}
