/* Ansible's filters of lists: sets, flatten, subelements, extract. */
#include "runtime/text/template/ansible.h"

/* As a list: what iterates, but for undefined the mode decides. */
static int items_of(struct call *call, struct value value, struct value *out)
{
	if (is_sequence(value)) {
		*out = value;
		return 0;
	}
	return value_items(call->render, value, out);
}

/* Each item once: by a dict as long as all are hashable. */
static int distinct(struct render *render, struct value list, bool fold,
		    struct value *out)
{
	struct value seen = value_dict_new(render_arena(render), 0);
	struct value folded;

	*out = value_list_new(render_arena(render), 0);
	for (uint32_t i = 0; i < list.list->count; i++) {
		struct value item = list.list->items[i];
		bool found;

		if (!value_hashable(item)) {
			if (ansible_in(render, out->list, item, &found))
				return -1;
		} else {
			folded = item;
			if (fold && is_string(item) &&
			    string_case(render, item, STRING_LOWER, &folded))
				return -1;
			found = value_dict_get(seen.dict, folded) != NULL;
			value_dict_set(render_arena(render), seen.dict, folded,
				       value_none());
		}
		if (!found && ansible_add(render, *out, item))
			return -1;
	}
	return 0;
}

static bool all_hashable(const struct value_list *list)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (!value_hashable(list->items[i]))
			return false;
	return true;
}

static int unique_by(struct call *call, struct value attribute, bool fold,
		     struct value *out)
{
	const struct call_entry *plain = entry_find(
		filters_order.entries, filters_order.count, LITERAL("unique"));
	struct value arguments[2] = {value_bool(!fold), attribute};
	struct call inner = *call;
	struct value generator;

	inner.arguments = arguments;
	inner.count = 2;
	inner.named_count = 0;
	if (plain->function(&inner, &generator))
		return -1;
	return value_items(call->render, generator, out);
}

/* Strings are folded unless case_sensitive is given and true. */
static int filter_unique(struct call *call, struct value *out)
{
	static const char *const names[] = {"case_sensitive", "attribute",
					    NULL};
	struct value arguments[2];
	struct value items;
	bool sensitive;

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(call->render, arguments[0], false, &sensitive) ||
	    items_of(call, call->subject, &items))
		return -1;
	if (ansible_given(arguments[1]))
		return unique_by(call, arguments[1], !sensitive, out);
	return distinct(call->render, items,
			!sensitive && all_hashable(items.list), out);
}

static int bind_other(struct call *call, struct value *other)
{
	static const char *const names[] = {"b", NULL};

	if (call_bind(call, names, 1, other))
		return -1;
	return render_defined(call->render, call->subject) ||
			       render_defined(call->render, *other)
		       ? -1
		       : 0;
}

/* The items of `left` that are in `right`, or those that are not. */
static int choose(struct call *call, struct value left, struct value right,
		  bool wanted, struct value *out)
{
	struct value chosen = value_list_new(render_arena(call->render), 0);
	struct value known = value_dict_new(render_arena(call->render), 0);
	struct value items;
	struct value others;
	bool hashable;

	if (items_of(call, left, &items) || items_of(call, right, &others))
		return -1;
	hashable = all_hashable(others.list);
	for (uint32_t i = 0; hashable && i < others.list->count; i++)
		value_dict_set(render_arena(call->render), known.dict,
			       others.list->items[i], value_none());
	for (uint32_t i = 0; i < items.list->count; i++) {
		struct value item = items.list->items[i];
		bool found = false;

		if (hashable)
			found = value_hashable(item) &&
				value_dict_get(known.dict, item);
		else if (ansible_in(call->render, others.list, item, &found))
			return -1;
		if (found == wanted && ansible_add(call->render, chosen, item))
			return -1;
	}
	return distinct(call->render, chosen, false, out);
}

static int filter_intersect(struct call *call, struct value *out)
{
	struct value other;

	if (bind_other(call, &other))
		return -1;
	return choose(call, call->subject, other, true, out);
}

static int filter_difference(struct call *call, struct value *out)
{
	struct value other;

	if (bind_other(call, &other))
		return -1;
	return choose(call, call->subject, other, false, out);
}

static int unite(struct call *call, struct value left, struct value right,
		 struct value *out)
{
	struct value both;

	if (is_string(left) || !value_iterable(left) || is_string(right))
		return fail_type(call->render,
				 "unsupported operand type(s) for +: '%s' and "
				 "'%s'",
				 value_type_name(left), value_type_name(right));
	if (value_operate(call->render, OPERATOR_ADD, left, right, &both))
		return -1;
	return distinct(call->render, both, false, out);
}

static int filter_union(struct call *call, struct value *out)
{
	struct value other;

	if (bind_other(call, &other))
		return -1;
	return unite(call, call->subject, other, out);
}

static int filter_symmetric_difference(struct call *call, struct value *out)
{
	struct value other;
	struct value common;
	struct value all;

	if (bind_other(call, &other) ||
	    choose(call, call->subject, other, true, &common) ||
	    unite(call, call->subject, other, &all))
		return -1;
	return choose(call, all, common, false, out);
}

static bool is_null(struct value value)
{
	return value.kind == VALUE_NONE || text_is(value, "None") ||
	       text_is(value, "null");
}

