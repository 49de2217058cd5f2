/* Binding: the options of templates. */
#include <lauxlib.h>
#include <string.h>
#include <time.h>

#include "lua/lerror.h"
#include "lua/options.h"
#include "lua/template.h"

static const char *const names[] = {"ansible",       "autoescape",
				    "block",         "comment",
				    "extensions",    "filters",
				    "functions",     "keep_trailing_newline",
				    "line_comment",  "line_statement",
				    "lstrip_blocks", "map",
				    "max_depth",     "max_memory",
				    "max_output",    "max_steps",
				    "name",          "newline",
				    "sandbox",       "search",
				    "secrets",       "set",
				    "tests",         "trim_blocks",
				    "undefined",     "values_files",
				    "variable",      NULL};

static void read_text(lua_State *L, int index, struct compiled *compiled,
		      const char *name, const char **place)
{
	const char *text = options_text(L, index, name);

	if (text && *text)
		*place = arena_copy(&compiled->texts, text, strlen(text));
}

/* A pair of delimiters: block = { "<%", "%>" }. */
static void read_pair(lua_State *L, int index, struct compiled *compiled,
		      const char *name, const char **places[2])
{
	if (lua_isnoneornil(L, index) ||
	    lua_getfield(L, index, name) == LUA_TNIL) {
		lua_settop(L, lua_isnoneornil(L, index) ? lua_gettop(L)
							: lua_gettop(L) - 1);
		return;
	}
	luaL_argcheck(L, lua_istable(L, -1) && lua_rawlen(L, -1) == 2, index,
		      "delimiters are two strings: { begin, end }");
	for (int i = 0; i < 2; i++) {
		const char *text;

		lua_rawgeti(L, -1, i + 1);
		text = lua_tostring(L, -1);
		luaL_argcheck(L, text && *text, index,
			      "delimiters must not be empty");
		*places[i] = arena_copy(&compiled->texts, text, strlen(text));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static void read_search(lua_State *L, int index, struct compiled *compiled)
{
	int count = 0;

	compiled->search.dirs = compiled->dirs;
	if (lua_isnoneornil(L, index))
		return;
	if (lua_getfield(L, index, "search") == LUA_TSTRING) {
		const char *dir = lua_tostring(L, -1);

		compiled->dirs[count++] =
			arena_copy(&compiled->texts, dir, strlen(dir));
	} else if (lua_istable(L, -1)) {
		lua_Unsigned length = lua_rawlen(L, -1);

		luaL_argcheck(L, length <= TEMPLATE_DIRS, index,
			      "too many directories to search");
		for (lua_Unsigned i = 1; i <= length; i++) {
			const char *dir;

			lua_rawgeti(L, -1, (lua_Integer)i);
			dir = luaL_checkstring(L, -1);
			compiled->dirs[count++] =
				arena_copy(&compiled->texts, dir, strlen(dir));
			lua_pop(L, 1);
		}
	}
	lua_pop(L, 1);
}

static void read_limits(lua_State *L, int index, struct template_limits *limits)
{
	limits->steps = (uint64_t)options_count(L, index, "max_steps", 1,
						(lua_Integer)limits->steps);
	limits->output = (size_t)options_count(L, index, "max_output", 1,
					       (lua_Integer)limits->output);
	limits->memory = (size_t)options_count(L, index, "max_memory", 1024,
					       (lua_Integer)limits->memory);
	limits->depth = (uint32_t)options_count(L, index, "max_depth", 1,
						limits->depth);
	if (limits->depth > 1000)
		limits->depth = 1000;
}

static void read_flags(lua_State *L, int index,
		       struct template_options *options)
{
	static const char *const undefined[] = {"strict", "lenient",
						"chainable", NULL};

	options->undefined = (enum template_undefined)options_choice(
		L, index, "undefined", undefined);
	options->trim_blocks = options_flag(L, index, "trim_blocks", false);
	options->lstrip_blocks = options_flag(L, index, "lstrip_blocks", false);
	options->keep_trailing_newline =
		options_flag(L, index, "keep_trailing_newline", false);
	options->autoescape = options_flag(L, index, "autoescape", false);
	options->sandbox = options_flag(L, index, "sandbox", false);
	options->ansible = options_flag(L, index, "ansible", true);
	options->do_tag = options_flag(L, index, "extensions", true);
	options->loop_controls = options->do_tag;
}

void template_read_options(lua_State *L, int index, struct compiled *compiled)
{
	struct template_options *options = &compiled->options;

	options_check(L, index, names, "template");
	template_options_init(options);
	options->now = (int64_t)time(NULL);
	read_flags(L, index, options);
	read_limits(L, index, &options->limits);
	read_pair(
		L, index, compiled, "block",
		(const char **[]){&options->block_start, &options->block_end});
	read_pair(L, index, compiled, "variable",
		  (const char **[]){&options->variable_start,
				    &options->variable_end});
	read_pair(L, index, compiled, "comment",
		  (const char **[]){&options->comment_start,
				    &options->comment_end});
	read_text(L, index, compiled, "line_statement",
		  &options->line_statement);
	read_text(L, index, compiled, "line_comment", &options->line_comment);
	read_text(L, index, compiled, "newline", &options->newline);
	read_search(L, index, compiled);
}
