#include "runtime/text/template/object.h"

static int generator_next(struct render *render, struct value self,
			  uint64_t *at, struct value *out)
{
	struct generator *generator = (struct generator *)self.object;
	int status;

	(*at)++; /* a generator remembers by itself, and starts only once */
	if (generator->ended)
		return 0;
	if (render_count(render, 1))
		return -1;
	status = generator->advance(render, generator, out);
	if (status != 1)
		generator->ended = true;
	return status;
}

/* Python prints its address, which nobody can want to depend on. */
static int generator_print(struct render *render, struct value self,
			   struct buf *out)
{
	struct generator *generator = (struct generator *)self.object;

	(void)render;
	buf_printf(out, "<%s at 0x7f0000000000>", generator->print);
	return 0;
}

static const struct value_class generator_class = {
	.name = "generator",
	.next = generator_next,
	.print = generator_print,
};

void *generator_new(struct render *render, size_t size, const char *print,
		    struct value source,
		    int (*advance)(struct render *, struct generator *,
				   struct value *))
{
	struct generator *generator = room_new(render, 1, size);

	if (!generator)
		return NULL;
	memset(generator, 0, size);
	generator->object.class = &generator_class;
	generator->print = print;
	generator->source = source;
	generator->advance = advance;
	return generator;
}

struct value generator_value(struct generator *generator)
{
	return (struct value){.kind = VALUE_OBJECT,
			      .object = &generator->object};
}

bool is_generator(struct value value)
{
	return value.kind == VALUE_OBJECT &&
	       value.object->class == &generator_class;
}

static int next_item(struct render *render, struct generator *generator,
		     struct value *out)
{
	const struct value_list *list = generator->source.list;

	(void)render;
	if (generator->at >= list->count)
		return 0;
	*out = list->items[generator->at++];
	return 1;
}

struct value iterator_over(struct render *render, const char *name,
			   struct value items)
{
	struct generator *generator = generator_new(render, sizeof(*generator),
						    name, items, next_item);

	return generator ? generator_value(generator) : items;
}

struct view {
	struct value_object object;
	struct value_dict *dict;
};

static struct value_dict *dict_of(struct value self)
{
	return ((struct view *)self.object)->dict;
}

static int64_t view_length(struct value self)
{
	return dict_of(self)->count;
}

static struct value_entry *view_entry(struct value self, uint64_t *at)
{
	uint32_t place = (uint32_t)*at;
	struct value_entry *entry = value_dict_next(dict_of(self), &place);

	*at = place;
	return entry;
}

static int keys_next(struct render *render, struct value self, uint64_t *at,
		     struct value *out)
{
	struct value_entry *entry = view_entry(self, at);

	(void)render;
	if (!entry)
		return 0;
	*out = entry->key;
	return 1;
}

static int values_next(struct render *render, struct value self, uint64_t *at,
		       struct value *out)
{
	struct value_entry *entry = view_entry(self, at);

	(void)render;
	if (!entry)
		return 0;
	*out = entry->value;
	return 1;
}

static int items_next(struct render *render, struct value self, uint64_t *at,
		      struct value *out)
{
	struct value_entry *entry = view_entry(self, at);

	if (!entry)
		return 0;
	*out = value_tuple_new(render_arena(render), 2);
	out->list->items[0] = entry->key;
	out->list->items[1] = entry->value;
	out->list->count = 2;
	return 1;
}

static int view_print(struct render *render, struct value self, struct buf *out)
{
	const struct value_class *class = self.object->class;
	struct value list = value_list_new(render_arena(render), 0);
	struct value item;
	uint64_t at = 0;

	while (class->next(render, self, &at, &item) == 1)
		value_list_add(render_arena(render), list.list, item);
	buf_printf(out, "%s(", class->name);
	if (value_repr(render, list, out))
		return -1;
	buf_putc(out, ')');
	return 0;
}

static const struct value_class view_classes[] = {
	[VIEW_KEYS] = {.name = "dict_keys",
		       .next = keys_next,
		       .length = view_length,
		       .print = view_print},
	[VIEW_VALUES] = {.name = "dict_values",
			 .next = values_next,
			 .length = view_length,
			 .print = view_print},
	[VIEW_ITEMS] = {.name = "dict_items",
			.next = items_next,
			.length = view_length,
			.print = view_print},
};

struct value view_new(struct render *render, enum view_kind kind,
		      struct value_dict *dict)
{
	struct view *view = arena_alloc(render_arena(render), sizeof(*view));

	*view = (struct view){{&view_classes[kind]}, dict};
	return (struct value){.kind = VALUE_OBJECT, .object = &view->object};
}

struct value_dict *view_of_keys(struct value value)
{
	if (value.kind != VALUE_OBJECT ||
	    value.object->class != &view_classes[VIEW_KEYS])
		return NULL;
	return dict_of(value);
}

struct bound {
	struct value_object object;
	struct value self;
	const struct call_entry *entry;
};

static int bound_call(struct call *call, struct value *out)
{
	struct bound *bound = (struct bound *)call->subject.object;
	struct call inner = *call;

	inner.subject = bound->self;
	inner.name = bound->entry->name;
	return bound->entry->function(&inner, out);
}

static int bound_print(struct render *render, struct value self,
		       struct buf *out)
{
	struct bound *bound = (struct bound *)self.object;

	(void)render;
	buf_printf(out, "<built-in method %s of %s object at 0x7f0000000000>",
		   bound->entry->name, value_type_name(bound->self));
	return 0;
}

static const struct value_class bound_class = {
	.name = "builtin_function_or_method",
	.call = bound_call,
	.print = bound_print,
};

struct value bound_method(struct render *render, struct value self,
			  const struct call_entry *entry)
{
	struct bound *bound = arena_alloc(render_arena(render), sizeof(*bound));

	*bound = (struct bound){{&bound_class}, self, entry};
	return (struct value){.kind = VALUE_OBJECT, .object = &bound->object};
}

bool value_iterable(struct value value)
{
	switch (value.kind) {
	case VALUE_STRING:
	case VALUE_LIST:
	case VALUE_TUPLE:
	case VALUE_DICT:
	case VALUE_UNDEFINED:
		return true;
	case VALUE_OBJECT:
		return value.object->class->next != NULL;
	default:
		return false;
	}
}

static int copy_items(struct render *render, struct value over,
		      struct value *out)
{
	uint32_t count = over.list->count;

	if (render_count(render, count) ||
	    render_room(render, count * sizeof(struct value)))
		return -1;
	*out = value_list_new(render_arena(render), count);
	if (count > 0)
		memcpy(out->list->items, over.list->items,
		       count * sizeof(struct value));
	out->list->count = count;
	return 0;
}

int value_items(struct render *render, struct value over, struct value *out)
{
	struct value item;
	uint64_t at = 0;
	int more;

	if (is_sequence(over))
		return copy_items(render, over, out);
	*out = value_list_new(render_arena(render), 0);
	while ((more = render_next(render, over, &at, &item)) == 1) {
		if (render_count(render, 1))
			return -1;
		if ((out->list->count & 0xff) == 0 &&
		    render_room(render, 256 * sizeof(item)))
			return -1;
		value_list_add(render_arena(render), out->list, item);
	}
	return more;
}
