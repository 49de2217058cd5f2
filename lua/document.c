#include "lua/document.h"

#include <lauxlib.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/options.h"
#include "lua/values.h"

#define MEMORY_MAX (256UL << 20) /* of the values of a document */
#define TEXT_MAX (256UL << 20)
#define WARNINGS_MAX 1000

void reading_begin(lua_State *L, struct reading *reading)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);

	*reading = (struct reading){
		.document = {.text = text,
			     .length = length,
			     .file = options_text(L, 2, "file")},
		.warnings = {.kind = VALUE_ABSENT},
	};
	reading->document.depth_max =
		(uint32_t)options_count(L, 2, "max_depth", 1, DOCUMENT_DEPTH);
	if (reading->document.depth_max > DOCUMENT_DEPTH)
		reading->document.depth_max = DOCUMENT_DEPTH;
	reading->document.nodes_max =
		(size_t)options_count(L, 2, "max_values", 1, DOCUMENT_NODES);
	if (options_flag(L, 2, "ordered", false))
		reading->push = VALUES_ORDERED;
	reading->arena = values_arena(L, MEMORY_MAX);
	places_init(&reading->places);
	reading->document.places = &reading->places;
}

static void on_warning(void *context, struct place place, const char *message)
{
	struct reading *reading = context;
	struct arena *arena = reading->arena;
	struct value entry;

	if (reading->warnings.list->count >= WARNINGS_MAX)
		return;
	entry = value_dict_new(arena, 3);
	value_dict_set(arena, entry.dict, value_text(arena, "line"),
		       value_int(place.line));
	value_dict_set(arena, entry.dict, value_text(arena, "column"),
		       value_int(place.column));
	value_dict_set(arena, entry.dict, value_text(arena, "message"),
		       value_text(arena, message));
	value_list_add(arena, reading->warnings.list, entry);
}

void reading_warn(struct reading *reading)
{
	reading->warnings = value_list_new(reading->arena, 0);
	reading->document.warn = on_warning;
	reading->document.context = reading;
}

int reading_end(lua_State *L, struct reading *reading, int result)
{
	places_release(&reading->places);
	if (result < 0)
		return lerror_raise(L, reading->err);
	values_push(L, reading->value, reading->push);
	if (reading->warnings.kind == VALUE_ABSENT) {
		arena_release(reading->arena);
		return 1;
	}
	values_push(L, reading->warnings, 0);
	arena_release(reading->arena);
	return 2;
}

int document_write(lua_State *L,
		   int (*write)(struct value value, struct buf *out,
				struct error **err))
{
	struct arena *arena = values_arena(L, MEMORY_MAX);
	struct buf *out = lbuf_push(L, TEXT_MAX);
	struct error *err = NULL;

	if (write(values_take(L, 1, arena), out, &err) < 0)
		return lerror_raise(L, err);
	arena_release(arena);
	lbuf_push_string(L, out);
	return 1;
}
