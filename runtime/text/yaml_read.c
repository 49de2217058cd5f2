/* The walk over libyaml's events: documents, sequences, anchors, errors. */
#include "runtime/text/yaml_parts.h"

#include <string.h>

struct place yaml_place(const struct yaml_reader *reader)
{
	const yaml_mark_t *mark = &reader->event.start_mark;

	return (struct place){(uint32_t)mark->line + 1,
			      (uint32_t)mark->column + 1};
}

/* Is there a tab at the place where libyaml could not go on? */
static bool at_tab(const struct document *document, yaml_mark_t mark)
{
	size_t line = 0;
	size_t at = 0;

	for (; line < mark.line && at < document->length; at++)
		line += document->text[at] == '\n';
	at += mark.column; /* what indents is ASCII */
	return at < document->length && document->text[at] == '\t';
}

static int parser_error(struct yaml_reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "no YAML";
	yaml_mark_t mark = parser->problem_mark;
	struct place place = {(uint32_t)mark.line + 1,
			      (uint32_t)mark.column + 1};

	if (parser->error == YAML_MEMORY_ERROR)
		return error_set(reader->err, ERROR_LIMIT, "%s",
				 "YAML is too large");
	if (parser->error == YAML_READER_ERROR)
		return document_error(reader->document,
				      document_place(reader->document,
						     parser->problem_offset),
				      reader->err, "%s", problem);
	if (at_tab(reader->document, mark))
		return document_error(reader->document, place, reader->err,
				      "a tab cannot indent in YAML");
	if (parser->context && parser->context_mark.line != mark.line)
		return document_error(reader->document, place, reader->err,
				      "%s, %s that begins in line %zu", problem,
				      parser->context,
				      parser->context_mark.line + 1);
	if (parser->context)
		return document_error(reader->document, place, reader->err,
				      "%s, %s", problem, parser->context);
	return document_error(reader->document, place, reader->err, "%s",
			      problem);
}

int yaml_next(struct yaml_reader *reader)
{
	yaml_event_delete(&reader->event);
	if (!yaml_parser_parse(&reader->parser, &reader->event))
		return parser_error(reader);
	return 0;
}

bool yaml_tag_is(const unsigned char *tag, const char *name)
{
	static const char prefix[] = "tag:yaml.org,2002:";

	return tag &&
	       strncmp((const char *)tag, prefix, sizeof(prefix) - 1) == 0 &&
	       strcmp((const char *)tag + sizeof(prefix) - 1, name) == 0;
}

int yaml_unknown_tag(struct yaml_reader *reader, const unsigned char *tag,
		     const char *what)
{
	static const char prefix[] = "tag:yaml.org,2002:";
	const char *text = (const char *)tag;

	if (reader->flags & YAML_ANY_TAG)
		return 0;
	if (strncmp(text, prefix, sizeof(prefix) - 1) == 0)
		return document_error(reader->document, yaml_place(reader),
				      reader->err,
				      "the tag '!!%s' does not go with a %s",
				      text + sizeof(prefix) - 1, what);
	return document_error(reader->document, yaml_place(reader), reader->err,
			      "unknown tag '%s'", text);
}

/* Count values that are there, or would be if aliases were copies. */
static int count_nodes(struct yaml_reader *reader, size_t nodes)
{
	size_t max = document_nodes(reader->document);

	if (nodes > max || reader->nodes > max - nodes ||
	    arena_full(reader->arena)) {
		struct place place = yaml_place(reader);

		document_error(reader->document, place, reader->err,
			       nodes > 1 ? "the aliases make more than %zu "
					   "values"
					 : "more than %zu values, or too "
					   "much memory",
			       max);
		if (reader->err && *reader->err)
			(*reader->err)->code = ERROR_LIMIT;
		return -1;
	}
	reader->nodes += nodes;
	return 0;
}

static int read_alias(struct yaml_reader *reader, struct value *value)
{
	const char *name = (const char *)reader->event.data.alias.anchor;
	const struct anchor *anchor = map_get(&reader->anchors, name);

	if (!anchor)
		return document_error(reader->document, yaml_place(reader),
				      reader->err, "unknown anchor '%s'", name);
	if (anchor->open)
		return document_error(reader->document, yaml_place(reader),
				      reader->err,
				      "'*%s' is inside of what it names", name);
	*value = anchor->value;
	return count_nodes(reader, anchor->nodes);
}

