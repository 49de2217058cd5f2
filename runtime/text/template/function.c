/* The global functions: range, dict, cycler, joiner, namespace. */
#include "runtime/text/template/library.h"
#include "runtime/text/template/operate.h"

static int call_range(struct call *call, struct value *out)
{
	static const char *const names[] = {"start", "stop", "step", NULL};
	int64_t at[3] = {0, 0, 1};
	struct value bounds[3];

	if (call_bind(call, names, 1, bounds))
		return -1;
	for (int i = 0; i < 3; i++) {
		if (bounds[i].kind == VALUE_UNDEFINED)
			return fail_type(call->render,
					 "'Undefined' object cannot be "
					 "interpreted as an integer");
		if (argument_int_or(call->render, bounds[i], at[i], &at[i]))
			return -1;
	}
	if (at[2] == 0)
		return render_fail(call->render, RENDER_VALUE,
				   "range() arg 3 must not be zero");
	if (bounds[1].kind == VALUE_ABSENT)
		*out = range_new(call->render, 0, at[0], 1);
	else
		*out = range_new(call->render, at[0], at[1], at[2]);
	return 0;
}

/* A pair, of anything that has two items. */
static int take_pair(struct render *render, struct value pair, uint64_t number,
		     struct value out[2])
{
	struct value items;

	if (!value_iterable(pair))
		return fail_type(render,
				 "cannot convert dictionary update sequence "
				 "element #%llu to a sequence",
				 (unsigned long long)number);
	if (value_items(render, pair, &items))
		return -1;
	if (items.list->count != 2)
		return render_fail(render, RENDER_VALUE,
				   "dictionary update sequence element #%llu "
				   "has length %u; 2 is required",
				   (unsigned long long)number,
				   items.list->count);
	out[0] = items.list->items[0];
	out[1] = items.list->items[1];
	if (!value_hashable(out[0]))
		return fail_type(render, "unhashable type: '%s'",
				 value_type_name(out[0]));
	return 0;
}

int dict_merge(struct render *render, struct value_dict *dict,
	       struct value other)
{
	struct arena *arena = render_arena(render);
	const struct value_entry *entry;
	struct value pair[2] = {{0}, {0}};
	struct value each;
	uint32_t place = 0;
	uint64_t number = 0;
	uint64_t at = 0;
	int more;

	if (other.kind == VALUE_DICT) {
		if (other.dict == dict)
			return 0;
		if (render_count(render, other.dict->count) ||
		    render_room(render, other.dict->count * sizeof(*entry)))
			return -1;
		while ((entry = value_dict_next(other.dict, &place)))
			value_dict_set(arena, dict, entry->key, entry->value);
		return 0;
	}
	while ((more = render_next(render, other, &at, &each)) == 1) {
		if (render_count(render, 1) ||
		    take_pair(render, each, number++, pair))
			return -1;
		value_dict_set(arena, dict, pair[0], pair[1]);
	}
	return more;
}

static void merge_named(struct call *call, struct value_dict *dict)
{
	for (uint32_t i = 0; i < call->named_count; i++)
		value_dict_set(render_arena(call->render), dict,
			       call->named[i].name, call->named[i].value);
}

/* dict(mapping or pairs, **named), also for update and namespace. */
int dict_of_call(struct call *call, struct value_dict *dict)
{
	if (call->count > 1)
		return fail_type(call->render,
				 "%s expected at most 1 argument, got %u",
				 call->name, call->count);
	if (call->count == 1 &&
	    dict_merge(call->render, dict, call->arguments[0]))
		return -1;
	merge_named(call, dict);
	return 0;
}

static int call_dict(struct call *call, struct value *out)
{
	*out = value_dict_new(render_arena(call->render), 0);
	return dict_of_call(call, out->dict);
}

struct cycler {
	struct value_object object;
	uint32_t count, at;
	struct value items[];
};

static int cycler_next(struct call *call, struct value *out)
{
	struct cycler *cycler = (struct cycler *)call->subject.object;

	*out = cycler->items[cycler->at];
	cycler->at = (cycler->at + 1) % cycler->count;
	return 0;
}

static int cycler_reset(struct call *call, struct value *out)
{
	((struct cycler *)call->subject.object)->at = 0;
	*out = value_none();
	return 0;
}

