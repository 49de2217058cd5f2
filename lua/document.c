#include "lua/document.h"

#include <lauxlib.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/options.h"
#include "lua/values.h"
#include "runtime/text/json_value.h"

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
	reading->tell = options_flag(L, 2, "places", false);
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

/* A step of a JSON pointer (RFC 6901): "/" and the key, ~ and / escaped. */
static void add_step(struct buf *path, struct value key)
{
	struct buf text;

	buf_putc(path, '/');
	if (key.kind != VALUE_STRING) {
		buf_init(&text, 4096);
		json_value_write(key, &(struct json_style){0}, &text, NULL);
		buf_append(path, text.data ? text.data : "", text.length);
		buf_release(&text);
		return;
	}
	for (size_t i = 0; i < key.length; i++) {
		char c = key.bytes[i];

		if (c == '~' || c == '/')
			buf_puts(path, c == '~' ? "~0" : "~1");
		else
			buf_putc(path, c);
	}
}

struct walk {
	lua_State *L;
	const struct places *places;
	struct buf path;
	int table;
};

static void tell(struct walk *walk, struct place place)
{
	if (place.line == 0 || walk->path.full)
		return;
	lua_pushlstring(walk->L, walk->path.data, walk->path.length);
	lua_pushinteger(walk->L, place.line);
	lua_rawset(walk->L, walk->table);
}

static void walk_value(struct walk *walk, struct value value)
{
	size_t length = walk->path.length;
	struct value_entry *entry;

	if (value.kind == VALUE_LIST)
		for (uint32_t i = 0; i < value.list->count; i++) {
			add_step(&walk->path, value_int(i));
			tell(walk, places_item(walk->places, value.list, i));
			walk_value(walk, value.list->items[i]);
			walk->path.length = length;
		}
	else if (value.kind == VALUE_DICT)
		for (uint32_t at = 0;
		     (entry = value_dict_next(value.dict, &at));) {
			add_step(&walk->path, entry->key);
			tell(walk,
			     places_key(walk->places, value.dict, entry->key));
			walk_value(walk, entry->value);
			walk->path.length = length;
		}
}

/* Items are numbered from 0, as JSON pointers do. */
static void push_places(lua_State *L, const struct reading *reading)
{
	struct walk walk = {.L = L, .places = &reading->places};
	struct buf *path = lbuf_push(L, 1 << 16);

	lua_newtable(L);
	walk.table = lua_gettop(L);
	walk.path = *path;
	walk_value(&walk, reading->value);
	*path = walk.path;
	lua_remove(L, -2);
}

int reading_end(lua_State *L, struct reading *reading, int result)
{
	int first = lua_gettop(L) + 1;

	if (result == 0 && reading->tell)
		push_places(L, reading);
	places_release(&reading->places);
	if (result < 0)
		return lerror_raise(L, reading->err);
	values_push(L, reading->value, reading->push);
	if (reading->warnings.kind != VALUE_ABSENT)
		values_push(L, reading->warnings, 0);
	arena_release(reading->arena);
	if (reading->tell)
		lua_rotate(L, first, -1);
	return lua_gettop(L) - first + 1;
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
