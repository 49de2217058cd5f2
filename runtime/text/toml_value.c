/* Keys with their values, arrays and inline tables of TOML. */
#include <string.h>

#include "runtime/text/toml_parts.h"

static bool is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

int toml_key_part(struct toml_reader *reader, struct value *key)
{
	const char *start = reader->at;

	if (start < reader->end && (*start == '"' || *start == '\'')) {
		if (reader->end - start >= 3 && start[1] == *start &&
		    start[2] == *start)
			return toml_error(reader, start,
					  "a key is no string of many lines");
		return toml_string(reader, key);
	}
	while (reader->at < reader->end && is_bare(*reader->at))
		reader->at++;
	if (reader->at == start)
		return toml_error(reader, start, "a key should be here");
	*key = value_string(reader->arena, start, (size_t)(reader->at - start));
	return 0;
}

static int known_already(struct toml_reader *reader,
			 const struct value_dict *dict, struct value key,
			 const char *at)
{
	const struct places *places = reader->document->places;
	struct place first =
		places ? places_key(places, dict, key) : (struct place){0, 0};
	int length = (int)(key.length < 200 ? key.length : 200);

	if (first.line)
		return toml_error(reader, at,
				  "the key '%.*s' has a value already, in "
				  "line %u",
				  length, key.bytes, first.line);
	return toml_error(reader, at, "the key '%.*s' has a value already",
			  length, key.bytes);
}

/* The table that a dotted key leads to by one more part. */
static struct toml_table *step(struct toml_reader *reader,
			       struct toml_table *table, struct value key,
			       const char *at)
{
	struct value *found = value_dict_get(&table->dict, key);
	struct toml_table *next;

	if (!found) {
		struct value made = toml_table_new(reader, TOML_DOTTED);

		if (reader->document->places)
			places_set(reader->document->places, &table->dict,
				   table->dict.used, reader->place);
		value_dict_set(reader->arena, &table->dict, key, made);
		return (struct toml_table *)made.dict;
	}
	next = found->kind == VALUE_DICT ? (struct toml_table *)found->dict
					 : NULL;
	if (!next || next->origin == TOML_INLINE ||
	    next->origin == TOML_HEADER ||
	    (next->origin == TOML_DOTTED && next->section != reader->section)) {
		toml_error(reader, at,
			   next ? "the table '%.*s' is complete already: "
				  "nothing can be added here"
				: "'%.*s' is a value already, no table",
			   (int)(key.length < 200 ? key.length : 200),
			   key.bytes);
		return NULL;
	}
	next->origin = TOML_DOTTED;
	next->section = reader->section;
	return next;
}

int toml_pair(struct toml_reader *reader, struct toml_table *table)
{
	struct value key = value_none(), value = key;
	struct place place;
	const char *at;

	for (uint32_t depth = 0;; depth++) {
		at = reader->at;
		place = toml_place(reader);
		if (reader->depth + depth >= document_depth(reader->document))
			return toml_error(reader, at, "nested too deeply");
		if (toml_key_part(reader, &key) < 0)
			return -1;
		toml_blanks(reader);
		if (!toml_take(reader, "."))
			break;
		toml_blanks(reader);
		table = step(reader, table, key, at);
		if (!table)
			return -1;
	}
	if (value_dict_get(&table->dict, key))
		return known_already(reader, &table->dict, key, at);
	if (!toml_take(reader, "="))
		return toml_error(
			reader, reader->at, "'=' should follow the key '%.*s'",
			(int)(key.length < 200 ? key.length : 200), key.bytes);
	toml_blanks(reader);
	if (reader->document->places)
		places_set(reader->document->places, &table->dict,
			   table->dict.used, place);
	if (toml_value(reader, &value) < 0)
		return -1;
	value_dict_set(reader->arena, &table->dict, key, value);
	return 0;
}

static int read_array(struct toml_reader *reader, struct value *value)
{
	struct toml_array *array = arena_alloc(reader->arena, sizeof(*array));

	*array = (struct toml_array){.tables = false};
	*value = (struct value){.kind = VALUE_LIST, .list = &array->list};
	for (;;) {
		struct value item = value_none();

		if (toml_lines(reader) < 0)
			return -1;
		if (toml_take(reader, "]"))
			return 0;
		if (reader->document->places)
			places_set(reader->document->places, &array->list,
				   array->list.count, toml_place(reader));
		if (toml_value(reader, &item) < 0)
			return -1;
		value_list_add(reader->arena, &array->list, item);
		if (toml_lines(reader) < 0)
			return -1;
		if (toml_take(reader, "]"))
			return 0;
		if (!toml_take(reader, ","))
			return toml_error(reader, reader->at,
					  "',' or ']' should follow the item "
					  "of an array");
	}
}

static int read_pairs(struct toml_reader *reader, struct toml_table *table)
{
	toml_blanks(reader);
	if (toml_take(reader, "}"))
		return 0;
	for (;;) {
		toml_blanks(reader);
		if (toml_pair(reader, table) < 0)
			return -1;
		toml_blanks(reader);
		if (toml_take(reader, "}"))
			return 0;
		if (!toml_take(reader, ","))
			return toml_error(reader, reader->at,
					  "',' or '}' should follow in an "
					  "inline table, in one line");
	}
}

static int read_table(struct toml_reader *reader, struct value *value)
{
	uint32_t outer = reader->section;
	int result;

	reader->section = ++reader->sections;
	*value = toml_table_new(reader, TOML_INLINE);
	result = read_pairs(reader, (struct toml_table *)value->dict);
	reader->section = outer;
	return result;
}

int toml_value(struct toml_reader *reader, struct value *value)
{
	const char *start = reader->at;
	int result;

	if (start == reader->end || *start == '\n' || *start == '\r' ||
	    *start == '#')
		return toml_error(reader, start, "a value should be here");
	if (++reader->nodes > document_nodes(reader->document) ||
	    arena_full(reader->arena)) {
		toml_error(reader, start, "too many values");
		if (reader->err && *reader->err)
			(*reader->err)->code = ERROR_LIMIT;
		return -1;
	}
	if (*start == '"' || *start == '\'')
		return toml_string(reader, value);
	if (*start != '[' && *start != '{')
		return toml_scalar(reader, value);
	if (reader->depth >= document_depth(reader->document))
		return toml_error(reader, start, "nested too deeply");
	reader->at++;
	reader->depth++;
	result = *start == '[' ? read_array(reader, value)
			       : read_table(reader, value);
	reader->depth--;
	return result;
}
