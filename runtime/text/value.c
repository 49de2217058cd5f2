#include "runtime/text/value.h"

#include <string.h>

struct value value_string(struct arena *arena, const char *bytes, size_t length)
{
	return value_borrow(arena_copy(arena, bytes, length), length);
}

struct value value_text(struct arena *arena, const char *text)
{
	return value_string(arena, text, strlen(text));
}

static struct value new_items(struct arena *arena, enum value_kind kind,
			      uint32_t capacity)
{
	struct value_list *list = arena_alloc(arena, sizeof(*list));

	*list = (struct value_list){.capacity = capacity};
	if (capacity > 0)
		list->items =
			arena_alloc(arena, capacity * sizeof(*list->items));
	return (struct value){.kind = kind, .list = list};
}

struct value value_list_new(struct arena *arena, uint32_t capacity)
{
	return new_items(arena, VALUE_LIST, capacity);
}

struct value value_tuple_new(struct arena *arena, uint32_t capacity)
{
	return new_items(arena, VALUE_TUPLE, capacity);
}

void value_list_add(struct arena *arena, struct value_list *list,
		    struct value item)
{
	if (list->count == list->capacity) {
		uint32_t capacity = list->capacity ? list->capacity * 2 : 4;
		struct value *items =
			arena_alloc(arena, capacity * sizeof(*items));

		if (list->count > 0)
			memcpy(items, list->items,
			       list->count * sizeof(*items));
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = item;
}
