/* Secrets taint what is computed from them, and mark what holds them. */
#include <string.h>

#include "runtime/text/template/object.h"
#include "runtime/text/template/track.h"

enum { LOOK_DEPTH = 60, LOOK_ITEMS = 20000, TAINT_ITEMS = 1 << 20 };

/*
 * Filters, methods and functions whose answers hold the very values that they
 * were given: each keeps its own mark. All others compute something new, which
 * a secret in any operand taints. Sorted.
 */
static const char *const passing[] = {
	"attr",
	"batch",
	"combine",
	"copy",
	"count",
	"cycler",
	"d",
	"default",
	"dict",
	"dict2items",
	"dictsort",
	"difference",
	"extract",
	"first",
	"flatten",
	"get",
	"groupby",
	"intersect",
	"items",
	"items2dict",
	"joiner",
	"keys",
	"last",
	"length",
	"list",
	"map",
	"max",
	"min",
	"namespace",
	"pop",
	"popitem",
	"random",
	"reject",
	"rejectattr",
	"reverse",
	"select",
	"selectattr",
	"setdefault",
	"shuffle",
	"slice",
	"sort",
	"subelements",
	"symmetric_difference",
	"union",
	"unique",
	"values",
	"zip",
	"zip_longest",
};

/* Methods that put their arguments into what is there. */
static const char *const mixing[] = {"append", "extend", "insert", "setdefault",
				     "update"};

static bool is_one_of(struct value name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_is(name, names[i]))
			return true;
	return false;
}

static bool is_container(struct value value)
{
	return value.kind == VALUE_LIST || value.kind == VALUE_TUPLE ||
	       value.kind == VALUE_DICT;
}

/* Is a secret in the container, however deep? Too large a one has some. */
static bool holds(struct value value, uint32_t *left, int depth)
{
	const struct value_entry *entry;
	uint32_t at = 0;

	if (value.flags & FLAGS_SECRET)
		return true;
	if (value.kind == VALUE_OBJECT)
		return true; /* nobody can tell what is in it */
	if (!is_container(value))
		return false;
	if (depth > LOOK_DEPTH)
		return true;
	if (value.kind == VALUE_DICT) {
		while ((entry = value_dict_next(value.dict, &at)))
			if ((*left)-- == 0 || holds(entry->key, left, depth) ||
			    holds(entry->value, left, depth + 1))
				return true;
		return false;
	}
	for (uint32_t i = 0; i < value.list->count; i++)
		if ((*left)-- == 0 ||
		    holds(value.list->items[i], left, depth + 1))
			return true;
	return false;
}

static bool holds_secret(struct value value)
{
	uint32_t left = LOOK_ITEMS;

	return holds(value, &left, 0);
}

static void taint(struct value *value, uint32_t *left, int depth)
{
	struct value_entry *entry;
	uint32_t at = 0;

	value->flags |= VALUE_TAINTED;
	if (!is_container(*value) || depth > LOOK_DEPTH)
		return;
	if (value->kind == VALUE_DICT) {
		while (*left > 0 &&
		       (entry = value_dict_next(value->dict, &at))) {
			--*left;
			entry->key.flags |= VALUE_TAINTED;
			taint(&entry->value, left, depth + 1);
		}
		return;
	}
	for (uint32_t i = 0; *left > 0 && i < value->list->count; i++) {
		--*left;
		taint(&value->list->items[i], left, depth + 1);
	}
}

void map_taint(struct value *value)
{
	uint32_t left = TAINT_ITEMS;

	taint(value, &left, 0);
}

static void mark(struct value *value)
{
	if (!(value->flags & FLAGS_SECRET) &&
	    (is_container(*value) || value->kind == VALUE_OBJECT) &&
	    holds_secret(*value))
		value->flags |= VALUE_HOLDS;
}

void map_mark(const struct render *render, struct value *value)
{
	if (render->map)
		mark(value);
}

void map_pass(struct value from, struct value *out)
{
	if (from.flags & VALUE_TAINTED)
		out->flags |= VALUE_TAINTED;
	else if (from.flags & VALUE_HOLDS)
		mark(out);
}

/* The answer of a filter, method, function or operator. */
static void judge_answer(const struct touch *touch, bool passes,
			 struct value *out)
{
	if (!(touch->flags & FLAGS_SECRET))
		return;
	if (!passes || (touch->first.flags & VALUE_TAINTED))
		map_taint(out);
	else
		mark(out);
}

