/* Binding: the module config_scan. */
#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "runtime/base/mem.h"
#include "runtime/learn/config/reason.h"
#include "runtime/learn/config/score.h"

#define WORLD "tidemill.config_scan.world"
#define SCAN "tidemill.config_scan"
#define SCORE "tidemill.config_scan.score"

enum {
	WORLD_MAX = 1 << 26,
	REASON_MAX = 1024,
	ANCHOR = 5, /* of the stack: behind the arguments */
};

/* Changes read from a Lua table; texts are borrowed from it. */
struct changes {
	struct config_change *list; /* owned */
	size_t count, room;
};

static int l_release_changes(lua_State *L)
{
	struct changes *changes = lua_touserdata(L, 1);

	mem_free(changes->list);
	*changes = (struct changes){0};
	return 0;
}

static int l_release_rows(lua_State *L)
{
	struct config_rows *rows = lua_touserdata(L, 1);

	mem_free(rows->list);
	*rows = (struct config_rows){0};
	return 0;
}

/* Pushes zeroed memory that `release` frees. */
static void *push_guarded(lua_State *L, size_t size, lua_CFunction release)
{
	void *memory = lua_newuserdatauv(L, size, 0);

	memset(memory, 0, size);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, release);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	return memory;
}

static struct config_world *world_at(lua_State *L, int index)
{
	return luaL_checkudata(L, index, WORLD);
}

static struct config_scan *scan_at(lua_State *L, int index)
{
	struct config_scan **scan = luaL_checkudata(L, index, SCAN);

	return *scan;
}

/* The kind and text of the value at `index`; a number becomes its text. */
static enum config_kind read_value(lua_State *L, int index, const char **text,
				   size_t *length)
{
	enum config_kind kind = CONFIG_NULL;

	*text = "null";
	*length = 4;
	switch (lua_type(L, index)) {
	case LUA_TBOOLEAN:
		*text = lua_toboolean(L, index) ? "true" : "false";
		*length = strlen(*text);
		return CONFIG_BOOLEAN;
	case LUA_TNUMBER:
		kind = lua_isinteger(L, index) ? CONFIG_INTEGER : CONFIG_FLOAT;
		*text = lua_tolstring(L, index, length);
		return kind;
	case LUA_TSTRING:
		*text = lua_tolstring(L, index, length);
		return CONFIG_STRING;
	case LUA_TTABLE:
		*text = "[]";
		*length = 2;
		return CONFIG_CONTAINER;
	default:
		return kind;
	}
}

static struct config_change *add(struct changes *changes)
{
	if (changes->count == changes->room) {
		changes->room = changes->room ? changes->room * 2 : 64;
		changes->list = mem_grow(
			changes->list, changes->room * sizeof(*changes->list));
	}
	changes->list[changes->count] = (struct config_change){0};
	return &changes->list[changes->count++];
}

/* The paths and values of the table on top; numbers' texts go to `anchor`. */
static void read_set(lua_State *L, struct changes *changes, uint32_t place,
		     int anchor)
{
	int table = lua_gettop(L);

	lua_pushnil(L);
	while (lua_next(L, table)) {
		struct config_change *change = add(changes);

		if (lua_type(L, -2) != LUA_TSTRING)
			luaL_error(L, "a path must be a string");
		change->environment = place;
		change->path = lua_tolstring(L, -2, &change->path_length);
		change->kind =
			read_value(L, -1, &change->text, &change->length);
		lua_rawseti(L, anchor, (lua_Integer)changes->count);
	}
}

