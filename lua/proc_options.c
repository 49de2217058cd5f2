#include "lua/proc_options.h"

#include <lauxlib.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lua/duration.h"

enum { PTY_ROWS = 24, PTY_COLUMNS = 80 };

static const char *const known[] = {
	"shell",  "cwd",      "env",          "clear_env", "stdin", "stdout",
	"stderr", "pty",      "timeout",      "grace",     "max",   "log",
	"check",  "detached", "silent_after", NULL,
};

static void check_keys(lua_State *L)
{
	lua_pushnil(L);
	while (lua_next(L, 1)) {
		const char *key = NULL;
		unsigned i = 0;

		lua_pop(L, 1);
		if (lua_type(L, -1) == LUA_TSTRING)
			key = lua_tostring(L, -1);
		while (key && known[i] && strcmp(key, known[i]) != 0)
			i++;
		if (key && !known[i])
			luaL_error(L, "unknown option '%s' of a process", key);
	}
}

/* Keep the string at the top alive in the table at `anchor`; pops it. */
static const char *keep(lua_State *L, int anchor)
{
	const char *text = lua_tostring(L, -1);

	lua_rawseti(L, anchor, luaL_len(L, anchor) + 1);
	return text;
}

static const char *text_field(lua_State *L, const char *name, int anchor)
{
	int kind = lua_getfield(L, 1, name);

	if (kind == LUA_TNIL) {
		lua_pop(L, 1);
		return NULL;
	}
	if (kind != LUA_TSTRING)
		luaL_error(L, "option '%s' of a process must be a string",
			   name);
	if (strlen(lua_tostring(L, -1)) != lua_rawlen(L, -1))
		luaL_error(L, "option '%s' of a process holds a NUL", name);
	return keep(L, anchor);
}

static uint64_t duration_field(lua_State *L, const char *name)
{
	int64_t ms = 0;

	if (lua_getfield(L, 1, name) != LUA_TNIL)
		ms = duration_check(L, lua_gettop(L));
	lua_pop(L, 1);
	if (ms < 0)
		luaL_error(L, "option '%s' of a process is negative", name);
	return (uint64_t)ms;
}

static bool flag_field(lua_State *L, const char *name)
{
	bool flag;

	lua_getfield(L, 1, name);
	flag = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return flag;
}

static void read_argv(lua_State *L, struct proc_options *options, int anchor)
{
	lua_Integer count = luaL_len(L, 1);
	const char **argv;

	options->shell = text_field(L, "shell", anchor);
	if (options->shell && count > 0)
		luaL_error(L, "a process has either arguments or 'shell'");
	if (options->shell)
		return;
	if (count == 0)
		luaL_error(L, "no program to run");
	argv = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof(*argv), 0);
	for (lua_Integer i = 1; i <= count; i++) {
		size_t length = 0;

		lua_geti(L, 1, i);
		if (!lua_tolstring(L, -1, &length))
			luaL_error(L,
				   "argument %d of a process must be a "
				   "string, not a %s",
				   (int)i, luaL_typename(L, -1));
		if (strlen(lua_tostring(L, -1)) != length)
			luaL_error(L, "argument %d of a process holds a NUL",
				   (int)i);
		argv[i - 1] = keep(L, anchor);
	}
	argv[count] = NULL;
	options->argv = argv;
}

/* The environment being made: one block, pointers first, then the texts. */
struct block {
	const char **env; /* NULL: only measure */
	char *at;
	size_t count;
	size_t bytes;
	bool begins[UCHAR_MAX + 1]; /* some name begins with this byte */
};

/* The value at the top as text; NULL: it removes the variable. */
static const char *env_value(lua_State *L, size_t *length)
{
	switch (lua_type(L, -1)) {
	case LUA_TBOOLEAN:
		*length = strlen("true");
		return lua_toboolean(L, -1) ? "true" : NULL;
	case LUA_TSTRING:
	case LUA_TNUMBER:
		return lua_tolstring(L, -1, length);
	default:
		luaL_error(L, "'env' maps names to values");
		return NULL;
	}
}