/* Is a secret at `attribute` ("a.b") of an item? */
static bool item_holds(struct value item, struct value attribute)
{
	const struct value *found;
	struct value part = attribute;
	const char *dot;

	if ((item.flags & VALUE_TAINTED) || item.kind == VALUE_OBJECT)
		return true;
	if (attribute.length == 0)
		return holds_secret(item);
	if (item.kind != VALUE_DICT)
		return item.flags & VALUE_HOLDS;
	dot = memchr(attribute.bytes, '.', attribute.length);
	if (dot)
		part.length = (uint32_t)(dot - attribute.bytes);
	found = value_dict_get(item.dict, part);
	if (!found)
		return false;
	part.bytes += part.length + (dot != NULL);
	part.length = attribute.length - part.length - (dot != NULL);
	return item_holds(*found, part);
}

/* The name in map(attribute="name"), and nothing else; or absent. */
static struct value only_attribute(const struct node *node)
{
	const struct node *keyword = node->kids[2];

	if (text_is(node->value, "map") && !node->kids[1] && !node->kids[3] &&
	    !node->kids[4] && keyword && !keyword->next &&
	    text_is(keyword->value, "attribute") &&
	    keyword->kids[0]->kind == NODE_CONST &&
	    keyword->kids[0]->value.kind == VALUE_STRING)
		return keyword->kids[0]->value;
	return (struct value){.kind = VALUE_ABSENT};
}

/* Names of items with secrets are none: what map takes is looked at. */
static bool is_clear_map(const struct map *map, const struct node *node,
			 const struct touch *touch, struct value out)
{
	struct value attribute = only_attribute(node);
	struct value from = touch->first;

	if (attribute.kind == VALUE_ABSENT || !is_generator(out) ||
	    map->mixed || (touch->flags & VALUE_TAINTED))
		return false;
	while (is_generator(from)) {
		const struct generator *made =
			(const struct generator *)from.object;

		if (strcmp(made->print, GENERATOR_SELECT) != 0)
			return false;
		from = made->source;
	}
	if (from.kind != VALUE_LIST && from.kind != VALUE_TUPLE)
		return false;
	for (uint32_t i = 0; i < from.list->count; i++)
		if (item_holds(from.list->items[i], attribute))
			return false;
	return true;
}

static void judge_call(struct map *map, const struct node *node,
		       const struct touch *touch, struct value *out)
{
	const struct node *callee =
		node->kind == NODE_CALL ? node->kids[0] : node;
	bool named = callee->kind == NODE_NAME ||
		     callee->kind == NODE_ATTRIBUTE ||
		     callee->kind == NODE_FILTER;
	bool passes =
		named && is_one_of(callee->value, passing, COUNT(passing));

	if (callee->kind == NODE_ATTRIBUTE && (touch->flags & FLAGS_SECRET) &&
	    is_one_of(callee->value, mixing, COUNT(mixing)))
		map->mixed = true;
	if (node->kind != NODE_FILTER || !is_clear_map(map, node, touch, *out))
		judge_answer(touch, passes, out);
}

/* A part of something; a secret key taints what it finds. */
static void judge_part(const struct touch *touch, struct value *out)
{
	if ((touch->flags & VALUE_TAINTED) ||
	    (touch->count > 1 && (touch->last.flags & FLAGS_SECRET)))
		out->flags |= VALUE_TAINTED;
	map_pass(touch->first, out);
}

void map_judge(struct map *map, const struct node *node,
	       const struct touch *touch, struct value *out)
{
	uint8_t flags = touch->flags & FLAGS_SECRET;

	switch ((enum node_kind)node->kind) {
	case NODE_CONST:
	case NODE_TEXT:
	case NODE_NAME:
	case NODE_AND:
	case NODE_OR:
	case NODE_CONDITION:
		break; /* one of its operands, as it is */
	case NODE_ATTRIBUTE:
	case NODE_ITEM:
		judge_part(touch, out);
		break;
	case NODE_TUPLE:
	case NODE_LIST:
	case NODE_DICT:
		if (flags)
			out->flags |= VALUE_HOLDS;
		break;
	case NODE_SLICE:
		out->flags |= flags;
		break;
	case NODE_OPERATE:
		if (flags == VALUE_HOLDS && is_container(*out))
			out->flags |= VALUE_HOLDS;
		else if (flags)
			out->flags |= VALUE_TAINTED;
		break;
	case NODE_CALL:
	case NODE_FILTER:
		judge_call(map, node, touch, out);
		break;
	default:
		judge_answer(touch, false, out);
		break;
	}
	if (map->mixed &&
	    (is_container(*out) || is_generator(*out) ||
	     (out->kind == VALUE_OBJECT && out->object->class->set)))
		mark(out);
}

void map_judge_filter(const struct touch *touch, struct value name,
		      struct value *out)
{
	judge_answer(touch, is_one_of(name, passing, COUNT(passing)), out);
}
