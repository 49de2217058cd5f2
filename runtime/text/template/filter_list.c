/* Filters that take sequences apart or put them together. */
#include "runtime/text/template/filter.h"
#include "runtime/text/template/object.h"
#include "runtime/text/template/operate.h"

static int bind_none(struct call *call)
{
	static const char *const names[] = {NULL};

	return call_bind(call, names, 0, NULL);
}

static int filter_list(struct call *call, struct value *out)
{
	if (bind_none(call))
		return -1;
	return value_items(call->render, call->subject, out);
}

static int filter_length(struct call *call, struct value *out)
{
	struct value of = call->subject;
	int64_t length;

	if (bind_none(call) || render_defined(call->render, of) ||
	    (is_string(of) && render_count(call->render, of.length / 64)))
		return -1;
	length = value_length(of);
	if (length < 0)
		return fail_type(call->render,
				 "object of type '%s' has no len()",
				 value_type_name(call->subject));
	*out = value_int(length);
	return 0;
}

static int filter_first(struct call *call, struct value *out)
{
	uint64_t at = 0;
	int more;

	if (bind_none(call))
		return -1;
	more = render_next(call->render, call->subject, &at, out);
	if (more == 0)
		*out = render_undefined(call->render,
					"No first item, sequence was empty.");
	return more < 0 ? -1 : 0;
}

/* What `last` and `reverse` can look at from behind. */
static bool is_reversible(struct value value)
{
	return value_iterable(value) && value_length(value) >= 0;
}

static int filter_last(struct call *call, struct value *out)
{
	struct value items;

	if (bind_none(call))
		return -1;
	if (!is_reversible(call->subject))
		return fail_type(call->render, "'%s' object is not reversible",
				 value_type_name(call->subject));
	if (is_sequence(call->subject))
		items = call->subject;
	else if (value_items(call->render, call->subject, &items))
		return -1;
	if (items.list->count == 0)
		*out = render_undefined(call->render,
					"No last item, sequence was empty.");
	else
		*out = items.list->items[items.list->count - 1];
	return 0;
}

/* Where things happen to lie is random enough for a template. */
static int filter_random(struct call *call, struct value *out)
{
	struct value items;
	uint64_t number;

	if (bind_none(call) || value_items(call->render, call->subject, &items))
		return -1;
	if (items.list->count == 0) {
		*out = render_undefined(call->render,
					"No random item, sequence was empty.");
		return 0;
	}
	number = ((uint64_t)(uintptr_t)items.list +
		  (uint64_t)render_now(call->render)) *
		 0x9e3779b97f4a7c15u;
	number ^= number >> 32;
	*out = items.list->items[number % items.list->count];
	return 0;
}

/* An item as text: escaped if the result is to be safe. */
static int join_item(struct call *call, struct value item, bool safe,
		     struct buf *buf)
{
	if (safe)
		return value_escape(call->render, item, buf);
	return value_print(call->render, item, buf);
}

static int join_items(struct call *call, const struct value_list *list,
		      struct value separator, bool safe, struct value *out)
{
	struct buf buf;
	int status = render_count(call->render, list->count);

	text_init(&buf);
	for (uint32_t i = 0; status == 0 && i < list->count; i++) {
		if (i > 0)
			buf_append(&buf, separator.bytes, separator.length);
		status = join_item(call, list->items[i], safe, &buf);
	}
	if (text_done(call->render, status, &buf, out))
		return -1;
	out->flags = safe ? VALUE_SAFE : 0;
	return 0;
}

/* With autoescape, one safe item (or separator) makes the others escaped. */
static int joins_safe(struct call *call, const struct value_list *list,
		      struct value *separator, bool *safe)
{
	struct buf buf;

	*safe = separator->flags & VALUE_SAFE;
	for (uint32_t i = 0; !*safe && i < list->count; i++)
		*safe = is_string(list->items[i]) &&
			(list->items[i].flags & VALUE_SAFE);
	if (!*safe)
		return 0;
	text_init(&buf);
	return text_done(call->render,
			 value_escape(call->render, *separator, &buf), &buf,
			 separator);
}

static int get_each(struct call *call, struct value attribute,
		    struct value *items)
{
	struct getter getter;

	if (getter_init(&getter, call->render, attribute))
		return -1;
	for (uint32_t i = 0; i < items->list->count; i++)
		if (getter_get(&getter, items->list->items[i],
			       &items->list->items[i]))
			return -1;
	return 0;
}

static bool given(struct value value)
{
	return value.kind != VALUE_ABSENT && value.kind != VALUE_NONE;
}

static int filter_join(struct call *call, struct value *out)
{
	static const char *const names[] = {"d", "attribute", NULL};
	struct value arguments[2];
	struct value items = call->subject;
	bool safe = false;

	if (call_bind(call, names, 0, arguments))
		return -1;
	if (arguments[0].kind == VALUE_ABSENT)
		arguments[0] = LITERAL("");
	if ((!is_sequence(items) || given(arguments[1])) &&
	    value_items(call->render, items, &items))
		return -1;
	if (given(arguments[1]) && get_each(call, arguments[1], &items))
		return -1;
	if (value_to_string(call->render, arguments[0], &arguments[0]) ||
	    (render_autoescape(call->render) &&
	     joins_safe(call, items.list, &arguments[0], &safe)))
		return -1;
	return join_items(call, items.list, arguments[0], safe, out);
}

