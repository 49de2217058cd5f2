/* Ansible's filters from itertools: zip, product, permutations, … */
#include "runtime/text/template/ansible.h"

enum { LISTS_MAX = 64 };

/* The subject and the arguments as lists. */
struct inputs {
	struct value lists[LISTS_MAX];
	uint32_t count;
};

static int take_inputs(struct call *call, struct inputs *inputs)
{
	if (call->count + 1 > LISTS_MAX)
		return render_fail(call->render, RENDER_LIMIT,
				   "%s of more than %d lists", call->name,
				   LISTS_MAX);
	inputs->count = call->count + 1;
	for (uint32_t i = 0; i < inputs->count; i++) {
		struct value each =
			i == 0 ? call->subject : call->arguments[i - 1];

		if (!value_iterable(each))
			return fail_type(call->render,
					 "'%s' object is not iterable",
					 value_type_name(each));
		if (value_items(call->render, each, &inputs->lists[i]))
			return -1;
	}
	return 0;
}

/* The one keyword argument that the function has, or `fallback`. */
static int only_named(struct call *call, const char *name,
		      struct value fallback, struct value *out)
{
	*out = fallback;
	for (uint32_t i = 0; i < call->named_count; i++) {
		if (!text_is(call->named[i].name, name))
			return fail_type(call->render,
					 "%s() got an unexpected keyword "
					 "argument '%.*s'",
					 call->name,
					 (int)call->named[i].name.length,
					 call->named[i].name.bytes);
		*out = call->named[i].value;
	}
	return 0;
}

static int add_tuple(struct render *render, struct value out,
		     const struct value_list *from, const uint32_t *indices,
		     uint32_t count)
{
	struct value tuple;

	if (render_count(render, count) ||
	    render_room(render, (count + 1) * sizeof(struct value)))
		return -1;
	tuple = value_tuple_new(render_arena(render), count);
	for (uint32_t i = 0; i < count; i++)
		value_list_add(render_arena(render), tuple.list,
			       from->items[indices[i]]);
	return ansible_add(render, out, tuple);
}

static int zip(struct call *call, const struct inputs *inputs, uint32_t length,
	       struct value filling, struct value *out)
{
	struct arena *arena = render_arena(call->render);

	*out = value_list_new(arena, 0);
	for (uint32_t row = 0; row < length; row++) {
		struct value tuple;

		if (render_count(call->render, inputs->count) ||
		    render_room(call->render,
				inputs->count * sizeof(struct value)))
			return -1;
		tuple = value_tuple_new(arena, inputs->count);
		for (uint32_t i = 0; i < inputs->count; i++) {
			const struct value_list *list = inputs->lists[i].list;

			value_list_add(arena, tuple.list,
				       row < list->count ? list->items[row]
							 : filling);
		}
		if (ansible_add(call->render, *out, tuple))
			return -1;
	}
	return 0;
}

static int filter_zip(struct call *call, struct value *out)
{
	struct inputs inputs = {.count = 0};
	struct value strict;
	uint32_t length = UINT32_MAX;

	if (only_named(call, "strict", value_bool(false), &strict) ||
	    take_inputs(call, &inputs))
		return -1;
	for (uint32_t i = 0; i < inputs.count; i++)
		if (inputs.lists[i].list->count < length)
			length = inputs.lists[i].list->count;
	if (zip(call, &inputs, length, value_none(), out))
		return -1;
	*out = iterator_over(call->render, "zip object", *out);
	return 0;
}

static int filter_zip_longest(struct call *call, struct value *out)
{
	struct inputs inputs = {.count = 0};
	struct value filling;
	uint32_t length = 0;

	if (only_named(call, "fillvalue", value_none(), &filling) ||
	    take_inputs(call, &inputs))
		return -1;
	for (uint32_t i = 0; i < inputs.count; i++)
		if (inputs.lists[i].list->count > length)
			length = inputs.lists[i].list->count;
	if (zip(call, &inputs, length, filling, out))
		return -1;
	*out = iterator_over(call->render, "itertools.zip_longest object",
			     *out);
	return 0;
}

/* Count up as an odometer does, the last place first. */
static bool next_place(const struct inputs *inputs, uint32_t *at)
{
	for (uint32_t i = inputs->count; i > 0; i--) {
		if (++at[i - 1] < inputs->lists[i - 1].list->count)
			return true;
		at[i - 1] = 0;
	}
	return false;
}

static int product(struct call *call, const struct inputs *inputs,
		   struct value out)
{
	uint32_t at[LISTS_MAX] = {0};