static void read_removed(lua_State *L, struct changes *changes, uint32_t place)
{
	int list = lua_gettop(L);
	lua_Integer count = luaL_len(L, list);

	for (lua_Integer i = 1; i <= count; i++) {
		struct config_change *change = add(changes);

		if (lua_geti(L, list, i) != LUA_TSTRING)
			luaL_error(L, "a path must be a string");
		change->environment = place;
		change->removed = true;
		change->path = lua_tolstring(L, -1, &change->path_length);
		lua_pop(L, 1);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the same order each time, whatever Lua's tables do. */
static int by_place(const void *a, const void *b)
{
	const struct config_change *one = a, *other = b;

	if (one->environment != other->environment)
		return one->environment < other->environment ? -1 : 1;
	return strcmp(one->path, other->path);
}

/* Reads the changes of one environment, which is on top. */
static void read_environment(lua_State *L, struct config_scan *scan,
			     const char *name, struct changes *changes)
{
	struct error *err = NULL;
	int place = config_scan_environment(scan, name, &err);

	if (place < 0)
		lerror_raise(L, err);
	luaL_checktype(L, -1, LUA_TTABLE);
	if (lua_getfield(L, -1, "set") == LUA_TTABLE)
		read_set(L, changes, (uint32_t)place, ANCHOR);
	lua_pop(L, 1);
	if (lua_getfield(L, -1, "del") == LUA_TTABLE)
		read_removed(L, changes, (uint32_t)place);
	lua_pop(L, 1);
}

/*
 * Pushes the changes of the table at 2; what keeps their texts alive is at
 * ANCHOR.
 */
static struct changes *read_changes(lua_State *L, struct config_scan *scan)
{
	const char *names[CONFIG_ENVIRONMENTS_MAX];
	struct changes *changes;
	size_t count = 0;

	luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, ANCHOR - 1);
	lua_newtable(L);
	changes = push_guarded(L, sizeof(*changes), l_release_changes);
	lua_pushnil(L);
	while (lua_next(L, 2)) {
		luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING, 2,
			      "expected environments by name");
		if (count == CONFIG_ENVIRONMENTS_MAX)
			luaL_error(L, "more than %d environments",
				   CONFIG_ENVIRONMENTS_MAX);
		names[count++] = lua_tostring(L, -2);
		lua_pop(L, 1);
	}
	qsort(names, count, sizeof(*names), by_text);
	for (size_t i = 0; i < count; i++) {
		lua_getfield(L, 2, names[i]);
		read_environment(L, scan, names[i], changes);
		lua_pop(L, 1);
	}
	if (changes->count > 0)
		qsort(changes->list, changes->count, sizeof(*changes->list),
		      by_place);
	return changes;
}

static void push_features(lua_State *L, const struct config_row *row)
{
	lua_createtable(L, 0, CONFIG_FEATURES);
	for (int i = 0; i < CONFIG_FEATURES; i++) {
		if (isnan(row->features[i]))
			continue;
		lua_pushnumber(L, (double)row->features[i]);
		lua_setfield(L, -2, config_feature_name((unsigned)i));
	}
}

/* Sets `reason` of the row on top. */
static void push_reason(lua_State *L, const struct config_scan *scan,
			const struct config_row *row,
			struct config_score *score)
{
	double shares[CONFIG_FEATURES];
	struct error *err = NULL;
	struct buf text;

	if (config_score_explain(score, row, shares, &err) < 0)
		lerror_raise(L, err);
	buf_init(&text, REASON_MAX);
	buf_putc(&text, ' ');
	config_reason(scan, row, shares, &text);
	lua_pushlstring(L, text.data + 1, text.length - 1);
	buf_release(&text);
	lua_setfield(L, -2, "reason");
}

static void push_row(lua_State *L, const struct config_scan *scan,
		     const struct config_row *row)
{
	static const char *const whats[] = {"set", "removed", "missing"};

	lua_createtable(L, 0, 5);
	lua_pushstring(L, config_scan_environment_name(scan, row->environment));
	lua_setfield(L, -2, "environment");
	lua_pushstring(L, row->path);
	lua_setfield(L, -2, "path");
	lua_pushstring(L, whats[row->what]);
	lua_setfield(L, -2, "what");
}

/*
 * Pushes the rows as a list. With a score at `index` they are judged, and
 * those of `index` + 1 and more are explained; else all features are shown.
 */
