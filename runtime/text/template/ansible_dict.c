/* Ansible's filters of dicts. */
#include "runtime/text/template/ansible.h"

enum merge_lists {
	MERGE_REPLACE,
	MERGE_KEEP,
	MERGE_APPEND,
	MERGE_PREPEND,
	MERGE_APPEND_RP,
	MERGE_PREPEND_RP,
};

struct merger {
	struct render *render;
	bool recursive;
	enum merge_lists lists;
};

/* The items of `list` that are not in `other`. */
static int without(struct render *render, struct value list, struct value other,
		   struct value *out)
{
	*out = value_list_new(render_arena(render), 0);
	for (uint32_t i = 0; i < list.list->count; i++) {
		bool found;

		if (ansible_in(render, other.list, list.list->items[i],
			       &found) ||
		    (!found && ansible_add(render, *out, list.list->items[i])))
			return -1;
	}
	return 0;
}

static int merge_list(const struct merger *merger, struct value low,
		      struct value high, struct value *out)
{
	struct render *render = merger->render;

	if ((merger->lists == MERGE_APPEND_RP ||
	     merger->lists == MERGE_PREPEND_RP) &&
	    without(render, low, high, &low))
		return -1;
	switch (merger->lists) {
	case MERGE_REPLACE:
		*out = high;
		return 0;
	case MERGE_KEEP:
		*out = low;
		return 0;
	case MERGE_APPEND:
	case MERGE_APPEND_RP:
		return value_operate(render, OPERATOR_ADD, low, high, out);
	default:
		return value_operate(render, OPERATOR_ADD, high, low, out);
	}
}

static int merge(const struct merger *merger, struct value low,
		 struct value high, int depth, struct value *out);

static int merge_entry(const struct merger *merger, struct value low,
		       struct value high, int depth, struct value *out)
{
	if (low.kind == VALUE_DICT && high.kind == VALUE_DICT &&
	    merger->recursive)
		return merge(merger, low, high, depth + 1, out);
	if (low.kind == VALUE_LIST && high.kind == VALUE_LIST)
		return merge_list(merger, low, high, out);
	*out = high;
	return 0;
}

static int merge(const struct merger *merger, struct value low,
		 struct value high, int depth, struct value *out)
{
	struct arena *arena = render_arena(merger->render);
	const struct value_entry *entry;
	uint32_t at = 0;

	if (low.kind != VALUE_DICT || high.kind != VALUE_DICT)
		return render_fail(merger->render, RENDER_FILTER,
				   "failed to combine variables, expected "
				   "dicts but got a '%s' and a '%s'",
				   value_type_name(low), value_type_name(high));
	if (depth > NESTING_MAX)
		return render_fail(merger->render, RENDER_LIMIT,
				   "containers nested too deeply");
	*out = value_dict_new(arena, low.dict->count);
	if (dict_merge(merger->render, out->dict, low))
		return -1;
	while ((entry = value_dict_next(high.dict, &at))) {
		const struct value *old = value_dict_get(low.dict, entry->key);
		struct value merged = entry->value;

		if (render_count(merger->render, 1) ||
		    render_room(merger->render, 64) ||
		    (old &&
		     merge_entry(merger, *old, entry->value, depth, &merged)))
			return -1;
		value_dict_set(arena, out->dict, entry->key, merged);
	}
	return 0;
}

