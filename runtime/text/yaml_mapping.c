/* Mappings of YAML: keys, duplicates, and what << merges into them. */
#include <string.h>

#include "runtime/text/yaml_parts.h"

static bool is_merge(const struct yaml_reader *reader)
{
	const yaml_event_t *event = &reader->event;

	if (reader->flags & YAML_NO_MERGE || event->type != YAML_SCALAR_EVENT)
		return false;
	if (event->data.scalar.tag)
		return yaml_tag_is(event->data.scalar.tag, "merge");
	return event->data.scalar.plain_implicit &&
	       strcmp((const char *)event->data.scalar.value, "<<") == 0;
}

/*
 * Add what a merge brings to `sources`. Of a list the first one counts most,
 * so that it comes last.
 */
static int add_merge(struct yaml_reader *reader, struct value_list *sources,
		     struct value value, struct place place)
{
	if (value.kind == VALUE_DICT) {
		value_list_add(reader->arena, sources, value);
		return 0;
	}
	if (value.kind != VALUE_LIST)
		return document_error(reader->document, place, reader->err,
				      "<< merges a mapping or a list of "
				      "mappings, nothing else");
	for (uint32_t i = value.list->count; i-- > 0;) {
		if (value.list->items[i].kind != VALUE_DICT)
			return document_error(reader->document, place,
					      reader->err,
					      "<< merges mappings, but item "
					      "%u of the list is none",
					      i + 1);
		value_list_add(reader->arena, sources, value.list->items[i]);
	}
	return 0;
}

static void copy_entries(struct yaml_reader *reader, struct value_dict *to,
			 const struct value_dict *from)
{
	struct places *places = reader->document->places;
	struct value_entry *entry;
	uint32_t at = 0;

	while ((entry = value_dict_next(from, &at))) {
		value_dict_set(reader->arena, to, entry->key, entry->value);
		if (places) {
			struct value *value = value_dict_get(to, entry->key);
			size_t offset =
				(size_t)((char *)value - (char *)to->entries);

			places_set(places, to,
				   (uint32_t)(offset / sizeof(*entry)),
				   places_key(places, from, entry->key));
		}
	}
}

/* What is merged comes first; the mapping's own entries replace it. */
static int merge(struct yaml_reader *reader, const struct value_list *sources,
		 struct value *value)
{
	struct value merged = value_dict_new(reader->arena, 0);

	for (uint32_t i = 0; i < sources->count; i++) {
		uint32_t count = sources->items[i].dict->count;

		/* Aliases could make small texts large here as well. */
		reader->nodes += count;
		if (reader->nodes > document_nodes(reader->document))
			return error_set(reader->err, ERROR_LIMIT,
					 "what << merges makes more than %zu "
					 "values",
					 document_nodes(reader->document));
		copy_entries(reader, merged.dict, sources->items[i].dict);
	}
	copy_entries(reader, merged.dict, value->dict);
	*value = merged;
	return 0;
}

/* "a key" for messages: text keys by name. */
static int duplicate(struct yaml_reader *reader, const struct value_dict *dict,
		     struct value key, struct place place)
{
	const struct places *places = reader->document->places;
	struct place first =
		places ? places_key(places, dict, key) : (struct place){0, 0};
	int length = key.kind == VALUE_STRING && key.length < 200
			     ? (int)key.length
			     : 0;

	if (first.line)
		return document_error(reader->document, place, reader->err,
				      "the key '%.*s' is in this mapping "
				      "already, in line %u",
				      length, length ? key.bytes : "",
				      first.line);
	return document_error(reader->document, place, reader->err,
			      "the key '%.*s' is in this mapping already",
			      length, length ? key.bytes : "");
}

/* The key that is the event, its value after it. */
static int read_entry(struct yaml_reader *reader, struct value_dict *dict)
{
	struct place place = yaml_place(reader);
	struct value key, value;

	if (yaml_node(reader, &key) < 0)
		return -1;
	if (!value_hashable(key))
		return document_error(reader->document, place, reader->err,
				      "a key must be a scalar, not a %s",
				      key.kind == VALUE_DICT ? "mapping"
							     : "sequence");
	if (!(reader->flags & YAML_LAST_WINS) && value_dict_get(dict, key))
		return duplicate(reader, dict, key, place);
	if (reader->document->places)
		places_set(reader->document->places, dict, dict->used, place);
	if (yaml_next(reader) < 0 || yaml_node(reader, &value) < 0)
		return -1;
	value_dict_set(reader->arena, dict, key, value);
	return 0;
}

static int read_merge(struct yaml_reader *reader, struct value *sources)
{
	struct place place;
	struct value value;

	if (yaml_next(reader) < 0)
		return -1;
	place = yaml_place(reader);
	if (yaml_node(reader, &value) < 0)
		return -1;
	if (sources->kind != VALUE_LIST)
		*sources = value_list_new(reader->arena, 1);
	return add_merge(reader, sources->list, value, place);
}

int yaml_mapping(struct yaml_reader *reader, struct value *value)
{
	const unsigned char *tag = reader->event.data.mapping_start.tag;
	struct value sources = {.kind = VALUE_ABSENT};
	int result = 0;

	if (tag && !yaml_tag_is(tag, "map") && !yaml_tag_is(tag, "set") &&
	    yaml_unknown_tag(reader, tag, "mapping") < 0)
		return -1;
	*value = value_dict_new(reader->arena, 0);
	while (result == 0) {
		if (yaml_next(reader) < 0)
			return -1;
		if (reader->event.type == YAML_MAPPING_END_EVENT)
			break;
		if (is_merge(reader))
			result = read_merge(reader, &sources);
		else
			result = read_entry(reader, value->dict);
	}
	if (result == 0 && sources.kind == VALUE_LIST)
		return merge(reader, sources.list, value);
	return result;
}
