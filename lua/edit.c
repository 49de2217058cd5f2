/* Binding: editing lines on a terminal, with libedit. */
#include <histedit.h>
#include <langinfo.h>
#include <lauxlib.h>
#include <locale.h>
#include <lua.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task.h"
#include "runtime/base/mem.h"
#include "runtime/loop/readable.h"

#define HISTORY_MAX 2000
#define CLASS "tidemill.edit"
#define COMPLETE_VALUE 1 /* the user value that holds options.complete */

struct editor {
	EditLine *line;
	History *history;
	char *path; /* owned: the history's file, or NULL */
	const char *prompt;
	lua_State *L;     /* borrowed while a key is read: for completion */
	bool reading;     /* the terminal is in raw mode, a line is begun */
	bool interrupted; /* Ctrl-C left the line */
	bool ended;       /* Ctrl-D on an empty one */
};

static struct editor *editor_of(EditLine *line)
{
	struct editor *editor = NULL;

	el_get(line, EL_CLIENTDATA, &editor);
	return editor;
}

static const char *show_prompt(EditLine *line)
{
	return editor_of(line)->prompt;
}

/* Ctrl-C is an ordinary key here: the line is left. */
static unsigned char on_interrupt(EditLine *line, int key)
{
	(void)key;
	editor_of(line)->interrupted = true;
	fputs("^C\r\n", stdout);
	return CC_NEWLINE;
}

/* Ctrl-D deletes, or on an empty line is the end. */
static unsigned char on_end(EditLine *line, int key)
{
	const LineInfo *info = el_line(line);

	(void)key;
	if (info->lastchar == info->buffer) {
		editor_of(line)->ended = true;
		return CC_EOF;
	}
	if (info->cursor == info->lastchar)
		return CC_ERROR;
	el_cursor(line, 1);
	el_deletestr(line, 1);
	return CC_REFRESH;
}

/* How many leading bytes all strings of the list at -1 have in common. */
static size_t common_prefix(lua_State *L, lua_Integer count)
{
	const char *first;
	size_t length;

	lua_rawgeti(L, -1, 1);
	first = lua_tolstring(L, -1, &length);
	lua_pop(L, 1); /* stays alive in the list */
	for (lua_Integer i = 2; i <= count; i++) {
		const char *other;
		size_t same = 0;

		lua_rawgeti(L, -1, i);
		other = lua_tostring(L, -1);
		while (same < length && first[same] == other[same])
			same++;
		length = same;
		lua_pop(L, 1);
	}
	return length;
}

static void list_candidates(lua_State *L, lua_Integer count)
{
	struct winsize size = {.ws_col = 80};
	size_t width = 0;
	size_t column = 0;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	for (lua_Integer i = 1; i <= count; i++) {
		lua_rawgeti(L, -1, i);
		if (lua_rawlen(L, -1) + 2 > width)
			width = lua_rawlen(L, -1) + 2;
		lua_pop(L, 1);
	}
	fputc('\n', stdout);
	for (lua_Integer i = 1; i <= count; i++) {
		lua_rawgeti(L, -1, i);
		if (column > 0 && column + width > size.ws_col) {
			fputc('\n', stdout);
			column = 0;
		}
		printf("%-*s", (int)width, lua_tostring(L, -1));
		column += width;
		lua_pop(L, 1);
	}
	fputc('\n', stdout);
	fflush(stdout);
}

/* Of the candidates at -2, `replaced` bytes of which are in the line. */
static unsigned char use_candidates(lua_State *L, EditLine *line)
{
	lua_Integer replaced = lua_tointeger(L, -1);
	lua_Integer count;
	const char *text;
	size_t length;
	char *insert;

	lua_pop(L, 1);
	count = (lua_Integer)lua_rawlen(L, -1);
	if (count == 0)
		return CC_REFRESH_BEEP;
	length = common_prefix(L, count);
	lua_rawgeti(L, -1, 1);
	text = lua_tostring(L, -1);
	lua_pop(L, 1);
	if (replaced < 0 || length <= (size_t)replaced) {
		if (count == 1)
			return CC_REFRESH_BEEP;
		list_candidates(L, count);
		return CC_REDISPLAY;
	}
	insert = mem_printf("%.*s", (int)(length - (size_t)replaced),
			    text + replaced);
	el_insertstr(line, insert);
	mem_free(insert);
	return CC_REFRESH;
}

static unsigned char on_tab(EditLine *line, int key)
{
	struct editor *editor = editor_of(line);
	const LineInfo *info = el_line(line);
	lua_State *L = editor->L;
	int top = lua_gettop(L);
	unsigned char result = CC_REFRESH_BEEP;

	(void)key;
	if (lua_getiuservalue(L, 1, COMPLETE_VALUE) == LUA_TFUNCTION) {
		lua_pushlstring(L, info->buffer,
				(size_t)(info->cursor - info->buffer));
		if (lua_pcall(L, 1, 2, 0) == LUA_OK && lua_istable(L, -2))
			result = use_candidates(L, line);
	}
	lua_settop(L, top);
	return result;
}