static int read_sequence(struct yaml_reader *reader, struct value *value)
{
	const unsigned char *tag = reader->event.data.sequence_start.tag;

	if (tag && !yaml_tag_is(tag, "seq") && !yaml_tag_is(tag, "omap") &&
	    !yaml_tag_is(tag, "pairs") &&
	    yaml_unknown_tag(reader, tag, "sequence") < 0)
		return -1;
	*value = value_list_new(reader->arena, 0);
	for (;;) {
		struct value item = value_none();

		if (yaml_next(reader) < 0)
			return -1;
		if (reader->event.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		if (reader->document->places)
			places_set(reader->document->places, value->list,
				   value->list->count, yaml_place(reader));
		if (yaml_node(reader, &item) < 0)
			return -1;
		value_list_add(reader->arena, value->list, item);
	}
}

static const unsigned char *anchor_name(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static int read_inside(struct yaml_reader *reader, struct value *value)
{
	uint32_t max = document_depth(reader->document);
	int result;

	if (reader->event.type == YAML_SCALAR_EVENT)
		return yaml_scalar(reader, value);
	if (reader->depth >= max)
		return document_error(reader->document, yaml_place(reader),
				      reader->err,
				      "nested more than %u levels deep", max);
	reader->depth++;
	if (reader->event.type == YAML_SEQUENCE_START_EVENT)
		result = read_sequence(reader, value);
	else
		result = yaml_mapping(reader, value);
	reader->depth--;
	return result;
}

int yaml_node(struct yaml_reader *reader, struct value *value)
{
	const unsigned char *name = anchor_name(&reader->event);
	struct anchor *anchor = NULL;
	size_t before = reader->nodes;

	if (reader->event.type == YAML_ALIAS_EVENT)
		return read_alias(reader, value);
	if (count_nodes(reader, 1) < 0)
		return -1;
	if (name) {
		anchor = arena_alloc(reader->arena, sizeof(*anchor));
		*anchor = (struct anchor){.open = true};
		map_put(&reader->anchors, (const char *)name, anchor);
	}
	if (read_inside(reader, value) < 0)
		return -1;
	if (anchor) {
		anchor->value = *value;
		anchor->nodes = reader->nodes - before;
		anchor->open = false;
	}
	return 0;
}

/* The document that begins with the event, up to its end. */
static int read_document(struct yaml_reader *reader, struct value *value,
			 uint32_t number)
{
	map_release(&reader->anchors);
	map_init(&reader->anchors);
	if (yaml_next(reader) < 0)
		return -1;
	if (reader->document->places)
		places_set(reader->document->places, NULL, number,
			   yaml_place(reader));
	if (yaml_node(reader, value) < 0)
		return -1;
	return yaml_next(reader); /* the document's end */
}

static int read_documents(struct yaml_reader *reader, struct value *list,
			  uint32_t max)
{
	*list = value_list_new(reader->arena, 1);
	if (yaml_next(reader) < 0) /* the stream's start */
		return -1;
	for (;;) {
		struct value value = value_none();

		if (yaml_next(reader) < 0)
			return -1;
		if (reader->event.type != YAML_DOCUMENT_START_EVENT)
			return 0;
		if (list->list->count == max)
			return document_error(reader->document,
					      yaml_place(reader), reader->err,
					      "a second document begins here; "
					      "only one is wanted");
		if (read_document(reader, &value, list->list->count) < 0)
			return -1;
		value_list_add(reader->arena, list->list, value);
	}
}

static int read_stream(struct yaml_reader *reader, struct value *list,
		       uint32_t max)
{
	const struct document *document = reader->document;
	int result;

	if (document_check(document, reader->arena, reader->err) < 0)
		return -1;
	if (!yaml_parser_initialize(&reader->parser))
		return error_set(reader->err, ERROR_LIMIT, "%s",
				 "no memory to read YAML");
	yaml_parser_set_input_string(&reader->parser,
				     (const unsigned char *)document->text,
				     document->length);
	map_init(&reader->anchors);
	result = read_documents(reader, list, max);
	yaml_event_delete(&reader->event);
	map_release(&reader->anchors);
	yaml_parser_delete(&reader->parser);
	return result;
}

int yaml_read(const struct document *document, unsigned flags,
	      struct arena *arena, struct value *value, struct error **err)
{
	struct yaml_reader reader = {.document = document,
				     .arena = arena,
				     .err = err,
				     .flags = flags};
	struct value list = value_none();

	if (read_stream(&reader, &list, 1) < 0)
		return -1;
	*value = value_none();
	if (list.kind == VALUE_LIST && list.list->count > 0)
		*value = list.list->items[0];
	return 0;
}

int yaml_read_all(const struct document *document, unsigned flags,
		  struct arena *arena, struct value *list, struct error **err)
{
	struct yaml_reader reader = {.document = document,
				     .arena = arena,
				     .err = err,
				     .flags = flags};

	return read_stream(&reader, list, UINT32_MAX);
}
