/* Binding: the module drain. */
#include <inttypes.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "runtime/text/drain.h"

#define DRAIN "tidemill.drain"

enum { SAVED_BYTES = 512 << 20, TEXT_BYTES = 1 << 17 };

static struct drain *check(lua_State *L)
{
	return *(struct drain **)luaL_checkudata(L, 1, DRAIN);
}

static int l_gc(lua_State *L)
{
	struct drain **slot = luaL_checkudata(L, 1, DRAIN);

	drain_free(*slot);
	*slot = NULL;
	return 0;
}

static int l_new(lua_State *L)
{
	struct drain **slot = lua_newuserdatauv(L, sizeof(struct drain *), 0);

	*slot = NULL;
	luaL_setmetatable(L, DRAIN);
	*slot = drain_new();
	return 1;
}

static int l_load(lua_State *L)
{
	size_t length;
	const char *bytes = luaL_checklstring(L, 1, &length);
	struct drain **slot = lua_newuserdatauv(L, sizeof(struct drain *), 0);
	struct error *err = NULL;

	*slot = NULL;
	luaL_setmetatable(L, DRAIN);
	*slot = drain_load(bytes, length, &err);
	return *slot ? 1 : lerror_raise(L, err);
}

static int l_save(lua_State *L)
{
	struct drain *drain = check(L);
	struct buf *bytes = lbuf_push(L, SAVED_BYTES);

	drain_save(drain, bytes);
	lbuf_push_string(L, bytes);
	return 1;
}

static int l_add(lua_State *L)
{
	size_t length;
	const char *line = luaL_checklstring(L, 2, &length);

	lua_pushinteger(L, (lua_Integer)drain_add(check(L), line, length) + 1);
	return 1;
}

/* With `keep`, pushes a list of the numbers; else how many lines there were. */
static int l_add_text(lua_State *L)
{
	struct drain *drain = check(L);
	size_t length;
	const char *at = luaL_checklstring(L, 2, &length);
	const char *end = at + length;
	bool keep = lua_toboolean(L, 3);
	lua_Integer lines = 0;

	if (keep)
		lua_newtable(L);
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		uint32_t number;

		if (!stop)
			stop = end;
		number = drain_add(drain, at, (size_t)(stop - at));
		lines++;
		if (keep) {
			lua_pushinteger(L, (lua_Integer)number + 1);
			lua_rawseti(L, -2, lines);
		}
		at = stop + 1;
	}
	if (!keep)
		lua_pushinteger(L, lines);
	return 1;
}

static int l_templates(lua_State *L)
{
	struct drain *drain = check(L);

	lua_createtable(L, (int)drain_count(drain), 0);
	for (uint32_t i = 0; i < drain_count(drain); i++) {
		struct buf *text = lbuf_push(L, TEXT_BYTES);
		char name[17];

		snprintf(name, sizeof(name), "%016" PRIx64,
			 drain_key(drain, i));
		drain_text(drain, i, text);
		lua_createtable(L, 0, 3);
		lua_pushstring(L, name);
		lua_setfield(L, -2, "id");
		lua_pushinteger(L, (lua_Integer)drain_lines(drain, i));
		lua_setfield(L, -2, "count");
		lbuf_push_string(L, text);
		lua_setfield(L, -2, "template");
		lua_rawseti(L, -3, (lua_Integer)i + 1);
		lua_pop(L, 1);
	}
	return 1;
}

int luaopen_drain(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"load", l_load},
		{"new", l_new},
		{NULL, NULL},
	};
	static const luaL_Reg methods[] = {
		{"add", l_add},   {"add_text", l_add_text},
		{"save", l_save}, {"templates", l_templates},
		{NULL, NULL},
	};

	luaL_newmetatable(L, DRAIN);
	lua_pushcfunction(L, l_gc);
	lua_setfield(L, -2, "__gc");
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	return 1;
}
