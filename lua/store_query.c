/* Binding: SQL statements and their rows. */
#include <string.h>

#include "lua/lerror.h"
#include "lua/store.h"
#include "runtime/store/commit.h"

#define CURSOR "store.Cursor"

/* A cursor as a userdata, so that an error anywhere closes it. */
struct cursor {
	struct rows *rows;
	struct store *store; /* kept alive by the user value */
	int64_t count, bytes;
};

static int close_cursor(lua_State *L)
{
	struct cursor *cursor = luaL_checkudata(L, 1, CURSOR);
	struct rows *rows = cursor->rows;

	cursor->rows = NULL;
	if (cursor->store->db) /* else it went with its database */
		rows_close(rows);
	return 0;
}

void store_query_install(lua_State *L)
{
	static const luaL_Reg meta[] = {{"__gc", close_cursor},
					{"__close", close_cursor},
					{NULL, NULL}};

	if (luaL_newmetatable(L, CURSOR))
		luaL_setfuncs(L, meta, 0);
	lua_pop(L, 1);
}

/* Push a cursor without rows; `index` is its store. */
static struct cursor *push_cursor(lua_State *L, int index)
{
	struct store *store = store_check(L, index);
	struct cursor *cursor;

	index = lua_absindex(L, index);
	cursor = lua_newuserdatauv(L, sizeof(*cursor), 1);
	memset(cursor, 0, sizeof(*cursor));
	cursor->store = store;
	lua_pushvalue(L, index);
	lua_setiuservalue(L, -2, 1);
	luaL_setmetatable(L, CURSOR);
	return cursor;
}

static void bind_value(lua_State *L, struct rows *rows, int parameter,
		       int index)
{
	size_t length;
	const char *text;

	switch (lua_type(L, index)) {
	case LUA_TNONE:
	case LUA_TNIL:
		rows_bind_null(rows, parameter);
		break;
	case LUA_TBOOLEAN:
		rows_bind_int(rows, parameter, lua_toboolean(L, index));
		break;
	case LUA_TNUMBER:
		if (lua_isinteger(L, index))
			rows_bind_int(rows, parameter, lua_tointeger(L, index));
		else
			rows_bind_double(rows, parameter,
					 lua_tonumber(L, index));
		break;
	case LUA_TSTRING:
		text = lua_tolstring(L, index, &length);
		rows_bind_text(rows, parameter, text, length);
		break;
	default:
		luaL_error(L, "parameter %d of the statement is a %s",
			   parameter, luaL_typename(L, index));
	}
}

/* From the table at `index`: ":name" by name, "?" by number. */
static void bind_table(lua_State *L, struct rows *rows, int index)
{
	for (int i = 1, count = rows_parameters(rows); i <= count; i++) {
		const char *name = rows_parameter_name(rows, i);

		if (name && name[0] != '?')
			lua_getfield(L, index, name + 1);
		else
			lua_geti(L, index, i);
		bind_value(L, rows, i, -1);
		lua_pop(L, 1);
	}
}

static void bind_all(lua_State *L, struct rows *rows, int first, int last)
{
	int given = last - first + 1;
	int wanted = rows_parameters(rows);

	if (given == 1 && lua_istable(L, first)) {
		bind_table(L, rows, first);
		return;
	}
	if (given != wanted)
		luaL_error(L, "the statement has %d parameters, not %d", wanted,
			   given);
	for (int i = 0; i < given; i++)
		bind_value(L, rows, i + 1, first + i);
}

/* Arguments: store, SQL, parameters. Pushes the cursor, which closes with the
 * C function unless `lasting`. */
static struct cursor *start(lua_State *L, bool lasting)
{
	const char *sql = luaL_checkstring(L, 2);
	int last = lua_gettop(L);
	struct cursor *cursor = push_cursor(L, 1);
	struct error *err = NULL;

	if (!lasting)
		lua_toclose(L, -1);
	cursor->rows = db_prepare(cursor->store->db, &err, sql);
	if (!cursor->rows)
		lerror_raise(L, err);
	bind_all(L, cursor->rows, 3, last);
	return cursor;
}

static bool next(lua_State *L, struct cursor *cursor)
{
	struct error *err = NULL;
	int result = rows_next(cursor->rows, &err);

	if (result < 0)
		lerror_raise(L, err);
	return result == 1;
}

static void push_value(lua_State *L, struct rows *rows, int column)
{
	const char *text;

	switch (rows_type(rows, column)) {
	case ROWS_INT:
		lua_pushinteger(L, rows_int(rows, column));
		break;
	case ROWS_DOUBLE:
		lua_pushnumber(L, rows_double(rows, column));
		break;
	case ROWS_TEXT:
	case ROWS_BLOB:
		text = rows_text(rows, column);
		lua_pushlstring(L, text, rows_bytes(rows, column));
		break;
	default:
		lua_pushnil(L);
	}
}

static void check_limits(lua_State *L, struct cursor *cursor, int columns)
{
	const struct store *store = cursor->store;
	struct error *err = NULL;

	cursor->count++;
	for (int i = 0; store->bytes && i < columns; i++)
		cursor->bytes += (int64_t)rows_bytes(cursor->rows, i);
	if (store->rows && cursor->count > store->rows)
		error_set(&err, ERROR_LIMIT,
			  "the result has more than %lld rows",
			  (long long)store->rows);
	else if (store->bytes && cursor->bytes > store->bytes)
		error_set(&err, ERROR_LIMIT,
			  "the result has more than %lld bytes",
			  (long long)store->bytes);
	if (err)
		lerror_raise(L, err);
}

