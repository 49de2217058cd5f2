#include "lua/values.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lua/json.h"
#include "lua/lerror.h"
#include "runtime/base/buf.h"
#include "runtime/text/number_text.h"

static int collect(lua_State *L)
{
	arena_release(lua_touserdata(L, 1));
	return 0;
}

struct arena *values_arena(lua_State *L, size_t max)
{
	struct arena *arena = lua_newuserdatauv(L, sizeof(*arena), 0);

	arena_init(arena, max);
	if (luaL_newmetatable(L, "tidemill.arena")) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return arena;
}

static int raise(lua_State *L, enum error_code code, const char *message)
{
	struct error *err = NULL;

	error_set(&err, code, "%s", message);
	return lerror_raise(L, err);
}

static void push_big(lua_State *L, const struct value_big *big)
{
	struct buf text;

	buf_init(&text, 100);
	text_big(&text, big);
	lua_pushfstring(L,
			"an integer of more than 64 bits%s%s: as a "
			"string, in quotes, it can be read",
			text.full ? "" : ", ", text.full ? "" : text.data);
	buf_release(&text);
	raise(L, ERROR_INVALID, lua_tostring(L, -1));
}

static void push_list(lua_State *L, const struct value_list *list,
		      unsigned flags)
{
	lua_createtable(L, (int)list->count, 0);
	for (uint32_t i = 0; i < list->count; i++) {
		values_push(L, list->items[i], flags);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	if (list->count == 0) {
		luaL_newmetatable(L, JSON_LIST);
		lua_setmetatable(L, -2);
	}
}

static void push_key(lua_State *L, struct value key)
{
	if (key.kind == VALUE_TUPLE || key.kind > VALUE_TUPLE)
		raise(L, ERROR_INVALID, "a key cannot be a list or an object");
	if (key.kind == VALUE_FLOAT && isnan(key.number))
		raise(L, ERROR_INVALID, "a key cannot be nan");
	values_push(L, key, 0);
}

static void push_dict(lua_State *L, const struct value_dict *dict,
		      unsigned flags)
{
	struct value_entry *entry;
	lua_Integer number = 0;
	uint32_t at = 0;

	if (flags & VALUES_ORDERED) {
		lua_getglobal(L, "require");
		lua_pushliteral(L, "ordered");
		lua_call(L, 1, 1);
		lua_getfield(L, -1, "adopt");
		lua_remove(L, -2);
		lua_createtable(L, (int)dict->count, 0); /* the keys */
	}
	lua_createtable(L, 0, (int)dict->count);
	while ((entry = value_dict_next(dict, &at))) {
		push_key(L, entry->key);
		if (flags & VALUES_ORDERED) {
			lua_pushvalue(L, -1);
			lua_rawseti(L, -4, ++number);
		}
		values_push(L, entry->value, flags);
		lua_rawset(L, -3);
	}
	if (flags & VALUES_ORDERED) {
		lua_insert(L, -2); /* adopt(table, keys) */
		lua_call(L, 2, 1);
	}
}

void values_push(lua_State *L, struct value value, unsigned flags)
{
	luaL_checkstack(L, 10, "values are nested too deeply");
	switch (value.kind) {
	case VALUE_ABSENT:
		lua_pushnil(L);
		break;
	case VALUE_NONE:
		lua_pushlightuserdata(L, NULL);
		break;
	case VALUE_BOOL:
		lua_pushboolean(L, value.truth);
		break;
	case VALUE_INT:
		lua_pushinteger(L, value.integer);
		break;
	case VALUE_BIG:
		push_big(L, value.big);
		break;
	case VALUE_FLOAT:
		lua_pushnumber(L, value.number);
		break;
	case VALUE_STRING:
		lua_pushlstring(L, value.bytes, value.length);
		break;
	case VALUE_LIST:
	case VALUE_TUPLE:
		push_list(L, value.list, flags);
		break;
	case VALUE_DICT:
		push_dict(L, value.dict, flags);
		break;
	default:
		raise(L, ERROR_INVALID,
		      "an object of a template is no value for Lua");
	}
}

/* What is on the way to the value that is taken, for messages. */
struct step {
	const struct step *up;
	struct value key;
};

struct taker {
	lua_State *L;
	struct arena *arena;
	const struct step *step;
	int depth;
};

static void push_path(luaL_Buffer *text, const struct step *step)
{
	if (!step)
		return;
	push_path(text, step->up);
	if (step->key.kind == VALUE_STRING) {
		if (step->up)
			luaL_addchar(text, '.');
		luaL_addlstring(text, step->key.bytes, step->key.length);
	} else {
		lua_pushfstring(text->L, "[%I]",
				(LUAI_UACINT)step->key.integer);
		luaL_addvalue(text);
	}
}

static void refuse(struct taker *taker, enum error_code code, const char *what)
{
	lua_State *L = taker->L;
	luaL_Buffer text;

	luaL_checkstack(L, 20, "values are nested too deeply");
	luaL_buffinit(L, &text);
	luaL_addstring(&text, what);
	if (taker->step && taker->depth < 20) {
		luaL_addstring(&text, " at '");
		push_path(&text, taker->step);
		luaL_addchar(&text, '\'');
	}
	luaL_pushresult(&text);
	raise(L, code, lua_tostring(L, -1));
}

static struct value take(struct taker *taker);

/* Take the value at the stack's top, which is at `key`; pop it. */
static struct value take_item(struct taker *taker, struct value key)
{
	struct step step = {taker->step, key};
	struct value value;

	taker->step = &step;
	value = take(taker);
	taker->step = step.up;
	lua_pop(taker->L, 1);
	return value;
}

static struct value take_list(struct taker *taker)
{
	lua_Integer count = (lua_Integer)lua_rawlen(taker->L, -1);
	struct value list = value_list_new(taker->arena, 0);

	for (lua_Integer i = 1; i <= count; i++) {
		lua_rawgeti(taker->L, -1, i);
		value_list_add(taker->arena, list.list,
			       take_item(taker, value_int(i)));
	}
	return list;
}

/* The key at the stack's top, which stays. */
static struct value take_key(struct taker *taker)
{
	int type = lua_type(taker->L, -1);
	bool null = type == LUA_TLIGHTUSERDATA && !lua_touserdata(taker->L, -1);

	if (type != LUA_TSTRING && type != LUA_TNUMBER &&
	    type != LUA_TBOOLEAN && !null) {
		lua_pushfstring(taker->L, "a key cannot be a %s",
				lua_typename(taker->L, type));
		refuse(taker, ERROR_INVALID, lua_tostring(taker->L, -1));
	}
	return take(taker);
}

static int rank(struct value key)
{
	return key.kind == VALUE_STRING  ? 3
	       : key.kind == VALUE_INT   ? 2
	       : key.kind == VALUE_FLOAT ? 2
	       : key.kind == VALUE_BOOL  ? 1
					 : 0;
}

static double number_of(struct value key)
{
	return key.kind == VALUE_INT     ? (double)key.integer
	       : key.kind == VALUE_FLOAT ? key.number
	       : key.kind == VALUE_BOOL  ? key.truth
					 : 0;
}

static int by_key(const void *a, const void *b)
{
	struct value left = ((const struct value_entry *)a)->key;
	struct value right = ((const struct value_entry *)b)->key;
	int order = rank(left) - rank(right);

	if (order != 0)
		return order;
	if (left.kind == VALUE_STRING) {
		order = memcmp(left.bytes, right.bytes,
			       left.length < right.length ? left.length
							  : right.length);
		return order ? order
			     : (left.length > right.length) -
				       (left.length < right.length);
	}
	if (left.kind == VALUE_INT && right.kind == VALUE_INT)
		return (left.integer > right.integer) -
		       (left.integer < right.integer);
	return (number_of(left) > number_of(right)) -
	       (number_of(left) < number_of(right));
}

static struct value take_sorted(struct taker *taker, size_t count)
{
	lua_State *L = taker->L;
	struct value dict = value_dict_new(taker->arena, (uint32_t)count);
	struct value_entry *entries;
	size_t i = 0;

	entries = arena_alloc(taker->arena, (count + 1) * sizeof(*entries));
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		lua_pushvalue(L, -2);
		entries[i].key = take_key(taker);
		lua_pop(L, 1);
		entries[i].value = take_item(taker, entries[i].key);
		i++;
	}
	qsort(entries, count, sizeof(*entries), by_key);
	for (i = 0; i < count; i++)
		value_dict_set(taker->arena, dict.dict, entries[i].key,
			       entries[i].value);
	return dict;
}

