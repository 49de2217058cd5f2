/* Binding: Jinja2 templates. */
#include "lua/template.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "lua/values.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/text/template/batch.h"
#include "runtime/text/template/map.h"
#include "runtime/text/template/values.h"

#define RENDERING "template.rendering"
#define BATCH_MAX ((size_t)1 << 30)

/* Raise what went wrong: {code, message, kind, template, line, chain}. */
static int raise(lua_State *L, struct template_error *error)
{
	static const struct {
		enum render_fault fault;
		enum error_code code;
	} codes[] = {
		{RENDER_LIMIT, ERROR_LIMIT},
		{RENDER_NOT_FOUND, ERROR_NOT_FOUND},
	};
	struct error *err = NULL;
	enum error_code code = ERROR_INVALID;
	char *text = template_error_text(error);

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i].fault == error->fault)
			code = codes[i].code;
	error_set(&err, code, "%s", text);
	mem_free(text);
	lerror_push(L, err);
	lua_pushstring(L, template_fault_name(error->fault));
	lua_setfield(L, -2, "kind");
	lua_pushstring(L, error->template);
	lua_setfield(L, -2, "template");
	lua_pushinteger(L, error->line);
	lua_setfield(L, -2, "line");
	template_error_release(error);
	return lua_error(L);
}

static int free_compiled(lua_State *L)
{
	struct compiled *compiled = luaL_checkudata(L, 1, TEMPLATE);

	environment_free(compiled->environment);
	compiled->environment = NULL;
	compiled->template = NULL;
	arena_release(&compiled->texts);
	return 0;
}

static int free_rendering(lua_State *L)
{
	struct render **render = luaL_checkudata(L, 1, RENDERING);

	render_free(*render);
	*render = NULL;
	return 0;
}

/* Push a template with the options at `index`, not compiled yet. */
static struct compiled *push_compiled(lua_State *L, int index)
{
	struct compiled *compiled = lua_newuserdatauv(L, sizeof(*compiled), 1);

	memset(compiled, 0, sizeof(*compiled));
	arena_init(&compiled->texts, 1 << 20);
	luaL_setmetatable(L, TEMPLATE);
	lua_pushvalue(L, index);
	lua_setiuservalue(L, -2, 1);
	template_read_options(L, index, compiled);
	template_hooks_init(compiled);
	compiled->L = L;
	compiled->functions = index;
	return compiled;
}

static void compile(lua_State *L, struct compiled *compiled, const char *name,
		    const char *text, size_t length)
{
	struct template_loader loader = loader_of(&compiled->search);
	struct template_error error = {0};

	compiled->environment = environment_new(&compiled->options, &loader);
	compiled->template = environment_compile(compiled->environment, name,
						 text, length, &error);
	if (!compiled->template)
		raise(L, &error);
}

/* template.compile(text, options) */
static int l_compile(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	struct compiled *compiled;
	const char *name;

	lua_settop(L, 2);
	compiled = push_compiled(L, 2);
	name = options_text(L, 2, "name");
	compile(L, compiled, name ? name : "template", text, length);
	return 1;
}

/* The file is searched like an included one, if it is not at `path`. */
static void compile_file(lua_State *L, struct compiled *compiled,
			 const char *path)
{
	struct buf *text = lbuf_push(L, compiled->options.limits.template);
	struct template_error error = {0};
	struct error *err = NULL;
	char *dir;

	if (file_read(path, text, &err) == 0) {
		if (!compiled->dirs[0]) {
			dir = path_dir(path);
			compiled->dirs[0] =
				arena_copy(&compiled->texts, dir, strlen(dir));
			mem_free(dir);
		}
		compile(L, compiled, path, text->data ? text->data : "",
			text->length);
	} else if (err->code == ERROR_NOT_FOUND && compiled->dirs[0]) {
		struct template_loader loader = loader_of(&compiled->search);

		error_free(err);
		compiled->environment =
			environment_new(&compiled->options, &loader);
		compiled->template =
			environment_get(compiled->environment, path, &error);
		if (!compiled->template)
			raise(L, &error);
	} else {
		lerror_raise(L, err);
	}
	lua_pop(L, 1);
}

/* template.load(path, options) */
static int l_load(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct compiled *compiled;

	lua_settop(L, 2);
	compiled = push_compiled(L, 2);
	compile_file(L, compiled, path);
	return 1;
}

/* Do what the option's strings say, one after the other. */
static void each_text(lua_State *L, int index, const char *name,
		      struct arena *arena, struct value_dict *values)
{
	bool files = strcmp(name, "values_files") == 0;
	lua_Unsigned count;

