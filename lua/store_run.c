/* Binding: runs and their ways from state to state. */
#include <unistd.h>

#include "lua/lerror.h"
#include "lua/store.h"
#include "runtime/loop/process.h"
#include "runtime/store/locks.h"
#include "runtime/store/poke.h"
#include "runtime/store/runs.h"

#define TEXT(field)                                                            \
	{                                                                      \
#field, offsetof(struct run_new, field), 0, FIELD_TEXT, false  \
	}
#define NUMBER(field)                                                          \
	{                                                                      \
#field, offsetof(struct run_new, field), 0, FIELD_INT, false   \
	}

static const struct field run_fields[] = {
	{"name", offsetof(struct run_new, name), 0, FIELD_TEXT, true},
	{"path", offsetof(struct run_new, path), 0, FIELD_TEXT, true},
	{"trigger", offsetof(struct run_new, trigger), -1, FIELD_INT, false},
	TEXT(hash),
	TEXT(parent_step),
	TEXT(ref),
	TEXT(oid),
	TEXT(params),
	TEXT(state),
	TEXT(concurrency),
	TEXT(supersede),
	TEXT(on_crash),
	TEXT(workspace),
	TEXT(fork_step),
	TEXT(waits_for),
	NUMBER(recipe),
	NUMBER(repo),
	NUMBER(event),
	NUMBER(parent),
	NUMBER(priority),
	NUMBER(group_limit),
	NUMBER(timeout),
	NUMBER(seed),
	NUMBER(fork_of),
	NUMBER(wake_at),
	{NULL, 0, 0, FIELD_INT, false},
};

static const struct field end_fields[] = {
	{"state", offsetof(struct run_end, state), 0, FIELD_TEXT, true},
	{"status", offsetof(struct run_end, status), -1, FIELD_INT, false},
	{"error", offsetof(struct run_end, error), 0, FIELD_TEXT, false},
	{"cpu", offsetof(struct run_end, cpu), 0, FIELD_INT, false},
	{"max_rss", offsetof(struct run_end, max_rss), 0, FIELD_INT, false},
	{NULL, 0, 0, FIELD_INT, false},
};

static int l_run_create(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;
	struct run_new run = {0};
	int64_t id;

	store_fields(L, 2, run_fields, &run);
	id = run_create(store->db, &run, &err);
	if (id < 0)
		return lerror_raise(L, err);
	if (id == 0)
		return 0;
	lua_pushinteger(L, id);
	return 1;
}

static int l_run_claim(lua_State *L)
{
	struct store *store = store_check(L, 1);
	int64_t id = luaL_checkinteger(L, 2);
	struct error *err = NULL;
	int claimed = run_claim(store->db, id, getpid(),
				(int64_t)process_start_time(getpid()), &err);

	if (claimed < 0)
		return lerror_raise(L, err);
	if (claimed == 0)
		return 0;
	return store_first(L, "SELECT * FROM runs WHERE id = ?", id);
}

static int l_run_finish(lua_State *L)
{
	struct store *store = store_check(L, 1);
	int64_t id = luaL_checkinteger(L, 2);
	struct run_end end = {0};
	struct error *err = NULL;
	int changed;

	store_fields(L, 3, end_fields, &end);
	changed = run_finish(store->db, id, &end, &err);
	if (changed == 1 && locks_wake(store->db, NULL) > 0)
		poke_server(db_home(store->db));
	return store_push_changed(L, changed, err);
}

struct wait {
	int64_t wake_at;
	const char *waits_for;
};

static int l_run_wait(lua_State *L)
{
	static const struct field fields[] = {
		{"wake_at", offsetof(struct wait, wake_at), 0, FIELD_INT, 0},
		{"waits_for", offsetof(struct wait, waits_for), 0, FIELD_TEXT,
		 0},
		{NULL, 0, 0, FIELD_INT, false},
	};
	struct store *store = store_check(L, 1);
	int64_t id = luaL_checkinteger(L, 2);
	struct wait wait = {0};
	struct error *err = NULL;
	int changed;

	if (!lua_isnoneornil(L, 3))
		store_fields(L, 3, fields, &wait);
	changed = run_wait(store->db, id, wait.wake_at, wait.waits_for, &err);
	return store_push_changed(L, changed, err);
}

static int l_run_requeue(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;
	int changed = run_requeue(store->db, luaL_checkinteger(L, 2),
				  luaL_optstring(L, 3, NULL), &err);

	return store_push_changed(L, changed, err);
}

static int l_run_cancel(lua_State *L)
{
	struct store *store = store_check(L, 1);
	int64_t id = luaL_checkinteger(L, 2);
	struct error *err = NULL;
	int asked = run_cancel(store->db, id, luaL_checkstring(L, 3), &err);

	if (asked < 0)
		return lerror_raise(L, err);
	if (asked == RUN_ENDED_ALREADY)
		return 0;
	if (asked == RUN_ENDED_NOW || !poke_run(store->db, id))
		poke_server(db_home(store->db));
	lua_pushstring(L, asked == RUN_ENDED_NOW ? "ended" : "asked");
	return 1;
}

static int l_run_waits_for(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;
	int changed = run_waits_for(store->db, luaL_checkinteger(L, 2),
				    luaL_optstring(L, 3, NULL), &err);

	return store_push_changed(L, changed, err);
}

const luaL_Reg store_run_methods[] = {
	{"run_create", l_run_create},       {"run_claim", l_run_claim},
	{"run_finish", l_run_finish},       {"run_wait", l_run_wait},
	{"run_requeue", l_run_requeue},     {"run_cancel", l_run_cancel},
	{"run_waits_for", l_run_waits_for}, {NULL, NULL},
};
