/* Filters that compare: sort, dictsort, groupby, unique, min and max. */
#include "runtime/text/template/filter.h"
#include "runtime/text/template/object.h"

static bool given(struct value value)
{
	return value.kind != VALUE_ABSENT && value.kind != VALUE_NONE;
}

static int fold(struct render *render, struct value *key)
{
	if (!is_string(*key))
		return 0;
	return string_case(render, *key, STRING_LOWER, key);
}

/* The keys to sort by: of one attribute or of several. */
struct multi {
	struct getter *getters;
	uint32_t count;
	bool folded;
};

/* "a,b": several attributes, each of which counts. */
static int multi_init(struct render *render, struct value attribute,
		      struct multi *multi)
{
	struct getter **getters = &multi->getters;
	uint32_t *count = &multi->count;
	const char *at;
	const char *end;

	*count = 1;
	for (uint32_t i = 0; is_string(attribute) && i < attribute.length; i++)
		*count += attribute.bytes[i] == ',';
	*getters = room_new(render, *count, sizeof(**getters));
	if (!*getters)
		return -1;
	if (!is_string(attribute))
		return getter_init(*getters, render, attribute);
	at = attribute.bytes;
	end = at + attribute.length;
	for (uint32_t i = 0; i < *count; i++) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		const char *stop = comma ? comma : end;

		if (getter_init(&(*getters)[i], render,
				value_borrow(at, (size_t)(stop - at))))
			return -1;
		at = stop + 1;
	}
	return 0;
}

static int multi_key(struct render *render, const struct multi *multi,
		     struct value item, struct value *key)
{
	if (multi->count == 1) {
		if (getter_get(multi->getters, item, key))
			return -1;
		return multi->folded ? fold(render, key) : 0;
	}
	*key = value_list_new(render_arena(render), multi->count);
	for (uint32_t i = 0; i < multi->count; i++) {
		struct value *part = &key->list->items[i];

		if (getter_get(&multi->getters[i], item, part) ||
		    (multi->folded && fold(render, part)))
			return -1;
		key->list->count++;
	}
	return 0;
}

/*
 * Python sorts by lists of keys: there two undefined ones are equal, which
 * they may not be asked alone.
 */
static int wrap_undefined(struct render *render, struct sort_item *items,
			  uint32_t count)
{
	bool any = false;

	for (uint32_t i = 0; !any && i < count; i++)
		any = items[i].key.kind == VALUE_UNDEFINED;
	for (uint32_t i = 0; any && i < count; i++) {
		struct value list;

		if (render_room(render, 2 * sizeof(list)))
			return -1;
		list = value_list_new(render_arena(render), 1);
		value_list_add(render_arena(render), list.list, items[i].key);
		items[i].key = list;
	}
	return 0;
}

static int filter_sort(struct call *call, struct value *out)
{
	static const char *const names[] = {"reverse", "case_sensitive",
					    "attribute", NULL};
	struct render *render = call->render;
	struct value arguments[3];
	struct sort_item *items;
	struct multi multi;
	bool reverse;
	bool sensitive;

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(render, arguments[0], false, &reverse) ||
	    argument_bool(render, arguments[1], false, &sensitive) ||
	    multi_init(render, arguments[2], &multi) ||
	    value_items(render, call->subject, out))
		return -1;
	multi.folded = !sensitive;
	items = room_new(render, out->list->count + 1, sizeof(*items));
	if (!items)
		return -1;
	for (uint32_t i = 0; i < out->list->count; i++) {
		items[i].item = out->list->items[i];
		if (multi_key(render, &multi, items[i].item, &items[i].key))
			return -1;
	}
	if (wrap_undefined(render, items, out->list->count) ||
	    sort_items(render, items, out->list->count, reverse))
		return -1;
	for (uint32_t i = 0; i < out->list->count; i++)
		out->list->items[i] = items[i].item;
	return 0;
}

static int bind_dictsort(struct call *call, bool *sensitive, bool *by_value,
			 bool *reverse)
{
	static const char *const names[] = {"case_sensitive", "by", "reverse",
					    NULL};
	struct value arguments[3];

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(call->render, arguments[0], false, sensitive) ||
	    argument_bool(call->render, arguments[2], false, reverse))
		return -1;
	*by_value = text_is(arguments[1], "value");
	if (arguments[1].kind != VALUE_ABSENT && !*by_value &&
	    !text_is(arguments[1], "key"))
		return render_fail(call->render, RENDER_FILTER,
				   "You can only sort by either \"key\" or "
				   "\"value\"");
	return 0;
}

