/* Methods of lists and tuples. */
#include "runtime/text/template/method.h"

static int bind_none(struct call *call)
{
	static const char *const names[] = {NULL};

	return call_bind(call, names, 0, NULL);
}

static int bind_one(struct call *call, const char *name, struct value *out)
{
	const char *const names[] = {name, NULL};

	return call_bind(call, names, 1, out);
}

static int add_item(struct render *render, struct value_list *list,
		    struct value item)
{
	if (list->count == list->capacity &&
	    render_room(render, 2 * sizeof(item) * list->capacity))
		return -1;
	value_list_add(render_arena(render), list, item);
	return render_count(render, 1);
}

static int list_append(struct call *call, struct value *out)
{
	struct value item;

	if (bind_one(call, "object", &item) ||
	    add_item(call->render, call->subject.list, item))
		return -1;
	*out = value_none();
	return 0;
}

static int list_clear(struct call *call, struct value *out)
{
	if (bind_none(call))
		return -1;
	call->subject.list->count = 0;
	*out = value_none();
	return 0;
}

static int list_copy(struct call *call, struct value *out)
{
	if (bind_none(call))
		return -1;
	return value_items(call->render, call->subject, out);
}

static int list_count(struct call *call, struct value *out)
{
	const struct value_list *list = call->subject.list;
	struct value item;
	int64_t count = 0;

	if (bind_one(call, "value", &item) ||
	    render_count(call->render, list->count))
		return -1;
	for (uint32_t i = 0; i < list->count; i++) {
		bool equal;

		if (value_equal(call->render, list->items[i], item, &equal))
			return -1;
		count += equal;
	}
	*out = value_int(count);
	return 0;
}

/* The items are taken before any is added: a list may extend itself. */
static int list_extend(struct call *call, struct value *out)
{
	struct value over;
	struct value items;

	if (bind_one(call, "iterable", &over) ||
	    value_items(call->render, over, &items))
		return -1;
	for (uint32_t i = 0; i < items.list->count; i++)
		if (add_item(call->render, call->subject.list,
			     items.list->items[i]))
			return -1;
	*out = value_none();
	return 0;
}

/* The first place from `start` to `stop` that equals `item`; 1, 0 or -1. */
static int find(struct call *call, struct value item, int64_t start,
		int64_t stop, int64_t *out)
{
	const struct value_list *list = call->subject.list;

	if (stop > list->count)
		stop = list->count;
	for (*out = start; *out < stop; (*out)++) {
		bool equal;

		if (render_count(call->render, 1) ||
		    value_equal(call->render, list->items[*out], item, &equal))
			return -1;
		if (equal)
			return 1;
	}
	return 0;
}

static int64_t from_end(int64_t at, int64_t count)
{
	if (at < 0)
		at += count;
	return at < 0 ? 0 : at;
}

static int not_in(struct call *call, struct value item)
{
	struct buf buf;

	if (call->subject.kind == VALUE_TUPLE)
		return render_fail(call->render, RENDER_VALUE,
				   "tuple.index(x): x not in tuple");
	text_init(&buf);
	if (value_repr(call->render, item, &buf) == 0)
		render_fail(call->render, RENDER_VALUE, "%.200s is not in list",
			    buf.data);
	buf_release(&buf);
	return -1;
}

static int list_index(struct call *call, struct value *out)
{
	static const char *const names[] = {"value", "start", "stop", NULL};
	int64_t count = call->subject.list->count;
	struct value arguments[3];
	int64_t start;
	int64_t stop;
	int64_t at;
	int found;

	if (call_bind(call, names, 1, arguments) ||
	    argument_int_or(call->render, arguments[1], 0, &start) ||
	    argument_int_or(call->render, arguments[2], count, &stop))
		return -1;
	found = find(call, arguments[0], from_end(start, count),
		     from_end(stop, count), &at);
	if (found == 0)
		return not_in(call, arguments[0]);
	*out = value_int(at);
	return found < 0 ? -1 : 0;
}