/* In the order of __pairs, which is at the stack's top above the table. */
static struct value take_ordered(struct taker *taker)
{
	lua_State *L = taker->L;
	struct value dict = value_dict_new(taker->arena, 0);

	lua_pushvalue(L, -2);
	lua_call(L, 1, 3); /* next, state, key */
	for (;;) {
		struct value key;

		lua_pushvalue(L, -3);
		lua_pushvalue(L, -3);
		lua_pushvalue(L, -3);
		lua_call(L, 2, 2);
		if (lua_isnil(L, -2))
			break;
		lua_pushvalue(L, -2);
		key = take_key(taker);
		lua_pop(L, 1);
		value_dict_set(taker->arena, dict.dict, key,
			       take_item(taker, key));
		lua_replace(L, -2); /* the key for the next call */
	}
	lua_pop(L, 5);
	return dict;
}

static bool is_marked(lua_State *L)
{
	bool marked;

	if (!lua_getmetatable(L, -1))
		return false;
	luaL_getmetatable(L, JSON_LIST);
	marked = lua_rawequal(L, -1, -2);
	lua_pop(L, 2);
	return marked;
}

static struct value take_table(struct taker *taker)
{
	lua_State *L = taker->L;
	size_t count = 0;

	if (taker->depth > VALUES_DEPTH)
		refuse(taker, ERROR_INVALID,
		       "tables are nested too deeply, or hold themselves");
	if (is_marked(L))
		return take_list(taker);
	if (luaL_getmetafield(L, -1, "__pairs") != LUA_TNIL)
		return take_ordered(taker);
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		lua_pop(L, 1);
		count++;
	}
	if (count > 0 && lua_rawlen(L, -1) == count)
		return take_list(taker);
	return take_sorted(taker, count);
}

