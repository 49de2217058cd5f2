/* Binding: Lua tables as the structs of the store. */
#include <string.h>

#include "lua/store.h"

static const struct field *find(const struct field *fields, const char *name)
{
	for (; fields->name; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;
	return NULL;
}

static void check_keys(lua_State *L, int index, const struct field *fields)
{
	lua_pushnil(L);
	while (lua_next(L, index)) {
		if (lua_type(L, -2) != LUA_TSTRING ||
		    !find(fields, lua_tostring(L, -2)))
			luaL_error(L, "unknown field '%s'",
				   luaL_tolstring(L, -2, NULL));
		lua_pop(L, 1);
	}
}

static const char *text_of(lua_State *L, const struct field *field)
{
	if (lua_isnil(L, -1))
		return NULL;
	if (lua_type(L, -1) != LUA_TSTRING)
		luaL_error(L, "field '%s' must be a string, not %s",
			   field->name, luaL_typename(L, -1));
	return lua_tostring(L, -1); /* the table keeps it */
}

static int64_t number_of(lua_State *L, const struct field *field)
{
	int exact = 1;
	int64_t number;

	if (lua_isnil(L, -1))
		return field->missing;
	if (lua_isboolean(L, -1))
		return lua_toboolean(L, -1);
	number = lua_tointegerx(L, -1, &exact);
	if (!exact || lua_type(L, -1) != LUA_TNUMBER)
		luaL_error(L, "field '%s' must be an integer, not %s",
			   field->name, luaL_tolstring(L, -1, NULL));
	return number;
}

void store_fields(lua_State *L, int index, const struct field *fields,
		  void *target)
{
	luaL_checktype(L, index, LUA_TTABLE);
	check_keys(L, index, fields);
	for (; fields->name; fields++) {
		char *place = (char *)target + fields->offset;

		if (lua_getfield(L, index, fields->name) == LUA_TNIL &&
		    fields->needed)
			luaL_error(L, "field '%s' is missing", fields->name);
		if (fields->kind == FIELD_TEXT)
			*(const char **)place = text_of(L, fields);
		else
			*(int64_t *)place = number_of(L, fields);
		lua_pop(L, 1);
	}
}
