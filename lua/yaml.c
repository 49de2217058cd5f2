/* Binding: YAML. */
#include <lauxlib.h>

#include "lua/document.h"
#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "lua/values.h"
#include "runtime/text/yaml_read.h"
#include "runtime/text/yaml_write.h"

static const char *const read_options[] = {
	DOCUMENT_OPTIONS, "version",  "merge", "duplicates",
	"unknown_tags",   "warnings", NULL};

static unsigned check_flags(lua_State *L)
{
	static const char *const versions[] = {"1.2", "1.1", NULL};
	static const char *const duplicates[] = {"error", "last", NULL};
	static const char *const tags[] = {"error", "ignore", NULL};
	unsigned flags = 0;

	if (options_choice(L, 2, "version", versions) == 1)
		flags |= YAML_1_1;
	if (!options_flag(L, 2, "merge", true))
		flags |= YAML_NO_MERGE;
	if (options_choice(L, 2, "duplicates", duplicates) == 1)
		flags |= YAML_LAST_WINS;
	if (options_choice(L, 2, "unknown_tags", tags) == 1)
		flags |= YAML_ANY_TAG;
	return flags;
}

static int read_with(lua_State *L,
		     int (*reader)(const struct document *, unsigned,
				   struct arena *, struct value *,
				   struct error **))
{
	struct reading reading;
	unsigned flags;
	bool warnings;

	luaL_checkstring(L, 1);
	lua_settop(L, 2);
	options_check(L, 2, read_options, "yaml.read");
	flags = check_flags(L);
	warnings = options_flag(L, 2, "warnings", false);
	reading_begin(L, &reading);
	if (warnings)
		reading_warn(&reading);
	return reading_end(L, &reading,
			   reader(&reading.document, flags, reading.arena,
				  &reading.value, &reading.err));
}

static int l_read(lua_State *L)
{
	return read_with(L, yaml_read);
}

static int l_read_all(lua_State *L)
{
	return read_with(L, yaml_read_all);
}

static int l_write(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_settop(L, 1);
	return document_write(L, yaml_write);
}

/* Documents with "---" between them. */
static int write_documents(struct value list, struct buf *out,
			   struct error **err)
{
	if (list.kind == VALUE_DICT && list.dict->count == 0)
		return 0;
	if (list.kind != VALUE_LIST)
		return error_set(err, ERROR_INVALID,
				 "documents to write must be a list");
	for (uint32_t i = 0; i < list.list->count; i++) {
		buf_puts(out, "---\n");
		if (yaml_write(list.list->items[i], out, err) < 0)
			return error_wrap(err, "document %u", i + 1);
	}
	return 0;
}

static int l_write_all(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	return document_write(L, write_documents);
}

int luaopen_yaml(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"read", l_read},   {"read_all", l_read_all},
		{"write", l_write}, {"write_all", l_write_all},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