static void set_up(struct editor *editor)
{
	HistEvent event;

	el_set(editor->line, EL_CLIENTDATA, editor);
	el_set(editor->line, EL_EDITOR, "emacs");
	el_set(editor->line, EL_PROMPT, show_prompt);
	el_set(editor->line, EL_SIGNAL, 0);
	el_set(editor->line, EL_SETTY, "-d", "-isig", NULL);
	history(editor->history, &event, H_SETSIZE, HISTORY_MAX);
	history(editor->history, &event, H_SETUNIQUE, 1);
	if (editor->path)
		history(editor->history, &event, H_LOAD, editor->path);
	el_set(editor->line, EL_HIST, history, editor->history);
	el_set(editor->line, EL_ADDFN, "tidemill-complete", "complete", on_tab);
	el_set(editor->line, EL_ADDFN, "tidemill-interrupt", "leave the line",
	       on_interrupt);
	el_set(editor->line, EL_BIND, "^I", "tidemill-complete", NULL);
	el_set(editor->line, EL_BIND, "^C", "tidemill-interrupt", NULL);
	el_set(editor->line, EL_ADDFN, "tidemill-end", "delete or end", on_end);
	el_set(editor->line, EL_BIND, "^D", "tidemill-end", NULL);
	el_set(editor->line, EL_BIND, "^R", "em-inc-search-prev", NULL);
}

static int l_open(lua_State *L)
{
	struct editor *editor;
	struct error *err = NULL;
	const char *path = NULL;

	if (lua_istable(L, 1)) {
		lua_getfield(L, 1, "history");
		path = luaL_optstring(L, -1, NULL);
	}
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error_set(&err, ERROR_IO, "cannot edit lines: no terminal");
		return lerror_raise(L, err);
	}
	if (!setlocale(LC_CTYPE, "") ||
	    strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	editor = lua_newuserdatauv(L, sizeof(*editor), COMPLETE_VALUE);
	memset(editor, 0, sizeof(*editor));
	luaL_setmetatable(L, CLASS);
	if (lua_istable(L, 1)) {
		lua_getfield(L, 1, "complete");
		lua_setiuservalue(L, -2, COMPLETE_VALUE);
	}
	editor->path = path ? mem_printf("%s", path) : NULL;
	editor->history = history_init();
	editor->line = el_init("tidemill", stdin, stdout, stderr);
	if (!editor->line || !editor->history)
		return luaL_error(L, "cannot set up the terminal");
	set_up(editor);
	return 1;
}

static struct editor *check_open(lua_State *L)
{
	struct editor *editor = luaL_checkudata(L, 1, CLASS);

	luaL_argcheck(L, editor->line, 1, "is closed");
	return editor;
}

/* In libedit's unbuffered mode, el_gets returns after each key. */
static void begin_line(struct editor *editor)
{
	editor->interrupted = editor->ended = false;
	if (!editor->reading)
		el_set(editor->line, EL_UNBUFFERED, 1);
	editor->reading = true;
}

static void end_line(struct editor *editor)
{
	if (editor->reading)
		el_set(editor->line, EL_UNBUFFERED, 0);
	editor->reading = false;
}

/*
 * Take the key that is there. Returns whether the line is complete; then its
 * `length` bytes are at *text, borrowed until the next key.
 */
static bool take_key(lua_State *L, struct editor *editor, const char **text,
		     size_t *length)
{
	int count = 0;

	editor->L = L;
	*text = el_gets(editor->line, &count);
	editor->L = NULL;
	*length = *text && count > 0 ? (size_t)count : 0;
	if (editor->interrupted || editor->ended)
		return true;
	if (!*text && count < 0) { /* the terminal is gone */
		editor->ended = true;
		return true;
	}
	return *length > 0 && (*text)[*length - 1] == '\n';
}

static int wait_for_key(lua_State *L);

static int on_key(lua_State *L, int status, lua_KContext context)
{
	struct readable *readable = task_awaited_quietly(L, context);
	struct editor *editor = check_open(L);
	const char *text;
	size_t length;

	(void)status;
	if (readable->op.error) {
		end_line(editor);
		task_awaited(L, context); /* raises it */
	}
	if (!take_key(L, editor, &text, &length))
		return wait_for_key(L);
	if (editor->ended)
		lua_pushnil(L);
	else if (editor->interrupted)
		lua_pushboolean(L, 0);
	else
		lua_pushlstring(L, text, length - 1);
	end_line(editor);
	return 1;
}

static int wait_for_key(lua_State *L)
{
	struct readable *readable;

	lua_settop(L, 2);
	readable = task_op(L, sizeof(*readable));
	readable_start(readable, task_loop(L), STDIN_FILENO);
	return task_await(L, &readable->op, on_key);
}

static int l_line(lua_State *L)
{
	struct editor *editor = check_open(L);

	editor->prompt = luaL_checkstring(L, 2);
	begin_line(editor);
	return wait_for_key(L);
}

static int l_remember(lua_State *L)
{
	struct editor *editor = check_open(L);
	HistEvent event;

	history(editor->history, &event, H_ENTER, luaL_checkstring(L, 2));
	return 0;
}

static int l_close(lua_State *L)
{
	struct editor *editor = luaL_checkudata(L, 1, CLASS);
	HistEvent event;

	end_line(editor);
	if (editor->line)
		el_end(editor->line);
	if (editor->history && editor->path)
		history(editor->history, &event, H_SAVE, editor->path);
	if (editor->history)
		history_end(editor->history);
	mem_free(editor->path);
	memset(editor, 0, sizeof(*editor));
	return 0;
}

int luaopen_edit(lua_State *L)
{
	static const luaL_Reg functions[] = {{"open", l_open}, {NULL, NULL}};
	static const luaL_Reg methods[] = {
		{"line", l_line},  {"remember", l_remember}, {"close", l_close},
		{"__gc", l_close}, {"__close", l_close},     {NULL, NULL}};

	if (luaL_newmetatable(L, CLASS)) {
		luaL_setfuncs(L, methods, 0);
		lua_pushvalue(L, -1);
		lua_setfield(L, -2, "__index");
	}
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	return 1;
}
