/* Binding: the server, and talking to the one that runs. */
#include <lauxlib.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task.h"
#include "runtime/base/mem.h"
#include "runtime/engine/matcher.h"
#include "runtime/engine/server.h"
#include "runtime/engine/tips.h"
#include "runtime/git/refs.h"
#include "runtime/git/repo.h"
#include "runtime/loop/socket.h"

static const char *text_field(lua_State *L, const char *name)
{
	lua_getfield(L, 1, name); /* stays: the text is borrowed from it */
	return luaL_optstring(L, -1, NULL);
}

static int served(lua_State *L, int status, lua_KContext context)
{
	struct server *server = task_awaited(L, context);

	(void)status;
	lua_pushboolean(L, server->drained);
	return 1;
}

static int l_serve(lua_State *L)
{
	struct server_options options;
	struct server *server;

	luaL_checktype(L, 1, LUA_TTABLE);
	options.home = text_field(L, "home");
	options.config = text_field(L, "config");
	options.path = text_field(L, "path");
	lua_getfield(L, 1, "optional");
	options.optional = lua_toboolean(L, -1);
	luaL_argcheck(L, options.home && options.config && options.path, 1,
		      "home, config and path are wanted");
	server = task_op(L, sizeof(*server));
	server_start(server, task_loop(L), &options);
	return task_await(L, &server->op, served);
}

static int asked(lua_State *L, int status, lua_KContext context)
{
	struct call *call = task_awaited_quietly(L, context);
	struct error *err = call->op.error;

	(void)status;
	if (err && err->code == ERROR_NOT_FOUND) {
		lua_pushnil(L);
		return 1;
	}
	if (err) {
		call->op.error = NULL;
		return lerror_raise(L, err);
	}
	lua_pushlstring(L, call->answer.data ? call->answer.data : "",
			call->answer.length);
	return 1;
}

static int l_ask(lua_State *L)
{
	const char *home = luaL_checkstring(L, 1);
	const char *request = luaL_checkstring(L, 2);
	lua_Integer timeout = luaL_optinteger(L, 3, 5000);
	const char *path = lua_pushfstring(L, "%s/server.sock", home);
	const char *text = lua_pushfstring(L, "%s\n", request);
	struct call *call = task_op(L, sizeof(*call));

	call_start(call, task_loop(L), path, text, (uint64_t)timeout);
	return task_await(L, &call->op, asked);
}

static int l_record_tips(lua_State *L)
{
	const char *home = luaL_checkstring(L, 1);
	int64_t repo = luaL_checkinteger(L, 2);
	struct error *err = NULL;
	int count = tips_record(home, repo, &err);

	if (count < 0)
		return lerror_raise(L, err);
	lua_pushinteger(L, count);
	return 1;
}

static int l_locate(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct refs_place place = {0};
	struct error *err = NULL;
	struct repo *repo;
	char *hooks;

	if (refs_locate(path, &place, &err) != 0)
		return lerror_raise(L, err);
	lua_pushstring(L, place.common);
	repo = repo_open(place.common, NULL, &err);
	refs_place_release(&place);
	if (!repo)
		return lerror_raise(L, err);
	hooks = repo_hooks(repo);
	lua_pushstring(L, hooks);
	mem_free(hooks);
	repo_close(repo);
	return 2;
}

#define PATHS_MAX 10000 /* as of a push */

/* The strings of the list at the top, borrowed from it; owned otherwise. */
static const char **read_paths(lua_State *L, size_t *count)
{
	size_t length = (size_t)luaL_len(L, -1);
	const char **paths;

	luaL_argcheck(L, length <= PATHS_MAX, 3, "has too many paths");
	paths = lua_newuserdatauv(L, (length + 1) * sizeof(*paths), 0);
	for (size_t i = 0; i < length; i++) {
		lua_rawgeti(L, -2, (lua_Integer)i + 1);
		luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 3,
			      "paths must be strings");
		paths[i] = lua_tostring(L, -1);
		lua_pop(L, 1);
	}
	*count = length;
	return paths;
}

/* Everything stays on the stack, from which it is borrowed. */
static void read_subject(lua_State *L, int index, struct subject *subject)
{
	const struct {
		const char *name;
		const char **value;
	} fields[] = {
		{"ref", &subject->ref},         {"author", &subject->author},
		{"message", &subject->message}, {"name", &subject->name},
		{"state", &subject->state},
	};
	int kind;

	luaL_checktype(L, index, LUA_TTABLE);
	lua_getfield(L, index, "kind");
	kind = trigger_kind_of(luaL_optstring(L, -1, ""));
	luaL_argcheck(L, kind >= 0, index, "has no kind of trigger");
	subject->kind = (enum trigger_kind)kind;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		lua_getfield(L, index, fields[i].name);
		*fields[i].value = luaL_optstring(L, -1, NULL);
	}
	if (lua_getfield(L, index, "paths") == LUA_TTABLE) {
		subject->paths = read_paths(L, &subject->path_count);
		subject->paths_known = true;
	}
}

static int l_judge(lua_State *L)
{
	static const char *const verdicts[] = {"run", "filtered", NULL};
	struct subject subject = {0};
	struct error *err = NULL;
	size_t length;
	const char *json = luaL_checklstring(L, 1, &length);
	lua_Integer number = luaL_checkinteger(L, 2);
	enum verdict verdict = VERDICT_OTHER;
	char *reason = NULL;
	struct spec *spec;

	read_subject(L, 3, &subject);
	spec = spec_read(json, length, &err);
	if (!spec)
		return lerror_raise(L, err);
	if (number >= 1 && (uint64_t)number <= spec->count)
		verdict = matcher_judge(&spec->triggers[number - 1], &subject,
					&reason);
	spec_drop(spec);
	lua_pushstring(L, verdicts[verdict]);
	lua_pushstring(L, reason);
	mem_free(reason);
	return 2;
}

int luaopen_engine(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"serve", l_serve},
		{"ask", l_ask},
		{"record_tips", l_record_tips},
		{"locate", l_locate},
		{"judge", l_judge},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