static int flatten(struct call *call, struct value list, int64_t levels,
		   bool skip, struct value out)
{
	if (levels < -NESTING_MAX)
		return render_fail(call->render, RENDER_LIMIT,
				   "containers nested too deeply");
	for (uint32_t i = 0; i < list.list->count; i++) {
		struct value item = list.list->items[i];

		if (skip && is_null(item))
			continue;
		if (is_sequence(item) && levels != 0) {
			if (flatten(call, item, levels - 1, skip, out))
				return -1;
		} else if (ansible_add(call->render, out, item)) {
			return -1;
		}
	}
	return 0;
}

/* Without `levels` the count goes down from -1. */
static int filter_flatten(struct call *call, struct value *out)
{
	static const char *const names[] = {"levels", "skip_nulls", NULL};
	struct value arguments[2];
	struct value items;
	int64_t levels = -1;
	bool skip;

	if (call_bind(call, names, 0, arguments) ||
	    (ansible_given(arguments[0]) &&
	     argument_int(call->render, arguments[0], &levels)) ||
	    argument_bool(call->render, arguments[1], true, &skip) ||
	    items_of(call, call->subject, &items))
		return -1;
	if (ansible_given(arguments[0]) && levels < 0)
		levels = 0;
	*out = value_list_new(render_arena(call->render), 0);
	return flatten(call, items, levels, skip, *out);
}

static int sub_path(struct call *call, struct value path, struct value *out)
{
	if (path.kind == VALUE_LIST) {
		*out = path;
		return 0;
	}
	if (is_string(path))
		return string_split(call, path, LITERAL("."), -1, out);
	return render_fail(call->render, RENDER_FILTER,
			   "subelements must be a list or a string");
}

/* The list behind `path` in `element`; empty if it may be missing. */
static int sub_values(struct call *call, struct value element,
		      struct value path, bool skip, struct value *out)
{
	*out = element;
	for (uint32_t i = 0; i < path.list->count; i++) {
		struct value key = path.list->items[i];
		const struct value *found;

		if (out->kind != VALUE_DICT || !value_hashable(key))
			return render_fail(call->render, RENDER_FILTER,
					   "the key should point to a "
					   "dictionary, got '%s'",
					   value_type_name(*out));
		found = value_dict_get(out->dict, key);
		if (!found && skip) {
			*out = value_list_new(render_arena(call->render), 0);
			return 0;
		}
		if (!found)
			return render_fail(call->render, RENDER_FILTER,
					   "could not find '%.*s' key in "
					   "iterated item",
					   (int)key.length,
					   is_string(key) ? key.bytes : "");
		*out = *found;
	}
	if (out->kind != VALUE_LIST)
		return render_fail(call->render, RENDER_FILTER,
				   "the last key should point to a list, got "
				   "'%s'",
				   value_type_name(*out));
	return 0;
}

static int elements_of(struct call *call, struct value *out)
{
	struct value subject = call->subject;

	if (subject.kind == VALUE_DICT) {
		struct call inner = {.render = call->render,
				     .subject = subject,
				     .name = "values"};

		if (method_find(subject, LITERAL("values"))
			    ->function(&inner, &subject))
			return -1;
		return value_items(call->render, subject, out);
	}
	*out = subject;
	if (subject.kind == VALUE_LIST)
		return 0;
	return render_fail(call->render, RENDER_FILTER,
			   "obj must be a list of dicts or a nested dict");
}

static int filter_subelements(struct call *call, struct value *out)
{
	static const char *const names[] = {"subelements", "skip_missing",
					    NULL};
	struct arena *arena = render_arena(call->render);
	struct value arguments[2];
	struct value elements;
	struct value path;
	bool skip;

	if (call_bind(call, names, 1, arguments) ||
	    argument_bool(call->render, arguments[1], false, &skip) ||
	    elements_of(call, &elements) || sub_path(call, arguments[0], &path))
		return -1;
	*out = value_list_new(arena, 0);
	for (uint32_t i = 0; i < elements.list->count; i++) {
		struct value element = elements.list->items[i];
		struct value values;

		if (sub_values(call, element, path, skip, &values))
			return -1;
		for (uint32_t j = 0; j < values.list->count; j++) {
			struct value pair = value_tuple_new(arena, 2);

			value_list_add(arena, pair.list, element);
			value_list_add(arena, pair.list, values.list->items[j]);
			if (ansible_add(call->render, *out, pair))
				return -1;
		}
	}
	return 0;
}

static int filter_extract(struct call *call, struct value *out)
{
	static const char *const names[] = {"container", "morekeys", NULL};
	struct value arguments[2];
	struct value more;

	if (call_bind(call, names, 1, arguments) ||
	    render_item(call->render, arguments[0], call->subject, out))
		return -1;
	more = arguments[1];
	if (!ansible_given(more))
		return 0;
	if (more.kind != VALUE_LIST)
		return render_item(call->render, *out, more, out);
	for (uint32_t i = 0; i < more.list->count; i++)
		if (render_item(call->render, *out, more.list->items[i], out))
			return -1;
	return 0;
}

static const struct call_entry entries[] = {
	{"difference", filter_difference},
	{"extract", filter_extract},
	{"flatten", filter_flatten},
	{"intersect", filter_intersect},
	{"subelements", filter_subelements},
	{"symmetric_difference", filter_symmetric_difference},
	{"union", filter_union},
	{"unique", filter_unique},
};

const struct method_table filters_ansible_list = {entries, COUNT(entries)};