static void push_row(lua_State *L, struct cursor *cursor)
{
	int columns = rows_columns(cursor->rows);

	check_limits(L, cursor, columns);
	lua_createtable(L, 0, columns);
	for (int i = 0; i < columns; i++) {
		push_value(L, cursor->rows, i);
		lua_setfield(L, -2, rows_name(cursor->rows, i));
	}
}

/* A statement that wrote is durable before anybody sees its rows. */
static void finish(lua_State *L, struct cursor *cursor)
{
	struct error *err = NULL;
	bool wrote = rows_writes(cursor->rows);

	rows_close(cursor->rows);
	cursor->rows = NULL;
	if (wrote && db_flush(cursor->store->db, &err))
		lerror_raise(L, err);
}

static void push_all(lua_State *L, struct cursor *cursor)
{
	lua_newtable(L);
	for (lua_Integer i = 1; next(L, cursor); i++) {
		push_row(L, cursor);
		lua_rawseti(L, -2, i);
	}
	finish(L, cursor);
}

static int l_query(lua_State *L)
{
	push_all(L, start(L, false));
	return 1;
}

static int l_row(lua_State *L)
{
	struct cursor *cursor = start(L, false);

	if (next(L, cursor))
		push_row(L, cursor);
	else
		lua_pushnil(L);
	while (rows_writes(cursor->rows) && next(L, cursor))
		;
	finish(L, cursor);
	return 1;
}

static int next_read(lua_State *L)
{
	struct cursor *cursor = luaL_checkudata(L, 1, CURSOR);

	if (!cursor->rows || !cursor->store->db || !next(L, cursor))
		return 0;
	push_row(L, cursor);
	return 1;
}

static int next_of_list(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(2)) + 1;

	lua_pushinteger(L, i);
	lua_replace(L, lua_upvalueindex(2));
	lua_rawgeti(L, lua_upvalueindex(1), i);
	return 1;
}

/*
 * On a connection that writes, all rows are read first: the loop's body may
 * write, which SQLite refuses while an older moment is being read.
 */
static int l_each(lua_State *L)
{
	struct store *store = store_check(L, 1);

	if (store->readonly) {
		start(L, true);
		lua_pushcfunction(L, next_read);
		lua_pushvalue(L, -2);
		lua_pushnil(L);
		lua_pushvalue(L, -4);
		return 4;
	}
	push_all(L, start(L, false));
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, next_of_list, 2);
	return 1;
}

static int l_columns(lua_State *L)
{
	struct cursor *cursor = push_cursor(L, 1);
	struct error *err = NULL;

	lua_toclose(L, -1);
	cursor->rows =
		db_prepare(cursor->store->db, &err, luaL_checkstring(L, 2));
	if (!cursor->rows)
		return lerror_raise(L, err);
	lua_newtable(L);
	for (int i = 0; i < rows_columns(cursor->rows); i++) {
		lua_pushstring(L, rows_name(cursor->rows, i));
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

static int execute(lua_State *L, bool durable)
{
	struct cursor *cursor = start(L, false);
	struct db *db = cursor->store->db;
	struct error *err = NULL;

	if (!durable && db_group_open(db, &err))
		return lerror_raise(L, err);
	while (next(L, cursor))
		;
	lua_pushinteger(L, db_changes(db));
	lua_pushinteger(L, db_last_id(db));
	if (durable)
		finish(L, cursor);
	return 2;
}

static int l_run(lua_State *L)
{
	return execute(L, true);
}

static int l_write(lua_State *L)
{
	return execute(L, false);
}

/* Without a continuation, so that `fn` cannot wait. */
static int l_transaction(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;

	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	if (db_begin(store->db, &err))
		return lerror_raise(L, err);
	if (lua_pcall(L, 0, LUA_MULTRET, 0) != LUA_OK) {
		if (store->db)
			db_rollback(store->db);
		return lua_error(L);
	}
	if (!store->db)
		return luaL_error(L, "the transaction closed its database");
	if (db_commit(store->db, &err))
		return lerror_raise(L, err);
	return lua_gettop(L) - 1;
}

static struct cursor *start_own(lua_State *L, const char *sql, int64_t id)
{
	struct cursor *cursor = push_cursor(L, 1);
	struct error *err = NULL;

	lua_toclose(L, -1);
	cursor->rows = db_query(cursor->store->db, &err, sql, "i", id);
	if (!cursor->rows)
		lerror_raise(L, err);
	return cursor;
}

int store_push_changed(lua_State *L, int changed, struct error *err)
{
	if (changed < 0)
		return lerror_raise(L, err);
	lua_pushboolean(L, changed);
	return 1;
}

int store_list(lua_State *L, const char *sql, int64_t id)
{
	push_all(L, start_own(L, sql, id));
	return 1;
}

int store_first(lua_State *L, const char *sql, int64_t id)
{
	struct cursor *cursor = start_own(L, sql, id);

	if (next(L, cursor))
		push_row(L, cursor);
	else
		lua_pushnil(L);
	return 1;
}

const luaL_Reg store_query_methods[] = {
	{"query", l_query},
	{"row", l_row},
	{"each", l_each},
	{"columns", l_columns},
	{"run", l_run},
	{"write", l_write},
	{"transaction", l_transaction},
	{NULL, NULL},
};