static int cycler_attribute(struct render *render, struct value self,
			    struct value name, struct value *out)
{
	static const struct call_entry next = {"next", cycler_next};
	static const struct call_entry reset = {"reset", cycler_reset};
	const struct cycler *cycler = (struct cycler *)self.object;

	if (text_is(name, "current"))
		*out = cycler->items[cycler->at];
	else if (text_is(name, "next"))
		*out = bound_method(render, self, &next);
	else if (text_is(name, "reset"))
		*out = bound_method(render, self, &reset);
	else
		return 0;
	return 1;
}

static const struct value_class cycler_class = {
	.name = "Cycler",
	.attribute = cycler_attribute,
};

static int call_cycler(struct call *call, struct value *out)
{
	struct cycler *cycler;

	if (call->count == 0)
		return render_fail(call->render, RENDER_RUNTIME,
				   "at least one item has to be provided");
	cycler = arena_alloc(render_arena(call->render),
			     sizeof(*cycler) +
				     call->count * sizeof(struct value));
	*cycler = (struct cycler){{&cycler_class}, call->count, 0};
	memcpy(cycler->items, call->arguments,
	       call->count * sizeof(struct value));
	*out = (struct value){.kind = VALUE_OBJECT, .object = &cycler->object};
	return 0;
}

struct joiner {
	struct value_object object;
	struct value separator;
	bool used;
};

static int joiner_call(struct call *call, struct value *out)
{
	struct joiner *joiner = (struct joiner *)call->subject.object;

	*out = joiner->used ? joiner->separator : LITERAL("");
	joiner->used = true;
	return 0;
}

static const struct value_class joiner_class = {
	.name = "Joiner",
	.call = joiner_call,
};

static int call_joiner(struct call *call, struct value *out)
{
	static const char *const names[] = {"sep", NULL};
	struct joiner *joiner;
	struct value separator;

	if (call_bind(call, names, 0, &separator))
		return -1;
	if (separator.kind == VALUE_ABSENT)
		separator = LITERAL(", ");
	joiner = arena_alloc(render_arena(call->render), sizeof(*joiner));
	*joiner = (struct joiner){{&joiner_class}, separator, false};
	*out = (struct value){.kind = VALUE_OBJECT, .object = &joiner->object};
	return 0;
}

struct namespace
{
	struct value_object object;
	struct value_dict *dict;
};

static int namespace_attribute(struct render *render, struct value self,
			       struct value name, struct value *out)
{
	struct namespace *space = (struct namespace *)self.object;
	const struct value *found = value_dict_get(space->dict, name);

	(void)render;
	if (!found)
		return 0;
	*out = *found;
	return 1;
}

static int namespace_set(struct render *render, struct value self,
			 struct value name, struct value value)
{
	struct namespace *space = (struct namespace *)self.object;

	if (render_room(render, sizeof(struct value_entry)))
		return -1;
	value_dict_set(render_arena(render), space->dict, name, value);
	return 0;
}

static int namespace_print(struct render *render, struct value self,
			   struct buf *out)
{
	struct namespace *space = (struct namespace *)self.object;
	struct value dict = {.kind = VALUE_DICT, .dict = space->dict};

	buf_puts(out, "<Namespace ");
	if (value_repr(render, dict, out))
		return -1;
	buf_putc(out, '>');
	return 0;
}

static const struct value_class namespace_class = {
	.name = "Namespace",
	.attribute = namespace_attribute,
	.item = namespace_attribute,
	.set = namespace_set,
	.print = namespace_print,
};

static int call_namespace(struct call *call, struct value *out)
{
	struct arena *arena = render_arena(call->render);
	struct namespace *space = arena_alloc(arena, sizeof(*space));

	*space = (struct namespace){{&namespace_class},
				    value_dict_new(arena, 4).dict};
	*out = (struct value){.kind = VALUE_OBJECT, .object = &space->object};
	return dict_of_call(call, space->dict);
}

const struct call_entry *function_find(struct value name)
{
	static const struct call_entry functions[] = {
		{"cycler", call_cycler}, {"dict", call_dict},
		{"joiner", call_joiner}, {"namespace", call_namespace},
		{"range", call_range},
	};

	return entry_find(functions, COUNT(functions), name);
}
