#include "lua/git_options.h"

#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"

#define TEXTS_MAX 100000

/* Memory of a job: it is freed with it. */
struct git_kept {
	struct git_kept *next;
	void *memory;
};

static void *keep(struct git_job *job, void *memory)
{
	struct git_kept *kept = mem_alloc(sizeof(*kept));

	kept->memory = memory;
	kept->next = job->kept;
	job->kept = kept;
	return memory;
}

void git_release_kept(struct git_job *job)
{
	while (job->kept) {
		struct git_kept *kept = job->kept;

		job->kept = kept->next;
		mem_free(kept->memory);
		mem_free(kept);
	}
}

const char *git_keep(struct git_job *job, const char *text)
{
	return text ? keep(job, mem_copy(text)) : NULL;
}

const char *git_keep_path(struct git_job *job, const char *path)
{
	return keep(job, path_absolute(path));
}

const char *git_text(lua_State *L, int index, struct git_job *job)
{
	return git_keep(job, luaL_optstring(L, index, NULL));
}

/* The string at the top without a NUL in it; `what` is it otherwise. */
static const char *clean_text(lua_State *L, const char *what)
{
	if (lua_type(L, -1) != LUA_TSTRING)
		luaL_error(L, "%s must be a string, not a %s", what,
			   luaL_typename(L, -1));
	if (strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
		luaL_error(L, "%s holds a NUL", what);
	return lua_tostring(L, -1);
}

struct texts git_take_texts(lua_State *L, int index, struct git_job *job)
{
	struct texts texts = {0};
	const char **items;
	lua_Integer count;

	index = lua_absindex(L, index);
	if (lua_isnoneornil(L, index))
		return texts;
	if (lua_type(L, index) == LUA_TSTRING) {
		items = keep(job, mem_array(1, sizeof(*items)));
		items[0] = git_text(L, index, job);
		return (struct texts){.items = items, .count = 1};
	}
	if (!lua_istable(L, index))
		luaL_error(L, "a list of strings expected, not a %s",
			   luaL_typename(L, index));
	count = luaL_len(L, index);
	if (count > TEXTS_MAX)
		luaL_error(L, "a list of more than %d strings", TEXTS_MAX);
	items = keep(job, mem_array((size_t)count + 1, sizeof(*items)));
	for (lua_Integer i = 0; i < count; i++) {
		lua_geti(L, index, i + 1);
		items[i] = git_keep(job, clean_text(L, "an item of a list"));
		lua_pop(L, 1);
	}
	return (struct texts){.items = items, .count = (size_t)count};
}

static const struct git_option *find(const struct git_option *options,
				     const char *name)
{
	for (; options->name; options++)
		if (strcmp(options->name, name) == 0)
			return options;
	return NULL;
}

/* Raise "unknown option 'squahs' of a merge (did you mean 'squash'?)". */
static void unknown(lua_State *L, const struct git_option *options,
		    const char *name, const char *what)
{
	struct ref known[32] = {0};
	struct refs refs = {.items = known};
	const char *near;

	for (; options->name && refs.count < 32; options++)
		known[refs.count++].name = options->name;
	near = refs_nearest(&refs, name);
	if (near)
		luaL_error(L,
			   "unknown option '%s' of %s (did you mean "
			   "'%s'?)",
			   name, what, near);
	luaL_error(L, "unknown option '%s' of %s", name, what);
}

static void check_keys(lua_State *L, int index,
		       const struct git_option *options, const char *what)
{
	lua_pushnil(L);
	while (lua_next(L, index)) {
		lua_pop(L, 1);
		if (lua_type(L, -1) != LUA_TSTRING)
			luaL_error(L, "options of %s have names", what);
		if (!find(options, lua_tostring(L, -1)))
			unknown(L, options, lua_tostring(L, -1), what);
	}
}

/* Store the value at the top of the stack. */
static void take(lua_State *L, struct git_job *job,
		 const struct git_option *option, const char *what)
{
	char *place = (char *)job + option->offset;
	const char *name =
		lua_pushfstring(L, "option '%s' of %s", option->name, what);

	lua_insert(L, -2);
	switch (option->kind) {
	case GIT_TEXT:
		*(const char **)place = git_keep(job, clean_text(L, name));
		break;
	case GIT_TEXTS:
		*(struct texts *)place = git_take_texts(L, -1, job);
		break;
	case GIT_FLAG:
		if (!lua_isboolean(L, -1))
			luaL_error(L, "%s must be true or false", name);
		*(bool *)place = lua_toboolean(L, -1);
		break;
	case GIT_COUNT:
		if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 0)
			luaL_error(L, "%s must be a whole number from 0 on",
				   name);
		*(size_t *)place = (size_t)lua_tointeger(L, -1);
		break;
	case GIT_OTHER:
		break;
	}
	lua_pop(L, 2);
}

void git_options_read(lua_State *L, int index, struct git_job *job,
		      const struct git_option *options, const char *what)
{
	if (lua_isnoneornil(L, index))
		return;
	if (!lua_istable(L, index))
		luaL_error(L, "options of %s must be a table, not a %s", what,
			   luaL_typename(L, index));
	check_keys(L, index, options, what);
	for (; options->name; options++) {
		if (lua_getfield(L, index, options->name) != LUA_TNIL)
			take(L, job, options, what);
		else
			lua_pop(L, 1);
	}
}
