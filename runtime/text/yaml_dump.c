#include "runtime/text/yaml_dump.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "runtime/base/mem.h"
#include "runtime/text/number_text.h"
#include "runtime/text/yaml_scalar.h"

enum { DEPTH_MAX = 250, NODES_MAX = 4 << 20 };

struct dumper {
	yaml_emitter_t emitter;
	const struct yaml_style *style;
	struct error **err;
	struct arena arena;
	/* of each container met: 0 once, then its anchor; below 0: written */
	struct value seen;
	int64_t anchors;
	uint32_t depth, nodes;
};

static int dump(struct dumper *dumper, struct value value);

static int on_write(void *data, unsigned char *bytes, size_t length)
{
	return buf_append(data, bytes, length) == 0;
}

static int emit(struct dumper *dumper, yaml_event_t *event)
{
	if (yaml_emitter_emit(&dumper->emitter, event))
		return 0;
	return error_set(dumper->err, ERROR_LIMIT, "%s",
			 dumper->emitter.problem ? dumper->emitter.problem
						 : "the text is too large");
}

/* An identity for a container, as a key. */
static struct value key_of(struct value value)
{
	return value_int((int64_t)(intptr_t)value.list);
}

static bool is_container(struct value value)
{
	return value.kind == VALUE_LIST || value.kind == VALUE_DICT ||
	       (value.kind == VALUE_TUPLE && value.list->count > 0);
}

static int enter(struct dumper *dumper)
{
	if (++dumper->depth > DEPTH_MAX)
		return error_set(dumper->err, ERROR_LIMIT,
				 "containers nested too deeply");
	if (++dumper->nodes > NODES_MAX)
		return error_set(dumper->err, ERROR_LIMIT,
				 "the document is too large");
	return 0;
}

static struct value_entry *sorted_entries(struct dumper *dumper,
					  const struct value_dict *dict);

/* Containers are numbered in the order in which they are met again. */
static int find_anchors(struct dumper *dumper, struct value value)
{
	struct value *seen;
	int status = 0;

	if (!is_container(value))
		return 0;
	seen = value_dict_get(dumper->seen.dict, key_of(value));
	if (seen) {
		if (seen->integer == 0)
			seen->integer = ++dumper->anchors;
		return 0;
	}
	value_dict_set(&dumper->arena, dumper->seen.dict, key_of(value),
		       value_int(0));
	if (enter(dumper))
		return -1;
	if (value.kind == VALUE_DICT) {
		struct value_entry *entries =
			sorted_entries(dumper, value.dict);

		for (uint32_t i = 0; status == 0 && i < value.dict->count; i++)
			status = find_anchors(dumper, entries[i].key) ||
				 find_anchors(dumper, entries[i].value);
		mem_free(entries);
	} else {
		for (uint32_t i = 0; status == 0 && i < value.list->count; i++)
			status = find_anchors(dumper, value.list->items[i]);
	}
	dumper->depth--;
	return status ? -1 : 0;
}

/*
 * The anchor of a container in `text`: 1 when an alias is enough, because it
 * was written; 0 with a text or an empty one.
 */
static int anchor_of(struct dumper *dumper, struct value value, char text[24])
{
	struct value *seen = value_dict_get(dumper->seen.dict, key_of(value));

	text[0] = '\0';
	if (!seen || seen->integer == 0)
		return 0;
	snprintf(text, 24, "id%03lld", llabs((long long)seen->integer));
	if (seen->integer < 0)
		return 1;
	seen->integer = -seen->integer;
	return 0;
}

static yaml_scalar_style_t quoting(const struct dumper *dumper)
{
	switch (dumper->style->quote) {
	case '\'':
		return YAML_SINGLE_QUOTED_SCALAR_STYLE;
	case '"':
		return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	case '|':
		return YAML_LITERAL_SCALAR_STYLE;
	case '>':
		return YAML_FOLDED_SCALAR_STYLE;
	default:
		return YAML_PLAIN_SCALAR_STYLE;
	}
}

/* A string is one with quotes, all others without; `plain`: it needs none. */
static int scalar(struct dumper *dumper, const char *bytes, size_t length,
		  const char *tag, bool plain)
{
	bool quoted = strcmp(tag, "tag:yaml.org,2002:str") == 0;

	yaml_event_t event;

	if (!yaml_scalar_event_initialize(
		    &event, NULL, (const yaml_char_t *)tag,
		    (const yaml_char_t *)bytes, (int)length, plain, quoted,
		    quoting(dumper)))
		return error_set(dumper->err, ERROR_INVALID,
				 "a string that is not UTF-8");
	return emit(dumper, &event);
}

