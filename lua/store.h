/* What the files of the store's binding share. */
#pragma once

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/store/db.h"

/* The userdata `store.Db`. */
struct store {
	struct db *db; /* NULL: closed */
	bool readonly;
	int64_t rows, bytes; /* most of one result; 0: no limit */
};

/* The open database at `index`; raises when it is closed. */
struct store *store_check(lua_State *L, int index);

/* Raise `err`, or return `count` values when it is NULL. */
int store_result(lua_State *L, struct error *err, int count);

enum field_kind { FIELD_TEXT, FIELD_INT };

/* A member of a struct that a Lua table fills. */
struct field {
	const char *name;
	size_t offset;
	int64_t missing; /* of a number that is not given */
	enum field_kind kind;
	bool needed;
};

/*
 * Fill `target` from the table at `index`. Unknown and wrong fields raise.
 * Texts are borrowed from the table.
 */
void store_fields(lua_State *L, int index, const struct field *fields,
		  void *target);

/* Push a list of the rows, or the first row or nil, of one of our statements
 * with one integer parameter; the store is argument 1. */
int store_list(lua_State *L, const char *sql, int64_t id);
int store_first(lua_State *L, const char *sql, int64_t id);

/* Push whether something changed (1, 0), or raise `err` (-1). */
int store_push_changed(lua_State *L, int changed, struct error *err);

void store_query_install(lua_State *L); /* the metatable of cursors */
extern const luaL_Reg store_query_methods[];
extern const luaL_Reg store_run_methods[];
extern const luaL_Reg store_record_methods[];