static int list_insert(struct call *call, struct value *out)
{
	static const char *const names[] = {"index", "object", NULL};
	struct value_list *list = call->subject.list;
	struct value arguments[2];
	int64_t at;

	if (call_bind(call, names, 2, arguments) ||
	    argument_int(call->render, arguments[0], &at))
		return -1;
	at = from_end(at, list->count);
	if (at > list->count)
		at = list->count;
	if (add_item(call->render, list, arguments[1]))
		return -1;
	memmove(list->items + at + 1, list->items + at,
		(list->count - 1 - (size_t)at) * sizeof(*list->items));
	list->items[at] = arguments[1];
	*out = value_none();
	return 0;
}

static void remove_at(struct value_list *list, int64_t at)
{
	list->count--;
	memmove(list->items + at, list->items + at + 1,
		(list->count - (size_t)at) * sizeof(*list->items));
}

static int list_pop(struct call *call, struct value *out)
{
	static const char *const names[] = {"index", NULL};
	struct value_list *list = call->subject.list;
	struct value argument;
	int64_t at;

	if (call_bind(call, names, 0, &argument) ||
	    argument_int_or(call->render, argument, -1, &at))
		return -1;
	if (list->count == 0)
		return render_fail(call->render, RENDER_RUNTIME,
				   "pop from empty list");
	if (at < 0)
		at += list->count;
	if (at < 0 || at >= list->count)
		return render_fail(call->render, RENDER_RUNTIME,
				   "pop index out of range");
	*out = list->items[at];
	remove_at(list, at);
	return 0;
}

static int list_remove(struct call *call, struct value *out)
{
	struct value item;
	int64_t at;
	int found;

	if (bind_one(call, "value", &item))
		return -1;
	found = find(call, item, 0, call->subject.list->count, &at);
	if (found < 0)
		return -1;
	if (found == 0)
		return render_fail(call->render, RENDER_VALUE,
				   "list.remove(x): x not in list");
	remove_at(call->subject.list, at);
	*out = value_none();
	return 0;
}

static int list_reverse(struct call *call, struct value *out)
{
	struct value_list *list = call->subject.list;

	if (bind_none(call))
		return -1;
	for (uint32_t i = 0; i < list->count / 2; i++) {
		struct value other = list->items[list->count - 1 - i];

		list->items[list->count - 1 - i] = list->items[i];
		list->items[i] = other;
	}
	*out = value_none();
	return 0;
}

static int list_sort(struct call *call, struct value *out)
{
	static const char *const names[] = {"reverse", NULL};
	struct value_list *list = call->subject.list;
	struct sort_item *items =
		room_new(call->render, list->count + 1, sizeof(*items));
	struct value argument;
	bool reverse;

	if (!items || call_bind(call, names, 0, &argument) ||
	    argument_bool(call->render, argument, false, &reverse))
		return -1;
	for (uint32_t i = 0; i < list->count; i++)
		items[i] = (struct sort_item){list->items[i], list->items[i]};
	if (sort_items(call->render, items, list->count, reverse))
		return -1;
	for (uint32_t i = 0; i < list->count; i++)
		list->items[i] = items[i].item;
	*out = value_none();
	return 0;
}

static const struct call_entry list_entries[] = {
	{"append", list_append}, {"clear", list_clear},
	{"copy", list_copy},     {"count", list_count},
	{"extend", list_extend}, {"index", list_index},
	{"insert", list_insert}, {"pop", list_pop},
	{"remove", list_remove}, {"reverse", list_reverse},
	{"sort", list_sort},
};

static const struct call_entry tuple_entries[] = {
	{"count", list_count},
	{"index", list_index},
};

const struct method_table list_methods = {list_entries, COUNT(list_entries)};
const struct method_table tuple_methods = {tuple_entries, COUNT(tuple_entries)};
