#include "lua/lbuf.h"

#include <lauxlib.h>

static int collect(lua_State *L)
{
	buf_release(lua_touserdata(L, 1));
	return 0;
}

struct buf *lbuf_push(lua_State *L, size_t max)
{
	struct buf *bytes = lua_newuserdatauv(L, sizeof(*bytes), 0);

	buf_init(bytes, max);
	if (luaL_newmetatable(L, "tidemill.buf")) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
	}
	lua_setmetatable(L, -2);
	return bytes;
}

void lbuf_push_string(lua_State *L, struct buf *bytes)
{
	lua_pushlstring(L, bytes->data ? bytes->data : "", bytes->length);
	buf_release(bytes);
}