	for (uint32_t i = 0; i < inputs->count; i++)
		if (!inputs->lists[i].list || inputs->lists[i].list->count == 0)
			return 0;
	do {
		struct value tuple = value_tuple_new(render_arena(call->render),
						     inputs->count);

		for (uint32_t i = 0; i < inputs->count; i++)
			value_list_add(render_arena(call->render), tuple.list,
				       inputs->lists[i].list->items[at[i]]);
		if (render_count(call->render, inputs->count) ||
		    ansible_add(call->render, out, tuple))
			return -1;
	} while (next_place(inputs, at));
	return 0;
}

static int filter_product(struct call *call, struct value *out)
{
	struct inputs inputs = {.count = 0};
	struct value repeat;
	uint32_t first;
	int64_t times;

	if (only_named(call, "repeat", value_int(1), &repeat) ||
	    argument_int(call->render, repeat, &times) ||
	    take_inputs(call, &inputs))
		return -1;
	first = inputs.count;
	if (times < 0 || first == 0 || times > LISTS_MAX / (int64_t)first)
		return render_fail(call->render, RENDER_LIMIT,
				   "product of more than %d lists", LISTS_MAX);
	inputs.count = first * (uint32_t)times;
	for (uint32_t i = first; i < inputs.count; i++)
		inputs.lists[i] = inputs.lists[i - first];
	*out = value_list_new(render_arena(call->render), 0);
	if (product(call, &inputs, *out))
		return -1;
	*out = iterator_over(call->render, "itertools.product object", *out);
	return 0;
}

/* How many to choose: `r`, or all. */
static int bind_choice(struct call *call, uint32_t required,
		       struct value *items, int64_t *count)
{
	static const char *const names[] = {"r", NULL};
	struct value argument;

	if (call_bind(call, names, required, &argument) ||
	    render_defined(call->render, call->subject) ||
	    value_items(call->render, call->subject, items))
		return -1;
	*count = items->list->count;
	if (ansible_given(argument) &&
	    argument_int(call->render, argument, count))
		return -1;
	if (*count < 0)
		return render_fail(call->render, RENDER_VALUE,
				   "r must be non-negative");
	return 0;
}

/* All ways to put `count` indices in order, by trying places in turn. */
struct chooser {
	struct call *call;
	const struct value_list *from;
	struct value out;
	uint32_t *indices;
	bool *used;
	uint32_t count;
	bool ordered; /* combinations: indices only rise */
};

static int choose_from(struct chooser *chooser, uint32_t place)
{
	uint32_t start = chooser->ordered && place > 0
				 ? chooser->indices[place - 1] + 1
				 : 0;

	if (place == chooser->count)
		return add_tuple(chooser->call->render, chooser->out,
				 chooser->from, chooser->indices, place);
	for (uint32_t i = start; i < chooser->from->count; i++) {
		if (chooser->used[i])
			continue;
		if (render_count(chooser->call->render, 1))
			return -1;
		chooser->indices[place] = i;
		chooser->used[i] = !chooser->ordered;
		if (choose_from(chooser, place + 1))
			return -1;
		chooser->used[i] = false;
	}
	return 0;
}

static int choices(struct call *call, bool ordered, const char *print,
		   struct value *out)
{
	struct chooser chooser = {.call = call, .ordered = ordered};
	struct value items;
	int64_t count;

	if (bind_choice(call, ordered, &items, &count))
		return -1;
	*out = value_list_new(render_arena(call->render), 0);
	chooser.from = items.list;
	chooser.out = *out;
	chooser.count = (uint32_t)count;
	chooser.indices = room_new(call->render, (uint64_t)count + 1,
				   sizeof(*chooser.indices));
	chooser.used = room_new(call->render, items.list->count + 1,
				sizeof(*chooser.used));
	if (!chooser.indices || !chooser.used)
		return -1;
	memset(chooser.used, 0, items.list->count + 1);
	if (count > NESTING_MAX && count <= items.list->count)
		return render_fail(call->render, RENDER_LIMIT,
				   "too many items to choose from");
	if (count <= items.list->count && choose_from(&chooser, 0))
		return -1;
	*out = iterator_over(call->render, print, *out);
	return 0;
}

static int filter_combinations(struct call *call, struct value *out)
{
	return choices(call, true, "itertools.combinations object", out);
}

static int filter_permutations(struct call *call, struct value *out)
{
	return choices(call, false, "itertools.permutations object", out);
}

static const struct call_entry entries[] = {
	{"combinations", filter_combinations},
	{"permutations", filter_permutations},
	{"product", filter_product},
	{"zip", filter_zip},
	{"zip_longest", filter_zip_longest},
};

const struct method_table filters_ansible_combine = {entries, COUNT(entries)};