/* Would this text, without quotes, be read as a string? */
static bool is_plain_string(struct dumper *dumper, const char *text,
			    size_t length)
{
	if (length == 1 && strchr("=!&*", text[0]))
		return false;
	if (length == 2 && memcmp(text, "<<", 2) == 0)
		return false;
	return yaml_resolve(&dumper->arena, true, text, length).kind ==
		       VALUE_STRING &&
	       !yaml_is_date(text, length);
}

static int dump_string(struct dumper *dumper, struct value value)
{
	const char *bytes = value.length > 0 ? value.bytes : "";

	return scalar(dumper, bytes, value.length, "tag:yaml.org,2002:str",
		      is_plain_string(dumper, bytes, value.length));
}

static int dump_float(struct dumper *dumper, double number)
{
	struct buf text;
	char *exponent;
	int status;

	buf_init(&text, 64);
	if (isnan(number))
		buf_puts(&text, ".nan");
	else if (isinf(number))
		buf_puts(&text, number < 0 ? "-.inf" : ".inf");
	else
		text_float(&text, number);
	exponent = strchr(text.data, 'e');
	if (exponent && !strchr(text.data, '.')) {
		char rest[16];

		snprintf(rest, sizeof(rest), "%s", exponent);
		text.length = (size_t)(exponent - text.data);
		buf_printf(&text, ".0%s", rest);
	}
	status = scalar(dumper, text.data, text.length,
			"tag:yaml.org,2002:float", true);
	buf_release(&text);
	return status;
}

static int dump_integer(struct dumper *dumper, struct value value)
{
	struct buf text;
	int status;

	buf_init(&text, 64 << 10);
	if (value.kind == VALUE_BIG)
		text_big(&text, value.big);
	else
		text_int(&text, value.integer);
	status = scalar(dumper, text.data, text.length, "tag:yaml.org,2002:int",
			true);
	buf_release(&text);
	return status;
}

static int dump_scalar(struct dumper *dumper, struct value value)
{
	switch (value.kind) {
	case VALUE_STRING:
		return dump_string(dumper, value);
	case VALUE_NONE:
		return scalar(dumper, "null", 4, "tag:yaml.org,2002:null",
			      true);
	case VALUE_BOOL:
		return scalar(dumper, value.truth ? "true" : "false",
			      value.truth ? 4 : 5, "tag:yaml.org,2002:bool",
			      true);
	case VALUE_INT:
	case VALUE_BIG:
		return dump_integer(dumper, value);
	case VALUE_FLOAT:
		return dump_float(dumper, value.number);
	default:
		return error_set(dumper->err, ERROR_INVALID,
				 "('cannot represent an object', %s)",
				 value.kind == VALUE_UNDEFINED ? "Undefined"
							       : "object");
	}
}

static bool wants_flow(const struct dumper *dumper, bool leaves)
{
	if (dumper->style->flow == YAML_FLOW_LEAVES)
		return leaves;
	return dumper->style->flow == YAML_FLOW_ALWAYS;
}

static bool is_leaf(struct value value)
{
	return value.kind != VALUE_LIST && value.kind != VALUE_TUPLE &&
	       value.kind != VALUE_DICT;
}

static int dump_list(struct dumper *dumper, struct value value,
		     const char *anchor)
{
	bool leaves = true;
	yaml_event_t event;

	for (uint32_t i = 0; leaves && i < value.list->count; i++)
		leaves = is_leaf(value.list->items[i]);
	yaml_sequence_start_event_initialize(
		&event, (const yaml_char_t *)(anchor[0] ? anchor : NULL),
		(const yaml_char_t *)"tag:yaml.org,2002:seq", 1,
		wants_flow(dumper, leaves) ? YAML_FLOW_SEQUENCE_STYLE
					   : YAML_BLOCK_SEQUENCE_STYLE);
	if (emit(dumper, &event))
		return -1;
	for (uint32_t i = 0; i < value.list->count; i++)
		if (dump(dumper, value.list->items[i]))
			return -1;
	yaml_sequence_end_event_initialize(&event);
	return emit(dumper, &event);
}

static bool is_number(struct value value)
{
	return value.kind == VALUE_INT || value.kind == VALUE_FLOAT ||
	       value.kind == VALUE_BOOL;
}

static double number_of(struct value value)
{
	return value.kind == VALUE_FLOAT  ? value.number
	       : value.kind == VALUE_BOOL ? value.truth
					  : (double)value.integer;
}

