/* Binding: progress handles, and who logs in to a remote. */
#include <lauxlib.h>

#include "lua/git_remote.h"

static struct transfer *check_progress(lua_State *L, int index)
{
	struct transfer **box = luaL_checkudata(L, index, GIT_PROGRESS);

	return *box;
}

int git_new_progress(lua_State *L)
{
	struct transfer **box =
		lua_newuserdatauv(L, sizeof(struct transfer *), 0);

	*box = NULL;
	luaL_setmetatable(L, GIT_PROGRESS);
	*box = transfer_new();
	return 1;
}

static int l_collect(lua_State *L)
{
	struct transfer **box = luaL_checkudata(L, 1, GIT_PROGRESS);

	transfer_drop(*box);
	*box = NULL;
	return 0;
}

static lua_Integer count_of(atomic_size_t *number)
{
	return (lua_Integer)atomic_load(number);
}

static int l_snapshot(lua_State *L)
{
	static const char *const phases[] = {
		[TRANSFER_WAITING] = "waiting",
		[TRANSFER_CONNECTING] = "connecting",
		[TRANSFER_RECEIVING] = "receiving",
		[TRANSFER_SENDING] = "sending",
		[TRANSFER_CHECKOUT] = "checkout",
		[TRANSFER_DONE] = "done",
	};
	struct transfer *transfer = check_progress(L, 1);

	lua_createtable(L, 0, 6);
	git_set_text(L, "phase", phases[atomic_load(&transfer->phase)]);
	git_set_integer(L, "objects", count_of(&transfer->objects));
	git_set_integer(L, "total", count_of(&transfer->total));
	git_set_integer(L, "bytes", count_of(&transfer->bytes));
	git_set_integer(L, "files", count_of(&transfer->files));
	git_set_integer(L, "all_files", count_of(&transfer->all_files));
	return 1;
}

void git_progress_install(lua_State *L)
{
	static const luaL_Reg methods[] = {{"snapshot", l_snapshot},
					   {NULL, NULL}};

	luaL_newmetatable(L, GIT_PROGRESS);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, l_collect);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}

/* "agent = false" and the like; given is the opposite of what C calls it. */
static bool is_refused(lua_State *L, int index, const char *name)
{
	bool refused = lua_getfield(L, index, name) == LUA_TBOOLEAN &&
		       !lua_toboolean(L, -1);

	lua_pop(L, 1);
	return refused;
}

static void read_login(lua_State *L, int index, struct remote_work *work)
{
	static const struct git_option options[] = {
		{"token", GIT_TEXT, offsetof(struct remote_work, login.token)},
		{"user", GIT_TEXT, offsetof(struct remote_work, login.user)},
		{"password", GIT_TEXT,
		 offsetof(struct remote_work, login.password)},
		{"key", GIT_TEXT, offsetof(struct remote_work, login.key)},
		{"passphrase", GIT_TEXT,
		 offsetof(struct remote_work, login.passphrase)},
		{"agent", GIT_OTHER, 0},
		{"helper", GIT_OTHER, 0},
		{"netrc", GIT_OTHER, 0},
		{0}};

	git_options_read(L, index, &work->job, options, "credentials");
	work->login.no_agent = is_refused(L, index, "agent");
	work->login.no_helper = is_refused(L, index, "helper");
	work->login.no_netrc = is_refused(L, index, "netrc");
}

void git_remote_options(lua_State *L, int index, struct remote_work *work)
{
	if (!lua_istable(L, index))
		return;
	if (lua_getfield(L, index, "credentials") != LUA_TNIL) {
		if (!lua_istable(L, -1))
			luaL_error(L, "option 'credentials' must be a table");
		read_login(L, lua_gettop(L), work);
	}
	lua_pop(L, 1);
	if (lua_getfield(L, index, "progress") != LUA_TNIL) {
		struct transfer **box = luaL_testudata(L, -1, GIT_PROGRESS);

		if (!box) {
			luaL_error(L, "option 'progress' must be what "
				      "git.progress() returns");
			return;
		}
		work->transfer = *box;
		transfer_hold(work->transfer);
	}
	lua_pop(L, 1);
}

struct remote git_remote_of(struct remote_work *work, const char *url)
{
	return (struct remote){.url = url,
			       .cancelled = &work->job.work.cancelled,
			       .login = &work->login,
			       .transfer = work->transfer};
}

void git_remote_release(struct remote_work *work)
{
	transfer_drop(work->transfer);
	work->transfer = NULL;
}
