/* Binding: steps, notes, locks and events. */
#include <string.h>

#include "lua/lerror.h"
#include "lua/store.h"
#include "runtime/store/events.h"
#include "runtime/store/locks.h"
#include "runtime/store/poke.h"
#include "runtime/store/steps.h"

#define END                                                                    \
	{                                                                      \
		NULL, 0, 0, FIELD_INT, false                                   \
	}
#define STEP(kind, field, needed)                                              \
	{                                                                      \
#field, offsetof(struct step_new, field), 0, FIELD_##kind,     \
			needed                                                 \
	}
#define RESULT(kind, field, missing)                                           \
	{                                                                      \
#field, offsetof(struct step_end, field), missing,             \
			FIELD_##kind, false                                    \
	}
#define LOCK(kind, field, needed)                                              \
	{                                                                      \
#field, offsetof(struct lock_request, field), 0, FIELD_##kind, \
			needed                                                 \
	}
#define EVENT(kind, name, field, missing)                                      \
	{                                                                      \
		name, offsetof(struct event_new, field), missing,              \
			FIELD_##kind, false                                    \
	}

static const struct field step_fields[] = {
	STEP(INT, run, true),
	STEP(TEXT, name, true),
	STEP(TEXT, kind, true),
	STEP(TEXT, parent, false),
	STEP(TEXT, state, false),
	STEP(INT, soft, false),
	STEP(INT, once, false),
	STEP(INT, attempt, false),
	STEP(TEXT, source, false),
	STEP(TEXT, command, false),
	STEP(INT, started, false),
	STEP(INT, wake_at, false),
	END,
};

static const struct field end_fields[] = {
	{"state", offsetof(struct step_end, state), 0, FIELD_TEXT, true},
	RESULT(INT, finished, 0),
	RESULT(INT, attempt, 0),
	RESULT(INT, status, -1),
	RESULT(INT, signal, -1),
	RESULT(TEXT, class, 0),
	RESULT(TEXT, error, 0),
	RESULT(TEXT, result, 0),
	RESULT(INT, wall, -1),
	RESULT(INT, cpu_user, -1),
	RESULT(INT, cpu_system, -1),
	RESULT(INT, max_rss, -1),
	RESULT(INT, read_bytes, -1),
	RESULT(INT, write_bytes, -1),
	RESULT(INT, log_bytes, 0),
	RESULT(INT, log_truncated, 0),
	END,
};

static const struct field lock_fields[] = {
	LOCK(TEXT, name, true),
	LOCK(INT, run, true),
	LOCK(TEXT, step, true),
	LOCK(INT, count, false),
	LOCK(INT, capacity, false),
	LOCK(INT, lease, false),
	END,
};

static const struct field event_fields[] = {
	{"kind", offsetof(struct event_new, kind), 0, FIELD_TEXT, true},
	{"dedupe", offsetof(struct event_new, dedupe), 0, FIELD_TEXT, true},
	EVENT(INT, "repo", repo, 0),
	EVENT(INT, "recipe", recipe, 0),
	EVENT(INT, "trigger", trigger, -1),
	EVENT(TEXT, "ref", ref, 0),
	EVENT(TEXT, "old", old_oid, 0),
	EVENT(TEXT, "new", new_oid, 0),
	EVENT(TEXT, "payload", payload, 0),
	EVENT(INT, "due", due, 0),
	END,
};

static int l_step_start(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct step_new step = {0};
	struct error *err = NULL;
	int64_t id;

	store_fields(L, 2, step_fields, &step);
	id = step_start(store->db, &step, &err);
	if (id < 0)
		return lerror_raise(L, err);
	lua_pushinteger(L, id);
	return 1;
}

static int l_step_finish(lua_State *L)
{
	struct store *store = store_check(L, 1);
	int64_t id = luaL_checkinteger(L, 2);
	struct step_end end = {0};
	struct error *err = NULL;

	store_fields(L, 3, end_fields, &end);
	return store_push_changed(L, step_finish(store->db, id, &end, &err),
				  err);
}

static int l_step_wait(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;
	int changed = step_wait(store->db, luaL_checkinteger(L, 2),
				luaL_optinteger(L, 3, 0), &err);

	return store_push_changed(L, changed, err);
}

static int l_step_undone(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;

	step_undone(store->db, luaL_checkinteger(L, 2), &err);
	return store_result(L, err, 0);
}

static int l_steps(lua_State *L)
{
	return store_list(L, "SELECT * FROM steps WHERE run = ? ORDER BY id",
			  luaL_checkinteger(L, 2));
}

static int l_note(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;

	note_add(store->db, luaL_checkinteger(L, 2), luaL_optstring(L, 3, NULL),
		 luaL_checkstring(L, 4), &err);
	return store_result(L, err, 0);
}

/* The word "all" for a count is how recipes say it. */
static void read_lock(lua_State *L, struct lock_request *request)
{
	luaL_checktype(L, 2, LUA_TTABLE);
	if (lua_getfield(L, 2, "count") == LUA_TSTRING &&
	    strcmp(lua_tostring(L, -1), "all") == 0) {
		lua_pushinteger(L, LOCK_ALL);
		lua_setfield(L, 2, "count");
	}
	lua_pop(L, 1);
	store_fields(L, 2, lock_fields, request);
}

static int l_lock_ask(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct lock_request request = {0};
	struct error *err = NULL;
	int64_t ticket;

	read_lock(L, &request);
	ticket = lock_ask(store->db, &request, &err);
	if (ticket < 0)
		return lerror_raise(L, err);
	lua_pushinteger(L, ticket);
	return 1;
}

static int l_lock_try(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct lock_request request = {0};
	struct error *err = NULL;

	read_lock(L, &request);
	return store_push_changed(L, lock_try(store->db, &request, &err), err);
}

static int l_lock_release(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct error *err = NULL;
	int released = lock_release(store->db, luaL_checkstring(L, 2),
				    luaL_checkinteger(L, 3),
				    luaL_checkstring(L, 4), &err);

	if (released == 1 && locks_wake(store->db, NULL) > 0)
		poke_server(db_home(store->db));
	return store_push_changed(L, released, err);
}

static int l_lock_list(lua_State *L)
{
	lua_settop(L, 2);
	if (lua_isnil(L, 2))
		return store_list(L,
				  "SELECT * FROM locks WHERE ticket > ?"
				  " ORDER BY ticket",
				  0);
	lua_getfield(L, 1, "query");
	lua_pushvalue(L, 1);
	lua_pushliteral(L, "SELECT * FROM locks WHERE name = ?"
			   " ORDER BY ticket");
	lua_pushvalue(L, 2);
	lua_call(L, 3, 1);
	return 1;
}

static int l_event_add(lua_State *L)
{
	struct store *store = store_check(L, 1);
	struct event_new event = {0};
	struct error *err = NULL;
	int64_t id;

	store_fields(L, 2, event_fields, &event);
	id = event_add(store->db, &event, &err);
	if (id < 0)
		return lerror_raise(L, err);
	if (id == 0)
		return 0;
	lua_pushinteger(L, id);
	return 1;
}

const luaL_Reg store_record_methods[] = {
	{"step_start", l_step_start},
	{"step_finish", l_step_finish},
	{"step_wait", l_step_wait},
	{"step_undone", l_step_undone},
	{"steps", l_steps},
	{"note", l_note},
	{"lock_ask", l_lock_ask},
	{"lock_try", l_lock_try},
	{"lock_release", l_lock_release},
	{"lock_list", l_lock_list},
	{"event_add", l_event_add},
	{NULL, NULL},
};