static void push_rows(lua_State *L, const struct config_scan *scan,
		      const struct config_rows *rows, int index)
{
	struct config_score **score =
		lua_isnoneornil(L, index) ? NULL
					  : luaL_checkudata(L, index, SCORE);
	double least = luaL_optnumber(L, index + 1, HUGE_VAL);

	lua_createtable(L, (int)rows->count, 0);
	for (size_t i = 0; i < rows->count; i++) {
		const struct config_row *row = &rows->list[i];

		push_row(L, scan, row);
		if (score) {
			double odds = config_score_row(*score, row);

			lua_pushnumber(L, 1 / (1 + exp(-odds)));
			lua_setfield(L, -2, "score");
			if (1 / (1 + exp(-odds)) >= least)
				push_reason(L, scan, row, *score);
		} else {
			push_features(L, row);
			lua_setfield(L, -2, "features");
		}
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

static int l_learn(lua_State *L)
{
	struct config_scan *scan = scan_at(L, 1);
	struct changes *changes = read_changes(L, scan);
	struct error *err = NULL;

	if (config_scan_learn(scan, changes->list, changes->count, &err) < 0)
		lerror_raise(L, err);
	return 0;
}

static int l_review(lua_State *L)
{
	struct config_scan *scan = scan_at(L, 1);
	struct changes *changes = read_changes(L, scan);
	struct config_rows *rows =
		push_guarded(L, sizeof(*rows), l_release_rows);
	struct error *err = NULL;

	if (config_scan_review(scan, changes->list, changes->count, rows,
			       &err) < 0)
		lerror_raise(L, err);
	push_rows(L, scan, rows, 3);
	return 1;
}

static int l_audit(lua_State *L)
{
	struct config_scan *scan = scan_at(L, 1);
	struct config_rows *rows;

	lua_settop(L, 3);
	rows = push_guarded(L, sizeof(*rows), l_release_rows);
	config_scan_audit(scan, rows);
	push_rows(L, scan, rows, 2);
	return 1;
}

static int l_scan_gc(lua_State *L)
{
	struct config_scan **scan = luaL_checkudata(L, 1, SCAN);

	config_scan_free(*scan);
	*scan = NULL;
	return 0;
}

static int l_new(lua_State *L)
{
	struct config_world *world =
		lua_isnoneornil(L, 1) ? NULL : world_at(L, 1);
	struct config_scan **scan = lua_newuserdatauv(L, sizeof(void *), 1);

	*scan = NULL;
	luaL_setmetatable(L, SCAN);
	lua_pushvalue(L, 1);
	lua_setiuservalue(L, -2, 1); /* the world lives as long */
	*scan = config_scan_new(world);
	return 1;
}

static int l_world_add(lua_State *L)
{
	struct config_world *world = world_at(L, 1);
	struct config_value value;
	size_t path_length, length;
	const char *path = luaL_checklstring(L, 2, &path_length), *text;
	enum config_kind kind = read_value(L, 3, &text, &length);

	if (length > CONFIG_VALUE_MAX)
		length = CONFIG_VALUE_MAX;
	config_value_read(&value, kind, text, length);
	config_world_add(world, path, path_length, &value);
	return 0;
}

static int l_world_write(lua_State *L)
{
	struct config_world *world = world_at(L, 1);
	lua_Integer least = luaL_optinteger(L, 2, 1);
	struct buf bytes;

	luaL_argcheck(L, least >= 1 && least <= UINT32_MAX, 2,
		      "expected 1 or more");
	buf_init(&bytes, WORLD_MAX);
	if (config_world_write(world, (uint32_t)least, &bytes) < 0) {
		buf_release(&bytes);
		return luaL_error(L, "more than %d bytes", WORLD_MAX);
	}
	lua_pushlstring(L, bytes.data, bytes.length);
	buf_release(&bytes);
	return 1;
}

static int l_world_read(lua_State *L)
{
	struct config_world *world = world_at(L, 1);
	size_t length;
	const char *bytes = luaL_checklstring(L, 2, &length);
	struct error *err = NULL;

	if (config_world_read(world, bytes, length, &err) < 0)
		lerror_raise(L, err);
	return 0;
}

static int l_score_gc(lua_State *L)
{
	struct config_score **score = luaL_checkudata(L, 1, SCORE);

	config_score_free(*score);
	*score = NULL;
	return 0;
}

static int l_score(lua_State *L)
{
	size_t length;
	const char *image = luaL_checklstring(L, 1, &length);
	struct config_score **score = lua_newuserdatauv(L, sizeof(void *), 0);
	struct error *err = NULL;

	*score = NULL;
	luaL_setmetatable(L, SCORE);
	*score = config_score_open(image, length, &err);
	if (!*score)
		lerror_raise(L, err);
	return 1;
}

static int l_world_gc(lua_State *L)
{
	config_world_release(world_at(L, 1));
	return 0;
}

static int l_world(lua_State *L)
{
	struct config_world *world = lua_newuserdatauv(L, sizeof(*world), 0);

	*world = (struct config_world){0};
	luaL_setmetatable(L, WORLD);
	return 1;
}

static int l_names(lua_State *L)
{
	lua_createtable(L, CONFIG_FEATURES, 0);
	for (int i = 0; i < CONFIG_FEATURES; i++) {
		lua_pushstring(L, config_feature_name((unsigned)i));
		lua_rawseti(L, -2, i + 1);
	}
	return 1;
}

static void add_class(lua_State *L, const char *name, const luaL_Reg *methods,
		      lua_CFunction gc)
{
	luaL_newmetatable(L, name);
	lua_newtable(L);
	luaL_setfuncs(L, methods, 0);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}

int luaopen_config_scan(lua_State *L)
{
	static const luaL_Reg functions[] = {{"new", l_new},
					     {"world", l_world},
					     {"score", l_score},
					     {"features", l_names},
					     {NULL, NULL}};
	static const luaL_Reg scan[] = {{"learn", l_learn},
					{"review", l_review},
					{"audit", l_audit},
					{NULL, NULL}};
	static const luaL_Reg world[] = {{"add", l_world_add},
					 {"write", l_world_write},
					 {"read", l_world_read},
					 {NULL, NULL}};
	static const luaL_Reg score[] = {{NULL, NULL}};

	add_class(L, SCAN, scan, l_scan_gc);
	add_class(L, WORLD, world, l_world_gc);
	add_class(L, SCORE, score, l_score_gc);
	luaL_newlib(L, functions);
	return 1;
}