static void add_entry(struct block *block, const char *name, size_t name_length,
		      const char *value, size_t value_length)
{
	char *at = block->at;

	block->count++;
	block->bytes += name_length + value_length + 2;
	if (!block->env)
		return;
	block->env[block->count - 1] = at;
	memcpy(at, name, name_length);
	at[name_length] = '=';
	memcpy(at + name_length + 1, value, value_length);
	at[name_length + 1 + value_length] = '\0';
	block->at += name_length + value_length + 2;
}

/* Is the variable of this entry in the table at the stack's top? Most are not,
 * as their first byte tells. */
static bool is_set(lua_State *L, const struct block *block, const char *entry)
{
	bool set;

	if (!block->begins[(unsigned char)entry[0]])
		return false;
	lua_pushlstring(L, entry, strcspn(entry, "="));
	set = lua_rawget(L, -2) != LUA_TNIL;
	lua_pop(L, 1);
	return set;
}

/* Add what the table at `from` sets. */
static void add_set(lua_State *L, struct block *block, int from)
{
	lua_pushnil(L);
	while (lua_next(L, from)) {
		size_t length = 0;
		const char *value = env_value(L, &length);

		if (lua_type(L, -2) != LUA_TSTRING)
			luaL_error(L, "'env' maps names to values");
		block->begins[(unsigned char)lua_tostring(L, -2)[0]] = true;
		if (value)
			add_entry(block, lua_tostring(L, -2), lua_rawlen(L, -2),
				  value, length);
		lua_pop(L, 1);
	}
}

/* Those of ours that the table does not set or remove, then those it sets. */
static void read_env(lua_State *L, struct proc_options *options)
{
	struct block block = {0};
	bool clear = flag_field(L, "clear_env");
	int kind = lua_getfield(L, 1, "env");
	int from = lua_gettop(L);
	size_t kept = 0;

	luaL_argcheck(L, kind == LUA_TNIL || kind == LUA_TTABLE, 1,
		      "'env' must be a table");
	if (kind == LUA_TNIL && !clear) {
		lua_pop(L, 1);
		return;
	}
	if (kind == LUA_TTABLE)
		add_set(L, &block, from);
	while (!clear && environ[kept])
		kept++;
	block.env = lua_newuserdatauv(
		L, (kept + block.count + 1) * sizeof(char *) + block.bytes, 0);
	block.at = (char *)(block.env + kept + block.count + 1);
	block.count = 0;
	lua_pushvalue(L, from);
	for (char **each = environ; !clear && *each; each++)
		if (kind == LUA_TNIL || !is_set(L, &block, *each))
			block.env[block.count++] = *each;
	lua_pop(L, 1);
	if (kind == LUA_TTABLE)
		add_set(L, &block, from);
	block.env[block.count] = NULL;
	options->env = block.env;
}

