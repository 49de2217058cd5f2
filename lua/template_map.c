/* Binding: maps from rendered texts back to their templates and values. */
#include <lauxlib.h>
#include <string.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/options.h"
#include "lua/template.h"
#include "runtime/text/template/map.h"

#define MAP "template.Map"

enum { PATH_MAX_BYTES = 1 << 20 };

/* User values: the compiled template, whose tree it needs, and the text. */
struct text_map {
	struct render *render;
};

static int free_map(lua_State *L)
{
	struct text_map *map = luaL_checkudata(L, 1, MAP);

	render_free(map->render);
	map->render = NULL;
	return 0;
}

bool template_map_wanted(lua_State *L, int index)
{
	bool wanted;

	if (!lua_istable(L, index))
		return false;
	wanted = lua_getfield(L, index, "secrets") != LUA_TNIL;
	lua_pop(L, 1);
	return wanted || options_flag(L, index, "map", false);
}

void template_map_secrets(lua_State *L, int index, struct render *render,
			  struct value values)
{
	int top = lua_gettop(L);
	struct error *err = NULL;

	if (lua_istable(L, index) &&
	    lua_getfield(L, index, "secrets") != LUA_TNIL) {
		luaL_argcheck(L, lua_istable(L, -1), index,
			      "'secrets' must be a list of paths");
		for (lua_Unsigned i = 1; i <= lua_rawlen(L, -1); i++) {
			lua_rawgeti(L, -1, (lua_Integer)i);
			if (render_map_secret(render, values,
					      luaL_checkstring(L, -1),
					      &err) != 0)
				lerror_raise(L, err);
			lua_pop(L, 1);
		}
	}
	lua_settop(L, top);
}

static struct buf text_of(lua_State *L)
{
	struct buf text = {.data = NULL};

	lua_getiuservalue(L, 1, 2);
	text.data = (char *)lua_tolstring(L, -1, &text.length);
	return text;
}

static int push_spot(lua_State *L, const struct text_map *map,
		     const struct buf *text, size_t offset)
{
	struct buf *path = lbuf_push(L, PATH_MAX_BYTES);
	struct map_spot spot;

	if (!render_map_at(map->render, text, offset, &spot, path))
		return 0;
	lua_createtable(L, 0, 4);
	lua_pushlstring(L, spot.template.bytes, spot.template.length);
	lua_setfield(L, -2, "file");
	lua_pushinteger(L, spot.line);
	lua_setfield(L, -2, "line");
	lua_pushboolean(L, spot.secret);
	lua_setfield(L, -2, "secret");
	if (path->length > 0) {
		lua_pushlstring(L, path->data, path->length);
		lua_setfield(L, -2, "value");
	}
	return 1;
}

/* map:at(position) */
static int l_at(lua_State *L)
{
	struct text_map *map = luaL_checkudata(L, 1, MAP);
	lua_Integer position = luaL_checkinteger(L, 2);
	struct buf text = text_of(L);

	if (position < 1 || (size_t)position > text.length)
		return 0;
	return push_spot(L, map, &text, (size_t)position - 1);
}

/* map:line(number, column) */
static int l_line(lua_State *L)
{
	struct text_map *map = luaL_checkudata(L, 1, MAP);
	lua_Integer number = luaL_checkinteger(L, 2);
	lua_Integer column = luaL_optinteger(L, 3, 1);
	struct buf text = text_of(L);
	const char *end = text.data + text.length;
	const char *from = text.data;
	const char *to;
	size_t start;

	if (number < 1 || column < 1)
		return 0;
	while (--number > 0) {
		from = memchr(from, '\n', (size_t)(end - from));
		if (!from || ++from == end)
			return 0;
	}
	to = memchr(from, '\n', (size_t)(end - from));
	start = (size_t)(from - text.data);
	return push_spot(L, map, &text,
			 render_map_value(map->render, start,
					  (size_t)((to ? to : end) - text.data),
					  start + (size_t)column - 1));
}

/* map:masked(mark) */
static int l_masked(lua_State *L)
{
	struct text_map *map = luaL_checkudata(L, 1, MAP);
	const char *mark = luaL_optstring(L, 2, "********");
	struct buf text = text_of(L);
	/* a mark for each byte at most */
	struct buf *out = lbuf_push(L, text.length * (strlen(mark) + 1) + 1);

	render_map_masked(map->render, &text, mark, out);
	lbuf_push_string(L, out);
	return 1;
}

void template_map_init(lua_State *L)
{
	static const luaL_Reg methods[] = {{"at", l_at},
					   {"line", l_line},
					   {"masked", l_masked},
					   {NULL, NULL}};

	if (luaL_newmetatable(L, MAP)) {
		luaL_newlib(L, methods);
		lua_setfield(L, -2, "__index");
		lua_pushcfunction(L, free_map);
		lua_setfield(L, -2, "__gc");
	}
	lua_pop(L, 1);
}

void template_map_push(lua_State *L, struct render **render, int compiled)
{
	int text = lua_gettop(L);
	struct text_map *map = lua_newuserdatauv(L, sizeof(*map), 2);

	map->render = NULL;
	luaL_setmetatable(L, MAP);
	lua_pushvalue(L, compiled);
	lua_setiuservalue(L, -2, 1);
	lua_pushvalue(L, text);
	lua_setiuservalue(L, -2, 2);
	map->render = *render;
	*render = NULL;
}
