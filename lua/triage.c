/* Binding: the module triage. */
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "runtime/learn/triage/look.h"
#include "runtime/learn/triage/triage.h"

#define JUDGE "tidemill.triage.judge"
#define LINES "tidemill.triage.lines"

enum {
	EXCERPT_MAX = 64 << 10,
	NAME_MAX_BYTES = 64,
};

static int l_release_lines(lua_State *L)
{
	triage_lines_release(luaL_checkudata(L, 1, LINES));
	return 0;
}

static int l_release_judge(lua_State *L)
{
	struct triage_judge **judge = luaL_checkudata(L, 1, JUDGE);

	triage_judge_free(*judge);
	*judge = NULL;
	return 0;
}

static void make_type(lua_State *L, const char *name, lua_CFunction release)
{
	luaL_newmetatable(L, name);
	lua_pushcfunction(L, release);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}

/* Pushes the text at `index` as lines. */
static struct triage_lines *push_lines(lua_State *L, int index)
{
	size_t length;
	const char *text = luaL_checklstring(L, index, &length);
	struct triage_lines *lines;

	luaL_argcheck(L, length <= TRIAGE_BYTES_MAX, index,
		      "a log of more than 256 MiB");
	lines = lua_newuserdatauv(L, sizeof(*lines), 0);
	memset(lines, 0, sizeof(*lines));
	luaL_setmetatable(L, LINES);
	triage_lines_read(lines, text, length);
	return lines;
}

static int l_judge(lua_State *L)
{
	size_t size;
	const char *image = luaL_checklstring(L, 1, &size);
	struct triage_judge **judge = lua_newuserdatauv(L, sizeof(void *), 0);
	struct error *err = NULL;

	*judge = NULL;
	luaL_setmetatable(L, JUDGE);
	*judge = triage_judge_open(image, size, &err);
	return *judge ? 1 : lerror_raise(L, err);
}

static void push_ranges(lua_State *L, const struct triage *triage,
			const struct triage_lines *lines)
{
	lua_createtable(L, (int)triage->count, 0);
	for (unsigned i = 0; i < triage->count; i++) {
		lua_createtable(L, 2, 0);
		lua_pushinteger(L, (lua_Integer)triage->ranges[i].from + 1 +
					   lines->skipped);
		lua_rawseti(L, -2, 1);
		lua_pushinteger(L, (lua_Integer)triage->ranges[i].to + 1 +
					   lines->skipped);
		lua_rawseti(L, -2, 2);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

/* The lines of the ranges, as far as they have room; blank between ranges. */
static void push_excerpt(lua_State *L, const struct triage *triage,
			 const struct triage_lines *lines)
{
	luaL_Buffer text;
	size_t used = 0;

	luaL_buffinit(L, &text);
	for (unsigned n = 0; n < triage->count; n++) {
		if (n > 0)
			luaL_addstring(&text, "\n");
		for (uint32_t i = triage->ranges[n].from;
		     i <= triage->ranges[n].to && used < EXCERPT_MAX; i++) {
			luaL_addlstring(&text, triage_text(lines, i),
					lines->list[i].length);
			luaL_addchar(&text, '\n');
			used += lines->list[i].length + 1;
		}
	}
	luaL_pushresult(&text);
}

static int l_read(lua_State *L)
{
	struct triage_judge **judge = luaL_checkudata(L, 2, JUDGE);
	bool compared = !lua_isnoneornil(L, 3);
	struct triage_lines *lines;
	struct triage triage = {0};

	lua_settop(L, 3);
	lines = push_lines(L, 1);
	triage_judge_lines(*judge, lines);
	if (compared) {
		triage_lines_compare(lines, push_lines(L, 3));
		triage_choose_new(&triage, lines);
	} else {
		triage_choose(&triage, lines);
	}
	triage_classify(&triage, lines);
	triage_sign(&triage, lines);
	lua_createtable(L, 0, 6);
	lua_pushstring(L, triage_class_name(triage.class));
	lua_setfield(L, -2, "class");
	lua_pushnumber(L, triage.confidence);
	lua_setfield(L, -2, "confidence");
	lua_pushstring(L, triage.signature);
	lua_setfield(L, -2, "signature");
	push_ranges(L, &triage, lines);
	lua_setfield(L, -2, "lines");
	push_excerpt(L, &triage, lines);
	lua_setfield(L, -2, "excerpt");
	lua_pushinteger(L, (lua_Integer)lines->count + lines->skipped);
	lua_setfield(L, -2, "count");
	return 1;
}

static int l_features(lua_State *L)
{
	char name[NAME_MAX_BYTES];

	lua_createtable(L, (int)triage_features(), 0);
	for (unsigned i = 0; i < triage_features(); i++) {
		triage_feature_name(i, name, sizeof(name));
		lua_pushstring(L, name);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}

static int l_texts(lua_State *L)
{
	struct triage_lines *lines = push_lines(L, 1);

	lua_createtable(L, (int)lines->count, 0);
	for (uint32_t i = 0; i < lines->count; i++) {
		lua_pushlstring(L, triage_text(lines, i),
				lines->list[i].length);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_pushinteger(L, lines->skipped);
	return 2;
}

static void push_row(lua_State *L, const struct triage_lines *lines, uint32_t i)
{
	float row[TRIAGE_FEATURES_MAX];
	char number[32];
	luaL_Buffer text;

	triage_look(lines, i, row);
	luaL_buffinit(L, &text);
	for (unsigned n = 0; n < triage_features(); n++) {
		int length = snprintf(number, sizeof(number), "%s%.6g",
				      n ? "," : "", (double)row[n]);

		luaL_addlstring(&text, number, (size_t)length);
	}
	luaL_pushresult(&text);
}

static int l_rows(lua_State *L)
{
	struct triage_lines *lines;
	lua_Integer count;

	luaL_checktype(L, 2, LUA_TTABLE);
	count = luaL_len(L, 2);
	lines = push_lines(L, 1);
	lua_createtable(L, (int)count, 0);
	for (lua_Integer n = 1; n <= count; n++) {
		lua_Integer i;

		lua_rawgeti(L, 2, n);
		i = lua_tointeger(L, -1) - lines->skipped;
		lua_pop(L, 1);
		luaL_argcheck(L, i >= 1 && i <= lines->count, 2,
			      "there is no such line");
		push_row(L, lines, (uint32_t)(i - 1));
		lua_rawseti(L, -2, n);
	}
	return 1;
}

int luaopen_triage(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"judge", l_judge}, {"read", l_read}, {"features", l_features},
		{"texts", l_texts}, {"rows", l_rows}, {NULL, NULL},
	};

	make_type(L, JUDGE, l_release_judge);
	make_type(L, LINES, l_release_lines);
	luaL_newlib(L, functions);
	return 1;
}
