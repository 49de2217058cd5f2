/* Evaluation with a map: secrets taint what is computed from them. */
#include <string.h>

#include "runtime/text/template/library.h"
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
	judge_answer(touch, passes, out);
}

/* Mark what `node` made of its operands. */
static void judge(struct map *map, const struct node *node,
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
		out->flags |= flags & VALUE_TAINTED;
		map_pass(touch->first, out);
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
	if (map->mixed && (is_container(*out) || (out->kind == VALUE_OBJECT &&
						  out->object->class->set)))
		mark(out);
}

/* A number has no address: is it the value of this name? */
static struct origin origin_of_name(const struct map *map, struct value name,
				    struct value value)
{
	const struct value *found =
		map->values ? value_dict_get(map->values, name) : NULL;

	if (found && found->kind == value.kind &&
	    (value.kind == VALUE_INT || value.kind == VALUE_BOOL ||
	     value.kind == VALUE_FLOAT || value.kind == VALUE_NONE ||
	     value.kind == VALUE_STRING) &&
	    value_same_key(*found, value))
		return (struct origin){&map->root, name};
	return (struct origin){.key.kind = VALUE_ABSENT};
}

static struct origin find_origin(const struct map *map, const struct node *node,
				 const struct touch *touch, struct value value)
{
	struct value key =
		node->kind == NODE_ATTRIBUTE ? node->value : touch->last;
	const struct origin *known;

	if ((node->kind == NODE_ATTRIBUTE || node->kind == NODE_ITEM) &&
	    touch->count > 0 && is_container(touch->first) &&
	    (key.kind == VALUE_STRING ||
	     (key.kind == VALUE_INT && key.integer >= 0))) {
		known = map_find(map, touch->first);
		if (known)
			return (struct origin){known, key};
	}
	known = map_find(map, value);
	if (known)
		return *known;
	if (node->kind == NODE_NAME)
		return origin_of_name(map, node->value, value);
	if (node->kind == NODE_AND || node->kind == NODE_OR ||
	    node->kind == NODE_CONDITION)
		return touch->latest;
	return touch->origin;
}

static void note(struct touch *touch, struct value value,
		 const struct origin *origin)
{
	if (touch->count++ == 0)
		touch->first = value;
	touch->last = value;
	touch->flags |= value.flags & FLAGS_SECRET;
	touch->latest = *origin;
	if (!has_origin(&touch->origin))
		touch->origin = *origin;
}

static void enter(struct render *render, struct touch *touch)
{
	*touch = (struct touch){.up = render->map->touch};
	render->map->touch = touch;
}

static int leave(struct render *render, struct touch *touch,
		 const struct node *node, struct value *out, int result)
{
	struct map *map = render->map;
	struct origin origin;

	map->touch = touch->up;
	if (result != 0)
		return result;
	judge(map, node, touch, out);
	origin = find_origin(map, node, touch, *out);
	map->origin = origin;
	if (touch->up)
		note(touch->up, *out, &origin);
	return 0;
}

int map_eval(struct render *render, const struct node *node, struct value *out)
{
	struct touch touch;

	enter(render, &touch);
	return leave(render, &touch, node, out, eval_plain(render, node, out));
}

int map_filter(struct render *render, const struct node *node,
	       const struct value *subject, struct value *out)
{
	struct touch touch;
	struct origin none = {.key.kind = VALUE_ABSENT};

	enter(render, &touch);
	if (subject)
		note(&touch, *subject, &none);
	return leave(render, &touch, node, out,
		     eval_filter_plain(render, node, subject, out));
}

int map_call(struct render *render, const struct node *node,
	     const struct value *caller, struct value *out)
{
	struct touch touch;

	enter(render, &touch);
	return leave(render, &touch, node, out,
		     eval_call_plain(render, node, caller, out));
}

void map_enter(struct render *render, struct touch *touch,
	       const struct call *call)
{
	struct origin none = {.key.kind = VALUE_ABSENT};

	enter(render, touch);
	note(touch, call->subject, &none);
	for (uint32_t i = 0; i < call->count; i++)
		note(touch, call->arguments[i], &none);
	for (uint32_t i = 0; i < call->named_count; i++)
		note(touch, call->named[i].value, &none);
}

void map_leave(struct render *render, const struct touch *touch,
	       struct value name, struct value *out)
{
	render->map->touch = touch->up;
	if (out)
		judge_answer(touch, is_one_of(name, passing, COUNT(passing)),
			     out);
}

struct touch *map_begin(struct render *render)
{
	struct touch *touch = render->map ? render->map->touch : NULL;

	if (render->map)
		render->map->touch = NULL;
	return touch;
}

void map_return(struct render *render, struct touch *touch,
		const struct value *out)
{
	if (!render->map)
		return;
	render->map->touch = touch;
	if (!touch)
		return;
	touch->flags = out ? out->flags & FLAGS_SECRET : touch->flags;
	touch->first = value_none();
}

bool map_touched(const struct render *render)
{
	const struct touch *touch = render->map ? render->map->touch : NULL;

	for (; touch; touch = touch->up)
		if (touch->flags & FLAGS_SECRET)
			return true;
	return false;
}

void map_mix(struct render *render, struct value value)
{
	if (render->map && (value.flags & FLAGS_SECRET))
		render->map->mixed = true;
}