/* The value at the stack's top, which stays. */
static struct value take(struct taker *taker)
{
	lua_State *L = taker->L;
	int type = lua_type(L, -1);
	struct value value = value_none();
	size_t length;
	const char *text;

	luaL_checkstack(L, 12, "values are nested too deeply");
	if (type == LUA_TBOOLEAN) {
		value = value_bool(lua_toboolean(L, -1));
	} else if (lua_isinteger(L, -1)) {
		value = value_int(lua_tointeger(L, -1));
	} else if (type == LUA_TNUMBER) {
		value = value_float(lua_tonumber(L, -1));
	} else if (type == LUA_TSTRING) {
		text = lua_tolstring(L, -1, &length);
		if (!arena_fits(taker->arena, length) || length > UINT32_MAX)
			refuse(taker, ERROR_LIMIT, "the values are too large");
		value = value_string(taker->arena, text, length);
	} else if (type == LUA_TTABLE) {
		taker->depth++;
		value = take_table(taker);
		taker->depth--;
	} else if (type != LUA_TNIL &&
		   (type != LUA_TLIGHTUSERDATA || lua_touserdata(L, -1))) {
		lua_pushfstring(L, "a %s is no value that can be written",
				luaL_typename(L, -1));
		refuse(taker, ERROR_INVALID, lua_tostring(L, -1));
	}
	if (arena_full(taker->arena))
		refuse(taker, ERROR_LIMIT, "the values are too large");
	return value;
}

struct value values_take(lua_State *L, int index, struct arena *arena)
{
	struct taker taker = {.L = L, .arena = arena};
	struct value value;

	lua_pushvalue(L, index);
	value = take(&taker);
	lua_pop(L, 1);
	return value;
}
