/* Contexts: the names a template sees, and the blocks it may show. */
#include <string.h>

#include "runtime/text/template/frame.h"

struct loaded *render_loaded(struct render *render,
			     const struct template *template)
{
	struct loaded *loaded = render->loaded;
	size_t size = ((size_t) template->hints + 1) * sizeof(uint32_t);

	while (loaded && loaded->template != template)
		loaded = loaded->next;
	if (loaded)
		return loaded;
	loaded = arena_alloc(&render->arena, sizeof(*loaded));
	*loaded = (struct loaded){.template = template, .next = render->loaded};
	loaded->hints = arena_alloc(&render->arena, size);
	memset(loaded->hints, 0, size);
	render->loaded = loaded;
	return loaded;
}

struct context *context_new(struct render *render, struct loaded *loaded,
			    struct value_dict *parent)
{
	struct context *context = arena_alloc(&render->arena, sizeof(*context));

	*context = (struct context){.loaded = loaded, .parent = parent};
	context->autoescape = arena_alloc(&render->arena, sizeof(bool));
	*context->autoescape = render->options->autoescape;
	context_add_blocks(render, context, loaded->template);
	return context;
}

/* The value of `name`, or VALUE_ABSENT. */
struct value context_resolve(struct context *context, struct value name)
{
	const struct value *value = NULL;

	if (context->vars)
		value = value_dict_get(context->vars, name);
	if (!value && context->parent)
		value = value_dict_get(context->parent, name);
	return value ? *value : (struct value){.kind = VALUE_ABSENT};
}

static void add_all(struct render *render, struct value_dict *to,
		    const struct value_dict *from)
{
	const struct value_entry *entry;
	uint32_t at = 0;

	while (from && (entry = value_dict_next(from, &at)))
		value_dict_set(&render->arena, to, entry->key, entry->value);
}

/* All names and values, those of `locals` in the current frame included. */
struct value_dict *context_all(struct render *render, struct context *context,
			       const struct names *locals)
{
	struct value all;

	if (!context->vars && (!locals || locals->count == 0))
		return context->parent;
	all = value_dict_new(&render->arena,
			     context->parent ? context->parent->count + 8 : 8);
	add_all(render, all.dict, context->parent);
	add_all(render, all.dict, context->vars);
	for (uint32_t i = 0; locals && i < locals->count; i++) {
		const struct place *place = &locals->items[i];
		struct value value =
			*frame_slot(render->frame, place->up, place->slot);

		if (value.kind != VALUE_ABSENT)
			value_dict_set(&render->arena, all.dict, place->name,
				       value);
	}
	return all.dict;
}

struct context *context_derived(struct render *render, struct context *context,
				const struct names *locals)
{
	struct context *made = arena_alloc(&render->arena, sizeof(*made));

	*made = (struct context){.loaded = context->loaded,
				 .parent = context_all(render, context, locals),
				 .blocks = context->blocks,
				 .autoescape = context->autoescape};
	return made;
}

struct block_list *context_blocks(const struct context *context,
				  struct value name)
{
	struct block_list *list = context->blocks;

	while (list && !value_same_key(list->name, name))
		list = list->next;
	return list;
}

static struct block_list *new_list(struct render *render,
				   struct context *context, struct value name)
{
	struct block_list *list = arena_alloc(&render->arena, sizeof(*list));

	*list = (struct block_list){.name = name, .next = context->blocks};
	context->blocks = list;
	return list;
}

/* The blocks of `template`, behind those of its children. */
void context_add_blocks(struct render *render, struct context *context,
			const struct template *template)
{
	for (const struct block *block = template->blocks; block;
	     block = block->next) {
		struct block_list *list = context_blocks(context, block->name);

		if (!list)
			list = new_list(render, context, block->name);
		if (list->count == list->capacity) {
			uint32_t capacity = list->count * 2 + 2;
			const struct block **stack = arena_alloc(
				&render->arena, capacity * sizeof(void *));

			if (list->count > 0)
				memcpy(stack, list->stack,
				       list->count * sizeof(void *));
			list->stack = stack;
			list->capacity = capacity;
		}
		list->stack[list->count++] = block;
	}
}
