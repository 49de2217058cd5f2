/* Binding: secrets that are sealed in the database. */
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/store.h"
#include "runtime/store/secrets.h"

static int l_put(lua_State *L)
{
	struct store *store = store_check(L, 1);
	const char *name = luaL_checkstring(L, 2);
	struct error *err = NULL;
	size_t length;
	const char *value = luaL_checklstring(L, 3, &length);

	secret_put(store->db, name, value, length, &err);
	return store_result(L, err, 0);
}

static int l_get(lua_State *L)
{
	struct store *store = store_check(L, 1);
	const char *name = luaL_checkstring(L, 2);
	struct error *err = NULL;
	struct buf value;
	int found;

	buf_init(&value, SECRET_MAX);
	found = secret_get(store->db, name, &value, &err);
	if (found > 0)
		lua_pushlstring(L, value.data ? value.data : "", value.length);
	secret_wipe(&value);
	return store_result(L, err, found > 0);
}

static int l_rotate(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;

	lua_pushinteger(L, secret_rotate(store->db, &err));
	return store_result(L, err, 1);
}

static int l_is_name(lua_State *L)
{
	lua_pushboolean(L, secret_name_ok(luaL_checkstring(L, 1)));
	return 1;
}

int luaopen_secret(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"put", l_put},         {"get", l_get}, {"rotate", l_rotate},
		{"is_name", l_is_name}, {NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
