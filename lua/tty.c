/* Binding: what the command line must know about its terminal. */
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

static int l_ignore_keys(lua_State *L)
{
	static const int keys[] = {SIGINT, SIGQUIT, SIGTSTP};
	int ignored = lua_toboolean(L, 1);

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		signal(keys[i], ignored ? SIG_IGN : SIG_DFL);
	return 0;
}

int luaopen_tty(lua_State *L);

int luaopen_tty(lua_State *L)
{
	static const luaL_Reg functions[] = {{"is_terminal", l_is_terminal},
					     {"size", l_size},
					     {"ignore_keys", l_ignore_keys},
					     {NULL, NULL}};

	luaL_newlib(L, functions);
	return 1;
}