static int compare(const void *one, const void *other)
{
	const struct value_entry *left = one;
	const struct value_entry *right = other;
	uint32_t a = left->key.length;
	uint32_t b = right->key.length;
	uint32_t common = a < b ? a : b;
	int order;

	if (left->key.kind != VALUE_STRING) {
		double x = number_of(left->key);
		double y = number_of(right->key);

		return x < y ? -1 : x > y;
	}
	order = common ? memcmp(left->key.bytes, right->key.bytes, common) : 0;
	return order ? order : a < b ? -1 : a > b;
}

/* Owned. Keys without an order among them stay as they are. */
static struct value_entry *sorted_entries(struct dumper *dumper,
					  const struct value_dict *dict)
{
	struct value_entry *entries =
		mem_array(dict->count + 1, sizeof(*entries));
	const struct value_entry *entry;
	uint32_t strings = 0;
	uint32_t numbers = 0;
	uint32_t count = 0;
	uint32_t at = 0;

	while ((entry = value_dict_next(dict, &at))) {
		strings += entry->key.kind == VALUE_STRING;
		numbers += is_number(entry->key);
		entries[count++] = *entry;
	}
	if (!dumper->style->keep_order &&
	    (strings == count || numbers == count))
		qsort(entries, count, sizeof(*entries), compare);
	return entries;
}

static int dump_entries(struct dumper *dumper,
			const struct value_entry *entries, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (dump(dumper, entries[i].key) ||
		    dump(dumper, entries[i].value))
			return -1;
	return 0;
}

static int dump_dict(struct dumper *dumper, struct value value,
		     const char *anchor)
{
	struct value_entry *entries = sorted_entries(dumper, value.dict);
	bool leaves = true;
	yaml_event_t event;
	int status;

	for (uint32_t i = 0; leaves && i < value.dict->count; i++)
		leaves = is_leaf(entries[i].key) && is_leaf(entries[i].value);
	yaml_mapping_start_event_initialize(
		&event, (const yaml_char_t *)(anchor[0] ? anchor : NULL),
		(const yaml_char_t *)"tag:yaml.org,2002:map", 1,
		wants_flow(dumper, leaves) ? YAML_FLOW_MAPPING_STYLE
					   : YAML_BLOCK_MAPPING_STYLE);
	status = emit(dumper, &event);
	if (status == 0)
		status = dump_entries(dumper, entries, value.dict->count);
	mem_free(entries);
	if (status)
		return -1;
	yaml_mapping_end_event_initialize(&event);
	return emit(dumper, &event);
}

static int dump(struct dumper *dumper, struct value value)
{
	yaml_event_t event;
	char anchor[24];
	int status;

	if (is_leaf(value))
		return dump_scalar(dumper, value);
	if (anchor_of(dumper, value, anchor)) {
		yaml_alias_event_initialize(&event,
					    (const yaml_char_t *)anchor);
		return emit(dumper, &event);
	}
	if (enter(dumper))
		return -1;
	status = value.kind == VALUE_DICT ? dump_dict(dumper, value, anchor)
					  : dump_list(dumper, value, anchor);
	dumper->depth--;
	return status;
}

static int dump_document(struct dumper *dumper, struct value value)
{
	yaml_event_t event;

	yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
	if (emit(dumper, &event))
		return -1;
	yaml_document_start_event_initialize(&event, NULL, NULL, NULL,
					     !dumper->style->start);
	if (emit(dumper, &event) || dump(dumper, value))
		return -1;
	yaml_document_end_event_initialize(&event, !dumper->style->finish);
	if (emit(dumper, &event))
		return -1;
	yaml_stream_end_event_initialize(&event);
	return emit(dumper, &event);
}

int yaml_dump(struct value value, const struct yaml_style *style,
	      struct buf *out, struct error **err)
{
	struct dumper dumper = {.style = style, .err = err};
	int status;

	arena_init(&dumper.arena, (size_t)256 << 20);
	dumper.seen = value_dict_new(&dumper.arena, 0);
	yaml_emitter_initialize(&dumper.emitter);
	yaml_emitter_set_output(&dumper.emitter, on_write, out);
	yaml_emitter_set_unicode(&dumper.emitter, !style->ascii);
	if (style->indent)
		yaml_emitter_set_indent(&dumper.emitter, style->indent);
	if (style->width)
		yaml_emitter_set_width(&dumper.emitter, style->width);
	status = find_anchors(&dumper, value) || dump_document(&dumper, value)
			 ? -1
			 : 0;
	yaml_emitter_delete(&dumper.emitter);
	arena_release(&dumper.arena);
	return status;
}