static int filter_reverse(struct call *call, struct value *out)
{
	const struct value backwards[3] = {value_none(), value_none(),
					   value_int(-1)};
	struct value_list *list;

	if (bind_none(call))
		return -1;
	if (is_string(call->subject))
		return value_slice(call->render, call->subject, backwards, out);
	if (!value_iterable(call->subject))
		return render_fail(call->render, RENDER_FILTER,
				   "argument must be iterable");
	if (value_items(call->render, call->subject, out))
		return -1;
	list = out->list;
	for (uint32_t i = 0; i < list->count / 2; i++) {
		struct value other = list->items[list->count - 1 - i];

		list->items[list->count - 1 - i] = list->items[i];
		list->items[i] = other;
	}
	if (!is_generator(call->subject))
		*out = iterator_over(call->render,
				     "list_reverseiterator object", *out);
	return 0;
}

struct batch {
	struct generator generator;
	int64_t size;
	struct value filling;
};

static int batch_next(struct render *render, struct generator *generator,
		      struct value *out)
{
	struct batch *batch = (struct batch *)generator;
	struct arena *arena = render_arena(render);
	struct value item;
	int more = 1;

	*out = value_list_new(arena, 0);
	do {
		more = render_next(render, generator->source, &generator->at,
				   &item);
		if (more < 0 || render_count(render, 1) ||
		    render_room(render, sizeof(item)))
			return -1;
		if (more)
			value_list_add(arena, out->list, item);
	} while (more && out->list->count != batch->size);
	if (more || out->list->count == 0)
		return out->list->count > 0;
	while (given(batch->filling) && out->list->count < batch->size) {
		if (render_count(render, 1) ||
		    render_room(render, 2 * sizeof(item)))
			return -1;
		value_list_add(arena, out->list, batch->filling);
	}
	return 1;
}

static int filter_batch(struct call *call, struct value *out)
{
	static const char *const names[] = {"linecount", "fill_with", NULL};
	struct value arguments[2];
	struct batch *batch;

	if (call_bind(call, names, 1, arguments))
		return -1;
	batch = generator_new(call->render, sizeof(*batch),
			      "generator object do_batch", call->subject,
			      batch_next);
	if (!batch || argument_int(call->render, arguments[0], &batch->size))
		return -1;
	batch->filling = arguments[1];
	*out = generator_value(&batch->generator);
	return 0;
}

struct slices {
	struct generator generator;
	int64_t count;
	struct value filling;
};

static int slices_next(struct render *render, struct generator *generator,
		       struct value *out)
{
	struct slices *slices = (struct slices *)generator;
	struct arena *arena = render_arena(render);
	const struct value_list *list = generator->source.list;
	int64_t number = (int64_t)generator->at++;
	int64_t each = list->count / slices->count;
	int64_t extra = list->count % slices->count;
	int64_t start = number * each + (number < extra ? number : extra);
	int64_t length = each + (number < extra);

	if (number >= slices->count)
		return 0;
	if (render_count(render, (uint64_t)length + 1) ||
	    render_room(render, (size_t)(length + 1) * sizeof(struct value)))
		return -1;
	*out = value_list_new(arena, (uint32_t)length + 1);
	for (int64_t i = 0; i < length; i++)
		value_list_add(arena, out->list, list->items[start + i]);
	if (given(slices->filling) && number >= extra)
		value_list_add(arena, out->list, slices->filling);
	return 1;
}

static int filter_slice(struct call *call, struct value *out)
{
	static const char *const names[] = {"slices", "fill_with", NULL};
	struct value arguments[2];
	struct value items;
	struct slices *slices;

	if (call_bind(call, names, 1, arguments) ||
	    value_items(call->render, call->subject, &items))
		return -1;
	slices = generator_new(call->render, sizeof(*slices),
			       "generator object sync_do_slice", items,
			       slices_next);
	if (!slices || argument_int(call->render, arguments[0], &slices->count))
		return -1;
	if (slices->count == 0)
		return render_fail(call->render, RENDER_ZERO_DIVISION,
				   "integer division or modulo by zero");
	slices->filling = arguments[1];
	*out = generator_value(&slices->generator);
	return 0;
}

static int filter_sum(struct call *call, struct value *out)
{
	static const char *const names[] = {"attribute", "start", NULL};
	struct value arguments[2];
	struct getter getter;
	struct value item;
	uint64_t at = 0;
	int more;

	if (call_bind(call, names, 0, arguments) ||
	    getter_init(&getter, call->render, arguments[0]))
		return -1;
	*out = arguments[1].kind == VALUE_ABSENT ? value_int(0) : arguments[1];
	if (is_string(*out))
		return fail_type(call->render, "sum() can't sum strings [use "
					       "''.join(seq) instead]");
	while ((more = render_next(call->render, call->subject, &at, &item)) ==
	       1) {
		if (render_count(call->render, 1) ||
		    getter_get(&getter, item, &item) ||
		    value_operate(call->render, OPERATOR_ADD, *out, item, out))
			return -1;
	}
	return more;
}

static int filter_items(struct call *call, struct value *out)
{
	struct value view;
	struct value items;

	if (bind_none(call))
		return -1;
	if (call->subject.kind == VALUE_UNDEFINED) {
		items = value_list_new(render_arena(call->render), 0);
	} else if (call->subject.kind != VALUE_DICT) {
		return fail_type(call->render,
				 "Can only get item pairs from a mapping.");
	} else {
		view = view_new(call->render, VIEW_ITEMS, call->subject.dict);
		if (value_items(call->render, view, &items))
			return -1;
	}
	*out = iterator_over(call->render, "generator object do_items", items);
	return 0;
}

static const struct call_entry entries[] = {
	{"batch", filter_batch},   {"count", filter_length},
	{"first", filter_first},   {"items", filter_items},
	{"join", filter_join},     {"last", filter_last},
	{"length", filter_length}, {"list", filter_list},
	{"random", filter_random}, {"reverse", filter_reverse},
	{"slice", filter_slice},   {"sum", filter_sum},
};

const struct method_table filters_list = {entries, COUNT(entries)};
