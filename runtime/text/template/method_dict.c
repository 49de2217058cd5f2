/* Methods of dicts. */
#include "runtime/text/template/method.h"
#include "runtime/text/template/object.h"

static int bind_none(struct call *call)
{
	static const char *const names[] = {NULL};

	return call_bind(call, names, 0, NULL);
}

static int view(struct call *call, enum view_kind kind, struct value *out)
{
	if (bind_none(call))
		return -1;
	*out = view_new(call->render, kind, call->subject.dict);
	return 0;
}

static int dict_keys(struct call *call, struct value *out)
{
	return view(call, VIEW_KEYS, out);
}

static int dict_values(struct call *call, struct value *out)
{
	return view(call, VIEW_VALUES, out);
}

static int dict_items(struct call *call, struct value *out)
{
	return view(call, VIEW_ITEMS, out);
}

static int dict_clear(struct call *call, struct value *out)
{
	if (bind_none(call))
		return -1;
	*call->subject.dict = (struct value_dict){0};
	*out = value_none();
	return 0;
}

static int dict_copy(struct call *call, struct value *out)
{
	if (bind_none(call))
		return -1;
	*out = value_dict_new(render_arena(call->render),
			      call->subject.dict->count);
	return dict_merge(call->render, out->dict, call->subject);
}

static int bind_key(struct call *call, struct value arguments[2])
{
	static const char *const names[] = {"key", "default", NULL};

	arguments[0] = arguments[1] = (struct value){.kind = VALUE_ABSENT};
	if (call->named_count > 0)
		return fail_type(call->render,
				 "dict.%s() takes no keyword arguments",
				 call->name);
	if (call_bind(call, names, 1, arguments))
		return -1;
	if (!value_hashable(arguments[0]))
		return fail_type(call->render, "unhashable type: '%s'",
				 value_type_name(arguments[0]));
	return 0;
}

static int dict_get(struct call *call, struct value *out)
{
	struct value arguments[2];
	const struct value *found;

	if (bind_key(call, arguments))
		return -1;
	found = value_dict_get(call->subject.dict, arguments[0]);
	*out = found                               ? *found
	       : arguments[1].kind == VALUE_ABSENT ? value_none()
						   : arguments[1];
	return 0;
}

static int key_error(struct call *call, struct value key)
{
	struct buf buf;

	text_init(&buf);
	if (value_repr(call->render, key, &buf) == 0)
		render_fail(call->render, RENDER_RUNTIME, "%.200s", buf.data);
	buf_release(&buf);
	return -1;
}

static int dict_pop(struct call *call, struct value *out)
{
	struct value_dict *dict = call->subject.dict;
	struct value arguments[2];
	const struct value *found;

	if (bind_key(call, arguments))
		return -1;
	found = value_dict_get(dict, arguments[0]);
	if (!found && arguments[1].kind == VALUE_ABSENT)
		return key_error(call, arguments[0]);
	*out = found ? *found : arguments[1];
	if (found)
		value_dict_remove(dict, arguments[0]);
	return 0;
}

static int dict_popitem(struct call *call, struct value *out)
{
	struct value_dict *dict = call->subject.dict;
	const struct value_entry *entry;
	uint32_t at = 0;

	if (bind_none(call))
		return -1;
	if (dict->count == 0)
		return render_fail(call->render, RENDER_RUNTIME,
				   "'popitem(): dictionary is empty'");
	*out = value_tuple_new(render_arena(call->render), 2);
	while ((entry = value_dict_next(dict, &at))) {
		out->list->items[0] = entry->key;
		out->list->items[1] = entry->value;
	}
	out->list->count = 2;
	value_dict_remove(dict, out->list->items[0]);
	return 0;
}

static int dict_setdefault(struct call *call, struct value *out)
{
	struct value_dict *dict = call->subject.dict;
	struct value arguments[2];
	const struct value *found;

	if (bind_key(call, arguments))
		return -1;
	found = value_dict_get(dict, arguments[0]);
	if (found) {
		*out = *found;
		return 0;
	}
	*out = arguments[1].kind == VALUE_ABSENT ? value_none() : arguments[1];
	if (render_room(call->render, 64 + dict->count))
		return -1;
	value_dict_set(render_arena(call->render), dict, arguments[0], *out);
	return 0;
}

static int dict_update(struct call *call, struct value *out)
{
	*out = value_none();
	return dict_of_call(call, call->subject.dict);
}

static int dict_fromkeys(struct call *call, struct value *out)
{
	static const char *const names[] = {"iterable", "value", NULL};
	struct value arguments[2];
	struct value key;
	uint64_t at = 0;
	int more;

	if (call_bind(call, names, 1, arguments))
		return -1;
	if (arguments[1].kind == VALUE_ABSENT)
		arguments[1] = value_none();
	*out = value_dict_new(render_arena(call->render), 0);
	while ((more = render_next(call->render, arguments[0], &at, &key)) ==
	       1) {
		if (!value_hashable(key))
			return fail_type(call->render, "unhashable type: '%s'",
					 value_type_name(key));
		if (render_count(call->render, 1) ||
		    render_room(call->render, 64))
			return -1;
		value_dict_set(render_arena(call->render), out->dict, key,
			       arguments[1]);
	}
	return more;
}

static const struct call_entry entries[] = {
	{"clear", dict_clear},
	{"copy", dict_copy},
	{"fromkeys", dict_fromkeys},
	{"get", dict_get},
	{"items", dict_items},
	{"keys", dict_keys},
	{"pop", dict_pop},
	{"popitem", dict_popitem},
	{"setdefault", dict_setdefault},
	{"update", dict_update},
	{"values", dict_values},
};

const struct method_table dict_methods = {entries, COUNT(entries)};