	if (!lua_istable(L, index) ||
	    lua_getfield(L, index, name) != LUA_TTABLE) {
		lua_settop(L, lua_istable(L, index) ? lua_gettop(L) - 1
						    : lua_gettop(L));
		return;
	}
	count = lua_rawlen(L, -1);
	for (lua_Unsigned i = 1; i <= count; i++) {
		struct error *err = NULL;
		const char *text;

		lua_rawgeti(L, -1, (lua_Integer)i);
		text = luaL_checkstring(L, -1);
		if ((files ? values_read_file : values_set)(text, arena, values,
							    &err) != 0)
			lerror_raise(L, err);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* What the template sees: files, then the table at `index`, then --set. */
static struct value take_values(lua_State *L, struct compiled *compiled,
				struct arena *arena, int index)
{
	struct value values = value_dict_new(arena, 0);
	struct value given;
	const struct value_entry *entry;
	uint32_t at = 0;

	each_text(L, compiled->functions, "values_files", arena, values.dict);
	if (!lua_isnoneornil(L, index)) {
		luaL_checktype(L, index, LUA_TTABLE);
		given = values_take(L, index, arena);
		luaL_argcheck(L, given.kind == VALUE_DICT, index,
			      "values must have names");
		while ((entry = value_dict_next(given.dict, &at)))
			value_dict_set(arena, values.dict, entry->key,
				       entry->value);
	}
	each_text(L, compiled->functions, "set", arena, values.dict);
	template_add_functions(compiled, arena, values.dict);
	return values;
}

/*
 * Render with the values at `index` the template at `self`; pushes the text,
 * and its map if it is wanted.
 */
static int render(lua_State *L, struct compiled *compiled, int self, int index)
{
	bool mapped = template_map_wanted(L, compiled->functions);
	struct buf *out = lbuf_push(L, compiled->options.limits.output);
	struct render **rendering =
		lua_newuserdatauv(L, sizeof(struct render *), 0);
	struct template_error error = {0};
	struct value values;

	*rendering = NULL;
	luaL_setmetatable(L, RENDERING);
	*rendering = render_new(compiled->environment);
	render_set_hooks(*rendering, &compiled->hooks);
	if (mapped)
		render_map(*rendering);
	values = take_values(L, compiled, render_arena(*rendering), index);
	if (mapped)
		template_map_secrets(L, compiled->functions, *rendering,
				     values);
	if (render_template(*rendering, compiled->template, values, out,
			    &error) != 0)
		return raise(L, &error);
	lbuf_push_string(L, out);
	if (mapped && options_flag(L, compiled->functions, "map", false)) {
		template_map_push(L, rendering, self);
		return 2;
	}
	render_free(*rendering);
	*rendering = NULL;
	return 1;
}

/* template.render(text, values, options) */
static int l_render(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	struct compiled *compiled;
	const char *name;

	lua_settop(L, 3);
	compiled = push_compiled(L, 3);
	name = options_text(L, 3, "name");
	compile(L, compiled, name ? name : "template", text, length);
	return render(L, compiled, 4, 2);
}

/* template.render_file(path, values, options) */
static int l_render_file(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct compiled *compiled;

	lua_settop(L, 3);
	compiled = push_compiled(L, 3);
	compile_file(L, compiled, path);
	return render(L, compiled, 4, 2);
}

/* compiled:render(values) */
static int l_compiled_render(lua_State *L)
{
	struct compiled *compiled = luaL_checkudata(L, 1, TEMPLATE);
	lua_State *outer = compiled->L;
	int functions = compiled->functions;
	int result;

	luaL_argcheck(L, compiled->template != NULL, 1, "not compiled");
	lua_settop(L, 2);
	lua_getiuservalue(L, 1, 1);
	compiled->L = L;
	compiled->functions = 3;
	result = render(L, compiled, 1, 2);
	compiled->L = outer;
	compiled->functions = functions;
	return result;
}

/* template.batch(text) */
static int l_batch(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	struct buf *out = lbuf_push(L, BATCH_MAX);
	struct error *err = NULL;

	if (batch_render(text, length, out, &err) != 0)
		return lerror_raise(L, err);
	lbuf_push_string(L, out);
	return 1;
}

int luaopen_template(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"batch", l_batch},
		{"compile", l_compile},
		{"load", l_load},
		{"render", l_render},
		{"render_file", l_render_file},
		{NULL, NULL},
	};
	static const luaL_Reg methods[] = {{"render", l_compiled_render},
					   {NULL, NULL}};

	if (luaL_newmetatable(L, TEMPLATE)) {
		luaL_newlib(L, methods);
		lua_setfield(L, -2, "__index");
		lua_pushcfunction(L, free_compiled);
		lua_setfield(L, -2, "__gc");
	}
	if (luaL_newmetatable(L, RENDERING)) {
		lua_pushcfunction(L, free_rendering);
		lua_setfield(L, -2, "__gc");
	}
	lua_pop(L, 2);
	template_map_init(L);
	luaL_newlib(L, functions);
	return 1;
}