/* The pairs of a dict, as a list. */
static int dict_pairs(struct call *call, struct value *out)
{
	struct value dict = call->subject;

	if (dict.kind == VALUE_UNDEFINED)
		return render_missing(call->render, dict);
	if (dict.kind != VALUE_DICT)
		return render_fail(call->render, RENDER_RUNTIME,
				   "'%s' object has no attribute 'items'",
				   value_type_name(dict));
	return value_items(call->render,
			   view_new(call->render, VIEW_ITEMS, dict.dict), out);
}

static int filter_dictsort(struct call *call, struct value *out)
{
	struct render *render = call->render;
	struct sort_item *items;
	bool sensitive;
	bool by_value;
	bool reverse;

	if (bind_dictsort(call, &sensitive, &by_value, &reverse) ||
	    dict_pairs(call, out))
		return -1;
	items = room_new(render, out->list->count + 1, sizeof(*items));
	if (!items)
		return -1;
	for (uint32_t i = 0; i < out->list->count; i++) {
		items[i].item = out->list->items[i];
		items[i].key = items[i].item.list->items[by_value];
		if (!sensitive && fold(render, &items[i].key))
			return -1;
	}
	if (sort_items(render, items, out->list->count, reverse))
		return -1;
	for (uint32_t i = 0; i < out->list->count; i++)
		out->list->items[i] = items[i].item;
	return 0;
}

/* What groupby hands out: a tuple whose parts have names. */
struct group {
	struct value_object object;
	struct value parts[2];
};

static struct group *group_of(struct value self)
{
	return (struct group *)self.object;
}

static int group_attribute(struct render *render, struct value self,
			   struct value name, struct value *out)
{
	(void)render;
	if (text_is(name, "grouper"))
		*out = group_of(self)->parts[0];
	else if (text_is(name, "list"))
		*out = group_of(self)->parts[1];
	else
		return 0;
	return 1;
}

static int group_item(struct render *render, struct value self,
		      struct value key, struct value *out)
{
	int64_t at;

	(void)render;
	if (key.kind != VALUE_INT)
		return 0;
	at = key.integer < 0 ? key.integer + 2 : key.integer;
	if (at < 0 || at > 1)
		return 0;
	*out = group_of(self)->parts[at];
	return 1;
}

static int group_next(struct render *render, struct value self, uint64_t *at,
		      struct value *out)
{
	(void)render;
	if (*at > 1)
		return 0;
	*out = group_of(self)->parts[(*at)++];
	return 1;
}

static int64_t group_length(struct value self)
{
	(void)self;
	return 2;
}

static int group_print(struct render *render, struct value self,
		       struct buf *out)
{
	buf_putc(out, '(');
	if (value_repr(render, group_of(self)->parts[0], out))
		return -1;
	buf_puts(out, ", ");
	if (value_repr(render, group_of(self)->parts[1], out))
		return -1;
	buf_putc(out, ')');
	return 0;
}

static const struct value_class group_class = {
	.name = "_GroupTuple",
	.attribute = group_attribute,
	.item = group_item,
	.next = group_next,
	.length = group_length,
	.print = group_print,
};

static struct value new_group(struct render *render, struct value key)
{
	struct arena *arena = render_arena(render);
	struct group *group = arena_alloc(arena, sizeof(*group));

	*group =
		(struct group){{&group_class}, {key, value_list_new(arena, 4)}};
	return (struct value){.kind = VALUE_OBJECT, .object = &group->object};
}

/* Items in order of their keys become a list of groups. */
static int make_groups(struct render *render, const struct sort_item *items,
		       uint32_t count, const struct getter *getter,
		       struct value *out)
{
	struct arena *arena = render_arena(render);
	struct group *group = NULL;

	*out = value_list_new(arena, 0);
	for (uint32_t i = 0; i < count; i++) {
		bool same = false;
		struct value key;

		if (i > 0 &&
		    value_equal(render, items[i - 1].key, items[i].key, &same))
			return -1;
		if (render_count(render, 1) ||
		    render_room(render, 2 * sizeof(*group)))
			return -1;
		if (!same) {
			if (getter_get(getter, items[i].item, &key))
				return -1;
			value_list_add(arena, out->list,
				       new_group(render, key));
			group = group_of(
				out->list->items[out->list->count - 1]);
		}
		value_list_add(arena, group->parts[1].list, items[i].item);
	}
	return 0;
}

