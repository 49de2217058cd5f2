#include "lua/options.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/lerror.h"

static int invalid(lua_State *L)
{
	struct error *err = NULL;

	error_set(&err, ERROR_INVALID, "%s", lua_tostring(L, -1));
	return lerror_raise(L, err);
}

/* Push " (did you mean 'x'?)" or "" for a name. */
static void push_advice(lua_State *L, const char *name,
			const char *const *names)
{
	lua_getglobal(L, "require");
	lua_pushliteral(L, "nearest");
	lua_call(L, 1, 1);
	lua_pushstring(L, name);
	lua_newtable(L);
	for (int i = 0; names[i]; i++) {
		lua_pushstring(L, names[i]);
		lua_rawseti(L, -2, i + 1);
	}
	lua_call(L, 2, 1);
	if (lua_isstring(L, -1))
		lua_pushfstring(L, " (did you mean '%s'?)",
				lua_tostring(L, -1));
	else
		lua_pushliteral(L, "");
}

static bool is_one(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

void options_check(lua_State *L, int index, const char *const *names,
		   const char *what)
{
	if (lua_isnoneornil(L, index))
		return;
	luaL_checktype(L, index, LUA_TTABLE);
	lua_pushnil(L);
	while (lua_next(L, index)) {
		const char *name = NULL;

		lua_pop(L, 1);
		if (lua_type(L, -1) == LUA_TSTRING)
			name = lua_tostring(L, -1);
		if (name && is_one(name, names))
			continue;
		if (!name) {
			lua_pushfstring(L,
					"the options of %s have names, not "
					"a %s",
					what, luaL_typename(L, -1));
		} else {
			push_advice(L, name, names);
			lua_pushfstring(L, "unknown option '%s' of %s%s", name,
					what, lua_tostring(L, -1));
		}
		invalid(L);
	}
}

/* Push the option and tell its type; nothing is pushed for a missing one. */
static int push(lua_State *L, int index, const char *name)
{
	int type = LUA_TNIL;

	if (!lua_isnoneornil(L, index))
		type = lua_getfield(L, index, name);
	else
		lua_pushnil(L);
	if (type == LUA_TNIL)
		lua_pop(L, 1);
	return type;
}

static void wrong(lua_State *L, const char *name, const char *wanted)
{
	lua_pushfstring(L, "option '%s' must be %s, not a %s", name, wanted,
			luaL_typename(L, -1));
	invalid(L);
}

bool options_flag(lua_State *L, int index, const char *name, bool missing)
{
	int type = push(L, index, name);
	bool flag;

	if (type == LUA_TNIL)
		return missing;
	if (type != LUA_TBOOLEAN)
		wrong(L, name, "true or false");
	flag = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return flag;
}

lua_Integer options_count(lua_State *L, int index, const char *name,
			  lua_Integer least, lua_Integer missing)
{
	int type = push(L, index, name);
	lua_Integer count;
	int whole;

	if (type == LUA_TNIL)
		return missing;
	count = lua_tointegerx(L, -1, &whole);
	if (type != LUA_TNUMBER || !whole)
		wrong(L, name, "a whole number");
	if (count < least) {
		lua_pushfstring(L, "option '%s' must be at least %I", name,
				(LUAI_UACINT)least);
		invalid(L);
	}
	lua_pop(L, 1);
	return count;
}

const char *options_text(lua_State *L, int index, const char *name)
{
	int type = push(L, index, name);
	const char *text;

	if (type == LUA_TNIL)
		return NULL;
	if (type != LUA_TSTRING)
		wrong(L, name, "a string");
	text = lua_tostring(L, -1);
	lua_pop(L, 1); /* the table keeps it */
	return text;
}

int options_choice(lua_State *L, int index, const char *name,
		   const char *const *choices)
{
	const char *text = options_text(L, index, name);

	if (!text)
		return 0;
	for (int i = 0; choices[i]; i++)
		if (strcmp(choices[i], text) == 0)
			return i;
	lua_pushfstring(L, "option '%s' cannot be '%s': it is", name, text);
	for (int i = 0; choices[i]; i++) {
		lua_pushfstring(L, "%s '%s'",
				i == 0           ? ""
				: choices[i + 1] ? ","
						 : " or",
				choices[i]);
		lua_concat(L, 2);
	}
	invalid(L);
	return 0;
}