static void read_stdin(lua_State *L, struct proc_options *options, int anchor)
{
	const char *bytes;

	if (lua_getfield(L, 1, "stdin") == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	bytes = luaL_tolstring(L, -1, &options->length);
	lua_remove(L, -2);
	options->bytes = keep(L, anchor);
	if (strcmp(bytes, "inherit") == 0)
		options->input = PROC_INPUT_INHERIT;
	else if (strcmp(bytes, "pipe") == 0)
		options->input = PROC_INPUT_PIPE;
	else
		options->input = PROC_INPUT_BYTES;
}

static enum proc_output output_field(lua_State *L, const char *name,
				     enum proc_output fallback)
{
	static const char *const modes[] = {"capture", "merge", "inherit",
					    "null", NULL};
	static const enum proc_output outputs[] = {
		PROC_OUTPUT_PIPE, PROC_OUTPUT_MERGE, PROC_OUTPUT_INHERIT,
		PROC_OUTPUT_NULL};
	const char *mode = NULL;
	unsigned i = 0;

	if (lua_getfield(L, 1, name) == LUA_TSTRING)
		mode = lua_tostring(L, -1);
	else if (!lua_isnil(L, -1))
		mode = "?";
	while (mode && modes[i] && strcmp(mode, modes[i]) != 0)
		i++;
	if (!modes[i] || (i == 1 && mode && strcmp(name, "stdout") == 0))
		luaL_error(L, "option '%s' of a process must not be '%s'", name,
			   mode);
	lua_pop(L, 1);
	return mode ? outputs[i] : fallback;
}

static int size_field(lua_State *L, const char *name, int fallback)
{
	int size = fallback;

	if (lua_getfield(L, -1, name) == LUA_TNUMBER)
		size = (int)lua_tointeger(L, -1);
	lua_pop(L, 1);
	if (size <= 0 || size > UINT16_MAX)
		luaL_error(L, "a pty cannot have %d %s", size, name);
	return size;
}

static void read_pty(lua_State *L, struct proc_pty *pty)
{
	lua_getfield(L, 1, "pty");
	if (lua_istable(L, -1)) {
		pty->rows = (unsigned short)size_field(L, "rows", PTY_ROWS);
		pty->columns =
			(unsigned short)size_field(L, "columns", PTY_COLUMNS);
	} else if (lua_toboolean(L, -1)) {
		pty->rows = PTY_ROWS;
		pty->columns = PTY_COLUMNS;
	}
	lua_pop(L, 1);
}

void proc_options_read(lua_State *L, struct proc_options *options)
{
	int anchor;
	bool logged;

	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checkstack(L, 20, "too many values");
	memset(options, 0, sizeof(*options));
	check_keys(L);
	lua_newtable(L);
	anchor = lua_gettop(L);
	read_argv(L, options, anchor);
	read_env(L, options);
	read_stdin(L, options, anchor);
	options->cwd = text_field(L, "cwd", anchor);
	logged = lua_getfield(L, 1, "log") != LUA_TNIL;
	lua_pop(L, 1);
	options->out = output_field(L, "stdout", PROC_OUTPUT_PIPE);
	options->err = output_field(
		L, "stderr", logged ? PROC_OUTPUT_MERGE : PROC_OUTPUT_PIPE);
	read_pty(L, &options->pty);
	options->timeout = duration_field(L, "timeout");
	options->silent_after = duration_field(L, "silent_after");
	options->grace = duration_field(L, "grace");
	if (lua_getfield(L, 1, "max") != LUA_TNIL) {
		lua_Integer max = luaL_checkinteger(L, -1);

		luaL_argcheck(L, max > 0, 1, "'max' must be positive");
		options->max = (size_t)max;
	}
	lua_pop(L, 1);
	options->detached = flag_field(L, "detached");
	options->guard = proc_guard(L);
}

static void set_integer(lua_State *L, const char *name, int64_t value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, name);
}

void proc_result_push(lua_State *L, const struct proc *proc)
{
	const struct proc_usage *usage = &proc->usage;

	lua_createtable(L, 0, 14);
	set_integer(L, "status", proc->status);
	if (proc->signal) {
		lua_pushstring(L, sigabbrev_np(proc->signal));
		lua_setfield(L, -2, "signal");
	}
	if (proc->timed_out) {
		lua_pushstring(L, proc->timed_out == PROC_TIMEOUT_TOTAL
					  ? "total"
					  : "silent");
		lua_setfield(L, -2, "timed_out");
	}
	set_integer(L, "wall", usage->wall);
	set_integer(L, "cpu_user", usage->cpu_user);
	set_integer(L, "cpu_system", usage->cpu_system);
	set_integer(L, "max_rss", usage->max_rss);
	set_integer(L, "read_bytes", usage->read_bytes);
	set_integer(L, "write_bytes", usage->write_bytes);
	lua_pushboolean(L, proc->out.truncated || proc->err.truncated);
	lua_setfield(L, -2, "truncated");
	lua_pushboolean(L, proc->lingered);
	lua_setfield(L, -2, "lingered");
}
