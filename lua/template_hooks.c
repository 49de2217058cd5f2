/* Binding: Lua functions as filters, tests and functions of templates. */
#include <lauxlib.h>

#include "lua/lerror.h"
#include "lua/template.h"
#include "lua/values.h"
#include "runtime/base/mem.h"

/* A call on its way through lua_pcall. */
struct crossing {
	struct compiled *compiled;
	const char *kind; /* the option that the function is in */
	struct value name;
	struct call *call;
	bool with_subject;
	struct value out;
};

/* Push options[kind][name]; true if it is a function. */
static bool push_function(struct compiled *compiled, const char *kind,
			  struct value name)
{
	lua_State *L = compiled->L;

	lua_pushvalue(L, compiled->functions);
	if (lua_istable(L, -1)) {
		lua_pushstring(L, kind);
		lua_rawget(L, -2);
	}
	if (lua_istable(L, -1)) {
		lua_pushlstring(L, name.bytes, name.length);
		lua_rawget(L, -2);
	}
	return lua_isfunction(L, -1);
}

bool template_extra(void *context, bool filter, struct value name)
{
	struct compiled *compiled = context;
	int top = lua_gettop(compiled->L);
	bool found =
		push_function(compiled, filter ? "filters" : "tests", name);

	lua_settop(compiled->L, top);
	return found;
}

static void push_value(lua_State *L, struct value value)
{
	if (value.kind == VALUE_UNDEFINED)
		lua_pushnil(L);
	else
		values_push(L, value, 0);
}

/* Runs protected: whatever raises here becomes an error of the template. */
static int cross(lua_State *L)
{
	struct crossing *crossing = lua_touserdata(L, 1);
	const struct call *call = crossing->call;
	int count = (int)call->count;

	luaL_checkstack(L, count + 10, "too many arguments");
	lua_pushvalue(L, 2);
	if (crossing->with_subject) {
		push_value(L, call->subject);
		count++;
	}
	for (uint32_t i = 0; i < call->count; i++)
		push_value(L, call->arguments[i]);
	if (call->named_count > 0) {
		lua_createtable(L, 0, (int)call->named_count);
		for (uint32_t i = 0; i < call->named_count; i++) {
			struct value name = call->named[i].name;

			lua_pushlstring(L, name.bytes, name.length);
			push_value(L, call->named[i].value);
			lua_rawset(L, -3);
		}
		count++;
	}
	lua_call(L, count, 1);
	crossing->out = values_take(L, -1, render_arena(call->render));
	return 0;
}

static int fail(lua_State *L, const struct crossing *crossing)
{
	struct error *err = lerror_take(L, -1);
	char *text = error_text(err);

	render_fail(crossing->call->render,
		    err->code == ERROR_LIMIT ? RENDER_LIMIT : RENDER_RUNTIME,
		    "%s", text);
	mem_free(text);
	error_free(err);
	return -1;
}

/* Check what Lua may not see, then call: 0, 1 without a function, or -1. */
static int call_lua(struct crossing *crossing)
{
	lua_State *L = crossing->compiled->L;
	const struct call *call = crossing->call;
	int top = lua_gettop(L);
	int result = 0;

	if (!lua_checkstack(L, 10))
		return render_fail(call->render, RENDER_LIMIT,
				   "Lua's stack is full");
	if (!push_function(crossing->compiled, crossing->kind,
			   crossing->name)) {
		lua_settop(L, top);
		return 1;
	}
	if (crossing->with_subject &&
	    render_defined(call->render, call->subject) != 0) {
		lua_settop(L, top);
		return -1;
	}
	lua_pushcfunction(L, cross);
	lua_pushlightuserdata(L, crossing);
	lua_pushvalue(L, -3);
	if (lua_pcall(L, 2, 0, 0) != LUA_OK)
		result = fail(L, crossing);
	lua_settop(L, top);
	return result;
}

static int call_filter(void *context, struct value name, struct call *call,
		       struct value *out)
{
	struct crossing crossing = {.compiled = context,
				    .kind = "filters",
				    .name = name,
				    .call = call,
				    .with_subject = true};
	int result = call_lua(&crossing);

	*out = crossing.out;
	return result;
}

static int call_test(void *context, struct value name, struct call *call,
		     bool *out)
{
	struct crossing crossing = {.compiled = context,
				    .kind = "tests",
				    .name = name,
				    .call = call,
				    .with_subject = true};
	int result = call_lua(&crossing);

	if (result != 0)
		return result;
	return value_true(call->render, crossing.out, out);
}

void template_hooks_init(struct compiled *compiled)
{
	compiled->hooks = (struct render_hooks){
		.context = compiled, .filter = call_filter, .test = call_test};
	compiled->options.extra = template_extra;
	compiled->options.extra_context = compiled;
}

/* A function of the caller's as a value of the template. */
struct function {
	struct value_object object;
	struct compiled *compiled;
	struct value name;
};

static int call_function_of(struct call *call, struct value *out)
{
	const struct function *function =
		(const struct function *)call->subject.object;
	struct crossing crossing = {.compiled = function->compiled,
				    .kind = "functions",
				    .name = function->name,
				    .call = call};
	int result = call_lua(&crossing);

	if (result > 0)
		return render_fail(call->render, RENDER_RUNTIME,
				   "the function '%.*s' is gone",
				   (int)function->name.length,
				   function->name.bytes);
	*out = crossing.out;
	return result;
}

void template_add_functions(struct compiled *compiled, struct arena *arena,
			    struct value_dict *values)
{
	static const struct value_class class = {.name = "function",
						 .call = call_function_of};
	lua_State *L = compiled->L;
	int top = lua_gettop(L);

	if (!lua_istable(L, compiled->functions) ||
	    lua_getfield(L, compiled->functions, "functions") != LUA_TTABLE) {
		lua_settop(L, top);
		return;
	}
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		struct function *function;
		size_t length;
		const char *name;

		if (lua_type(L, -2) == LUA_TSTRING && lua_isfunction(L, -1)) {
			name = lua_tolstring(L, -2, &length);
			function = arena_alloc(arena, sizeof(*function));
			*function = (struct function){
				{&class},
				compiled,
				value_string(arena, name, length)};
			if (!value_dict_get(values, function->name))
				value_dict_set(
					arena, values, function->name,
					(struct value){
						.kind = VALUE_OBJECT,
						.object = &function->object});
		}
		lua_pop(L, 1);
	}
	lua_settop(L, top);
}
