/* Binding: files and directories that are watched for changes. */
#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

#include "lua/duration.h"
#include "lua/host.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "runtime/base/buf.h"
#include "runtime/loop/watch.h"

#define WATCHER "tidemill.watcher"
#define CHANGES_MAX (1U << 20) /* bytes of paths that nobody has asked for */
#define DELAY 50               /* ms in which changes are one */

struct watch_wait {
	struct op op;
	struct ready ready;
	struct host *host;
	struct watching *watching; /* NULL: it has ended */
};

/* The userdata. Whoever waits keeps it alive. */
struct watching {
	struct watcher *watcher; /* NULL: closed */
	struct watch_wait *wait;
	struct buf changes; /* paths, each with its final 0 */
	bool changed;
	bool rescan; /* not all changes are known */
};

static void leave(struct watch_wait *wait)
{
	watcher_hold(wait->watching->watcher, false);
	wait->watching->wait = NULL;
	wait->watching = NULL;
	host_ready(wait->host, &wait->ready);
}

static void on_ready(struct ready *ready)
{
	struct watch_wait *wait =
		(struct watch_wait *)((char *)ready -
				      offsetof(struct watch_wait, ready));

	wait->op.done(&wait->op);
}

static void cancel(struct op *op)
{
	struct watch_wait *wait = (struct watch_wait *)op;

	if (!wait->watching)
		return;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	leave(wait);
}

static void on_changed(void *context, const struct watch_event *event)
{
	struct watching *watching = context;

	watching->changed = true;
	if (event->rescan || event->gone)
		watching->rescan = true;
	for (size_t i = 0; i < event->count; i++)
		buf_append(&watching->changes, event->paths[i],
			   strlen(event->paths[i]) + 1);
	if (watching->wait)
		leave(watching->wait);
}

/* Push the list of paths, and whether there may be more. */
static int push_changes(lua_State *L, struct watching *watching)
{
	const char *at = watching->changes.data;
	const char *end = at + watching->changes.length;
	lua_Integer count = 0;

	lua_newtable(L);
	for (; at && at < end; at += strlen(at) + 1) {
		lua_pushstring(L, at);
		lua_rawseti(L, -2, ++count);
	}
	lua_pushboolean(L, watching->rescan || watching->changes.full);
	buf_release(&watching->changes);
	buf_init(&watching->changes, CHANGES_MAX);
	watching->changed = false;
	watching->rescan = false;
	return 2;
}

static struct watching *check(lua_State *L)
{
	struct watching *watching = luaL_checkudata(L, 1, WATCHER);

	luaL_argcheck(L, watching->watcher != NULL, 1, "is closed");
	return watching;
}

static int waited(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return push_changes(L, luaL_checkudata(L, 1, WATCHER));
}

static int l_wait(lua_State *L)
{
	struct watching *watching = check(L);
	struct watch_wait *wait;

	luaL_argcheck(L, !watching->wait, 1, "is waited for already");
	wait = task_op(L, sizeof(*wait));
	wait->op.cancel = cancel;
	wait->ready.call = on_ready;
	wait->host = host_of(L);
	wait->watching = watching;
	watching->wait = wait;
	watcher_hold(watching->watcher, true);
	if (watching->changed)
		leave(wait);
	return task_await(L, &wait->op, waited);
}

static int l_close(lua_State *L)
{
	struct watching *watching = luaL_checkudata(L, 1, WATCHER);

	if (watching->wait)
		cancel(&watching->wait->op);
	watcher_close(watching->watcher);
	watching->watcher = NULL;
	buf_release(&watching->changes);
	return 0;
}

static int64_t read_delay(lua_State *L)
{
	int64_t delay = DELAY;

	if (lua_istable(L, 2) && lua_getfield(L, 2, "delay") != LUA_TNIL)
		delay = duration_check(L, lua_gettop(L));
	return delay;
}

static bool read_flag(lua_State *L, const char *name)
{
	return lua_istable(L, 2) && lua_getfield(L, 2, name) &&
	       lua_toboolean(L, -1);
}

/* Watch the paths of the list at 1 with the userdata at the top. */
static int add_all(lua_State *L, struct watching *watching,
		   struct watch_options *options, struct error **err)
{
	lua_Integer count = luaL_len(L, 1);

	watching->watcher = watcher_open(task_loop(L), err);
	if (!watching->watcher)
		return -1;
	for (lua_Integer i = 1; i <= count; i++) {
		struct watch *watch;

		lua_rawgeti(L, 1, i);
		options->path = lua_tostring(L, -1);
		watch = watch_add(watching->watcher, options, err);
		lua_pop(L, 1);
		if (!watch)
			return -1;
	}
	return 0;
}

static int l_open(lua_State *L)
{
	struct watch_options options = {.changed = on_changed};
	struct watching *watching;
	struct error *err = NULL;

	if (lua_type(L, 1) == LUA_TSTRING) {
		lua_createtable(L, 1, 0);
		lua_pushvalue(L, 1);
		lua_rawseti(L, -2, 1);
		lua_replace(L, 1);
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	for (lua_Integer i = luaL_len(L, 1); i > 0; i--) {
		luaL_argcheck(L, lua_rawgeti(L, 1, i) == LUA_TSTRING, 1,
			      "must be paths");
		lua_pop(L, 1);
	}
	options.delay = (uint64_t)read_delay(L);
	options.recursive = read_flag(L, "recursive");
	watching = lua_newuserdatauv(L, sizeof(*watching), 0);
	*watching = (struct watching){0};
	buf_init(&watching->changes, CHANGES_MAX);
	luaL_setmetatable(L, WATCHER);
	options.context = watching;
	if (add_all(L, watching, &options, &err) != 0)
		return lerror_raise(L, err);
	return 1;
}

int luaopen_watch(lua_State *L)
{
	static const luaL_Reg functions[] = {{"open", l_open}, {NULL, NULL}};
	static const luaL_Reg methods[] = {
		{"wait", l_wait},
		{"close", l_close},
		{NULL, NULL},
	};
	static const luaL_Reg meta[] = {
		{"__gc", l_close},
		{"__close", l_close},
		{NULL, NULL},
	};

	luaL_newmetatable(L, WATCHER);
	luaL_setfuncs(L, meta, 0);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	return 1;
}