static int filter_groupby(struct call *call, struct value *out)
{
	static const char *const names[] = {"attribute", "default",
					    "case_sensitive", NULL};
	struct render *render = call->render;
	struct value arguments[3];
	struct sort_item *items;
	struct getter getter;
	struct value list;
	bool sensitive;

	if (call_bind(call, names, 1, arguments) ||
	    argument_bool(render, arguments[2], false, &sensitive) ||
	    getter_init(&getter, render, arguments[0]) ||
	    value_items(render, call->subject, &list))
		return -1;
	if (given(arguments[1]))
		getter.fallback = arguments[1];
	items = room_new(render, list.list->count + 1, sizeof(*items));
	if (!items)
		return -1;
	for (uint32_t i = 0; i < list.list->count; i++) {
		items[i].item = list.list->items[i];
		if (getter_get(&getter, items[i].item, &items[i].key) ||
		    (!sensitive && fold(render, &items[i].key)))
			return -1;
	}
	if (sort_items(render, items, list.list->count, false))
		return -1;
	return make_groups(render, items, list.list->count, &getter, out);
}

struct unique {
	struct generator generator;
	struct getter getter;
	struct value_dict *seen;
	bool folded;
};

static int unique_next(struct render *render, struct generator *generator,
		       struct value *out)
{
	struct unique *unique = (struct unique *)generator;
	int more;

	while ((more = render_next(render, generator->source, &generator->at,
				   out)) == 1) {
		struct value key;

		if (render_count(render, 1) ||
		    getter_get(&unique->getter, *out, &key) ||
		    (unique->folded && fold(render, &key)) ||
		    render_defined(render, key))
			return -1;
		if (!value_hashable(key))
			return fail_type(render, "unhashable type: '%s'",
					 value_type_name(key));
		if (value_dict_get(unique->seen, key))
			continue;
		if (render_room(render, 64))
			return -1;
		value_dict_set(render_arena(render), unique->seen, key,
			       value_none());
		return 1;
	}
	return more;
}

static int filter_unique(struct call *call, struct value *out)
{
	static const char *const names[] = {"case_sensitive", "attribute",
					    NULL};
	struct render *render = call->render;
	struct value arguments[2];
	struct unique *unique;
	bool sensitive;

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(render, arguments[0], false, &sensitive))
		return -1;
	unique = generator_new(render, sizeof(*unique),
			       "generator object do_unique", call->subject,
			       unique_next);
	if (!unique || getter_init(&unique->getter, render, arguments[1]))
		return -1;
	unique->seen = value_dict_new(render_arena(render), 0).dict;
	unique->folded = !sensitive;
	*out = generator_value(&unique->generator);
	return 0;
}

/* The first of the smallest, or of the largest. */
static int extreme(struct call *call, int wanted, struct value *out)
{
	static const char *const names[] = {"case_sensitive", "attribute",
					    NULL};
	struct render *render = call->render;
	struct value arguments[2];
	struct value best = {.kind = VALUE_ABSENT};
	struct getter getter;
	struct value item;
	bool sensitive;
	uint64_t at = 0;
	int more;

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(render, arguments[0], false, &sensitive) ||
	    getter_init(&getter, render, arguments[1]))
		return -1;
	while ((more = render_next(render, call->subject, &at, &item)) == 1) {
		struct value key;
		int order = wanted;

		if (render_count(render, 1) ||
		    getter_get(&getter, item, &key) ||
		    (!sensitive && fold(render, &key)) ||
		    (best.kind != VALUE_ABSENT &&
		     value_compare(render, key, best, &order)))
			return -1;
		if (order != wanted)
			continue;
		best = key;
		*out = item;
	}
	if (more == 0 && best.kind == VALUE_ABSENT)
		*out = render_undefined(
			render, "No aggregated item, sequence was empty.");
	return more;
}

static int filter_min(struct call *call, struct value *out)
{
	return extreme(call, -1, out);
}

static int filter_max(struct call *call, struct value *out)
{
	return extreme(call, 1, out);
}

static const struct call_entry entries[] = {
	{"dictsort", filter_dictsort}, {"groupby", filter_groupby},
	{"max", filter_max},           {"min", filter_min},
	{"sort", filter_sort},         {"unique", filter_unique},
};

const struct method_table filters_order = {entries, COUNT(entries)};
