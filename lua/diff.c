/* Binding: the module diff. */
#include <lauxlib.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "runtime/text/diff.h"

enum { OUTPUT_BYTES = 256 << 20 };

static int l_unified(lua_State *L)
{
	static const char *const names[] = {"old_name", "new_name", "context",
					    NULL};
	struct diff_side before, after;
	struct diff_stats stats;
	struct error *err = NULL;
	struct buf *out;
	size_t context;

	lua_settop(L, 3);
	before.text = luaL_checklstring(L, 1, &before.length);
	after.text = luaL_checklstring(L, 2, &after.length);
	options_check(L, 3, names, "diff.unified");
	before.name = options_text(L, 3, "old_name");
	after.name = options_text(L, 3, "new_name");
	before.name = before.name ? before.name : "old";
	after.name = after.name ? after.name : "new";
	context = (size_t)options_count(L, 3, "context", 0, 3);
	out = lbuf_push(L, OUTPUT_BYTES);
	diff_unified(&before, &after, context < 100000 ? context : 100000, out,
		     &stats);
	if (out->full) {
		error_set(&err, ERROR_LIMIT, "the difference is too long");
		return lerror_raise(L, err);
	}
	lbuf_push_string(L, out);
	lua_createtable(L, 0, 2);
	lua_pushinteger(L, (lua_Integer)stats.added);
	lua_setfield(L, -2, "added");
	lua_pushinteger(L, (lua_Integer)stats.removed);
	lua_setfield(L, -2, "removed");
	return 2;
}

int luaopen_diff(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"unified", l_unified},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