static int merge_option(struct call *call, struct value value,
			enum merge_lists *out)
{
	static const char *const names[] = {"replace",   "keep",
					    "append",    "prepend",
					    "append_rp", "prepend_rp"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (text_is(value, names[i])) {
			*out = (enum merge_lists)i;
			return 0;
		}
	return render_fail(call->render, RENDER_FILTER,
			   "merge_hash: 'list_merge' argument can only be "
			   "equal to 'replace', 'keep', 'append', 'prepend', "
			   "'append_rp' or 'prepend_rp'");
}

static int bind_combine(struct call *call, struct merger *merger)
{
	for (uint32_t i = 0; i < call->named_count; i++) {
		struct value name = call->named[i].name;
		struct value value = call->named[i].value;

		if (text_is(name, "recursive")) {
			if (value_true(call->render, value, &merger->recursive))
				return -1;
		} else if (text_is(name, "list_merge")) {
			if (merge_option(call, value, &merger->lists))
				return -1;
		} else {
			return render_fail(call->render, RENDER_FILTER,
					   "'recursive' and 'list_merge' are "
					   "the only valid keyword arguments");
		}
	}
	return 0;
}

/* The dicts to combine: the terms, and what is in lists among them. */
static int add_terms(struct call *call, struct value term, struct value out)
{
	if (term.kind == VALUE_UNDEFINED)
		return render_fail(call->render, RENDER_FILTER,
				   "a dictionary to combine is undefined");
	if (term.kind == VALUE_NONE)
		return 0;
	if (!is_sequence(term))
		return ansible_add(call->render, out, term);
	for (uint32_t i = 0; i < term.list->count; i++) {
		struct value item = term.list->items[i];

		if (item.kind == VALUE_UNDEFINED)
			return render_fail(call->render, RENDER_FILTER,
					   "a dictionary to combine is "
					   "undefined");
		if (item.kind != VALUE_NONE &&
		    ansible_add(call->render, out, item))
			return -1;
	}
	return 0;
}

/* From the last to the first, as Ansible does: which is which matters. */
static int filter_combine(struct call *call, struct value *out)
{
	struct merger merger = {.render = call->render};
	struct value terms = value_list_new(render_arena(call->render), 4);
	struct value_list *list = terms.list;

	if (bind_combine(call, &merger) ||
	    add_terms(call, call->subject, terms))
		return -1;
	for (uint32_t i = 0; i < call->count; i++)
		if (add_terms(call, call->arguments[i], terms))
			return -1;
	if (list->count == 0) {
		*out = value_dict_new(render_arena(call->render), 0);
		return 0;
	}
	*out = list->items[list->count - 1];
	for (uint32_t i = list->count - 1; i > 0; i--)
		if (merge(&merger, list->items[i - 1], *out, 0, out))
			return -1;
	return 0;
}

static int bind_pair(struct call *call, struct value names[2])
{
	static const char *const parameters[] = {"key_name", "value_name",
						 NULL};

	if (call_bind(call, parameters, 0, names))
		return -1;
	if (names[0].kind == VALUE_ABSENT)
		names[0] = LITERAL("key");
	if (names[1].kind == VALUE_ABSENT)
		names[1] = LITERAL("value");
	if (!value_hashable(names[0]) || !value_hashable(names[1]))
		return fail_type(call->render, "unhashable type: '%s'",
				 value_type_name(names[0]));
	return render_defined(call->render, call->subject);
}

static int filter_dict2items(struct call *call, struct value *out)
{
	struct arena *arena = render_arena(call->render);
	const struct value_entry *entry;
	struct value names[2];
	uint32_t at = 0;

	if (bind_pair(call, names))
		return -1;
	if (call->subject.kind != VALUE_DICT)
		return render_fail(call->render, RENDER_FILTER,
				   "dict2items requires a dictionary, got "
				   "<class '%s'> instead.",
				   value_type_name(call->subject));
	*out = value_list_new(arena, call->subject.dict->count);
	while ((entry = value_dict_next(call->subject.dict, &at))) {
		struct value item = value_dict_new(arena, 2);

		value_dict_set(arena, item.dict, names[0], entry->key);
		value_dict_set(arena, item.dict, names[1], entry->value);
		if (ansible_add(call->render, *out, item))
			return -1;
	}
	return 0;
}

static int filter_items2dict(struct call *call, struct value *out)
{
	struct render *render = call->render;
	struct value subject = call->subject;
	struct value names[2];

	if (bind_pair(call, names))
		return -1;
	if (!is_sequence(subject))
		return render_fail(render, RENDER_FILTER,
				   "items2dict requires a list, got <class "
				   "'%s'> instead.",
				   value_type_name(subject));
	*out = value_dict_new(render_arena(render), subject.list->count);
	for (uint32_t i = 0; i < subject.list->count; i++) {
		struct value item = subject.list->items[i];
		const struct value *key;
		const struct value *value;

		if (item.kind != VALUE_DICT)
			return render_fail(render, RENDER_FILTER,
					   "items2dict requires a list of "
					   "dictionaries");
		key = value_dict_get(item.dict, names[0]);
		value = value_dict_get(item.dict, names[1]);
		if (!key || !value || !value_hashable(*key))
			return render_fail(render, RENDER_FILTER,
					   "items2dict requires each "
					   "dictionary in the list to contain "
					   "the keys '%.*s' and '%.*s'",
					   (int)names[0].length, names[0].bytes,
					   (int)names[1].length,
					   names[1].bytes);
		if (render_count(render, 1) || render_room(render, 64))
			return -1;
		value_dict_set(render_arena(render), out->dict, *key, *value);
	}
	return 0;
}

static int bind_rekey(struct call *call, struct value *key, bool *overwrite)
{
	static const char *const names[] = {"key", "duplicates", NULL};
	struct value arguments[2];

	if (call_bind(call, names, 1, arguments))
		return -1;
	*key = arguments[0];
	*overwrite = text_is(arguments[1], "overwrite");
	if (arguments[1].kind != VALUE_ABSENT && !*overwrite &&
	    !text_is(arguments[1], "error"))
		return render_fail(call->render, RENDER_FILTER,
				   "duplicates parameter to rekey_on_member "
				   "has unknown value");
	if (key->kind == VALUE_UNDEFINED)
		return render_missing(call->render, *key);
	if (!value_hashable(*key))
		return render_fail(call->render, RENDER_FILTER,
				   "unhashable type: '%s'",
				   value_type_name(*key));
	return render_defined(call->render, call->subject);
}

static int rekey(struct call *call, struct value item, struct value key,
		 bool overwrite, struct value_dict *out)
{
	const struct value *found;
	struct buf buf;

	if (item.kind != VALUE_DICT)
		return render_fail(call->render, RENDER_FILTER,
				   "List item is not a valid dict");
	found = value_dict_get(item.dict, key);
	if (!found || !value_hashable(*found))
		return render_fail(call->render, RENDER_FILTER,
				   "Key %.*s was not found",
				   is_string(key) ? (int)key.length : 0,
				   is_string(key) ? key.bytes : "");
	if (!overwrite && value_dict_get(out, *found)) {
		text_init(&buf);
		if (value_print(call->render, *found, &buf) == 0)
			render_fail(call->render, RENDER_FILTER,
				    "Key %.200s is not unique, cannot "
				    "correctly turn into dict",
				    buf.data ? buf.data : "");
		buf_release(&buf);
		return -1;
	}
	if (render_count(call->render, 1) || render_room(call->render, 64))
		return -1;
	value_dict_set(render_arena(call->render), out, *found, item);
	return 0;
}

static int filter_rekey_on_member(struct call *call, struct value *out)
{
	struct value subject = call->subject;
	const struct value_entry *entry;
	struct value items;
	struct value key;
	bool overwrite;
	uint32_t at = 0;

	if (bind_rekey(call, &key, &overwrite))
		return -1;
	if (is_string(subject) || !value_iterable(subject))
		return render_fail(call->render, RENDER_FILTER,
				   "Type is not a valid list, set, or dict");
	*out = value_dict_new(render_arena(call->render), 0);
	if (subject.kind == VALUE_DICT) {
		while ((entry = value_dict_next(subject.dict, &at)))
			if (rekey(call, entry->value, key, overwrite,
				  out->dict))
				return -1;
		return 0;
	}
	if (value_items(call->render, subject, &items))
		return -1;
	for (uint32_t i = 0; i < items.list->count; i++)
		if (rekey(call, items.list->items[i], key, overwrite,
			  out->dict))
			return -1;
	return 0;
}

static const struct call_entry entries[] = {
	{"combine", filter_combine},
	{"dict2items", filter_dict2items},
	{"items2dict", filter_items2dict},
	{"rekey_on_member", filter_rekey_on_member},
};

const struct method_table filters_ansible_dict = {entries, COUNT(entries)};
