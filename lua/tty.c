/* Binding: what the command line must know about its terminal. */
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lua/lerror.h"
#include "lua/modules.h"

static int l_is_terminal(lua_State *L)
{
	lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
	return 1;
}

static int l_size(lua_State *L)
{
	struct winsize size = {0};
	int fd = (int)luaL_checkinteger(L, 1);

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 0;
	lua_pushinteger(L, size.ws_col);
	lua_pushinteger(L, size.ws_row);
	return 2;
}

/* The words stay on the stack, and so valid. */
static char **check_words(lua_State *L, int index)
{
	lua_Integer count = luaL_len(L, index);
	char **words;

	luaL_argcheck(L, count > 0, index, "names no program");
	luaL_checkstack(L, (int)count + 8, "too many words");
	words = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof(*words), 0);
	for (lua_Integer i = 1; i <= count; i++) {
		lua_geti(L, index, i);
		luaL_argcheck(L, lua_isstring(L, -1), index, "words are text");
		words[i - 1] = (char *)lua_tostring(L, -1);
	}
	words[count] = NULL;
	return words;
}

static void change_environment(lua_State *L, int index)
{
	if (lua_getfield(L, index, "env") != LUA_TTABLE) {
		lua_pop(L, 1);
		return;
	}
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			luaL_error(L, "names in env are text");
		if (lua_isstring(L, -1))
			setenv(lua_tostring(L, -2), lua_tostring(L, -1), 1);
		else
			unsetenv(lua_tostring(L, -2));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

static int l_exec(lua_State *L)
{
	struct error *err = NULL;
	const char *cwd;
	char **words;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, 1, "cwd");
	cwd = lua_tostring(L, -1);
	words = check_words(L, 1);
	if (cwd && chdir(cwd) != 0) {
		error_set(&err, ERROR_NOT_FOUND, "cannot enter '%s': %s", cwd,
			  strerror(errno));
		return lerror_raise(L, err);
	}
	change_environment(L, 1);
	reset_signals();
	execvp(words[0], words);
	error_set(&err, ERROR_NOT_FOUND, "cannot run '%s': %s", words[0],
		  strerror(errno));
	return lerror_raise(L, err);
}

int luaopen_tty(lua_State *L)
{
	static const luaL_Reg functions[] = {{"is_terminal", l_is_terminal},
					     {"size", l_size},
					     {"exec", l_exec},
					     {NULL, NULL}};

	luaL_newlib(L, functions);
	return 1;
}
