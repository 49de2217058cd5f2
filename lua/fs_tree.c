/* Binding: what fs does with whole trees, on the thread pool. */
#include <dirent.h>
#include <lauxlib.h>
#include <string.h>

#include "lua/fs_tree.h"
#include "lua/lerror.h"
#include "lua/path.h"
#include "lua/task.h"
#include "runtime/base/buf.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/loop/work.h"
#include "runtime/text/glob.h"

#define FOUND_MAX (64 << 20) /* bytes of paths a glob may find */

struct tree {
	struct work work;
	char *path;      /* owned */
	char *to;        /* owned; of a copy */
	char **patterns; /* owned, and each; of a glob */
	size_t count;
	struct buf found; /* paths of a glob, each ended by a NUL */
};

static void release(struct op *op)
{
	struct tree *tree = (struct tree *)op;

	mem_free(tree->path);
	mem_free(tree->to);
	for (size_t i = 0; i < tree->count; i++)
		mem_free(tree->patterns[i]);
	mem_free(tree->patterns);
	buf_release(&tree->found);
}

static struct tree *tree_new(lua_State *L, const char *path)
{
	struct tree *tree = task_op(L, sizeof(*tree));

	tree->work.op.release = release;
	buf_init(&tree->found, FOUND_MAX);
	tree->path = mem_copy(path);
	return tree;
}

static int ended(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return 0;
}

static void run_remove(struct work *work)
{
	file_remove(((struct tree *)work)->path, &work->op.error);
}

int fs_remove(lua_State *L)
{
	struct tree *tree = tree_new(L, path_check(L, 1));

	work_start(&tree->work, task_loop(L), run_remove);
	return task_await(L, &tree->work.op, ended);
}

static void run_copy(struct work *work)
{
	struct tree *tree = (struct tree *)work;

	file_copy(tree->path, tree->to, &work->op.error);
}

int fs_copy(lua_State *L)
{
	const char *to = path_check(L, 2);
	struct tree *tree = tree_new(L, path_check(L, 1));

	tree->to = mem_copy(to);
	work_start(&tree->work, task_loop(L), run_copy);
	return task_await(L, &tree->work.op, ended);
}

/* Globs. */

static void look_through(struct tree *tree, const char *dir, const char *below);

static void look_at(struct tree *tree, const char *dir, const char *below,
		    const struct dirent *entry)
{
	char *path = path_join(dir, entry->d_name);
	char *name = mem_printf("%s%s", below, entry->d_name);

	if (glob_list_match((const char *const *)tree->patterns, tree->count,
			    name, NULL))
		buf_append(&tree->found, name, strlen(name) + 1);
	if (entry->d_type == DT_DIR) {
		char *next = mem_printf("%s/", name);

		look_through(tree, path, next);
		mem_free(next);
	}
	mem_free(name);
	mem_free(path);
}

/* Directories that are gone or not ours to read have nothing in them. */
static void look_through(struct tree *tree, const char *dir, const char *below)
{
	DIR *open = opendir(dir);
	struct dirent *entry;

	if (!open && !*below)
		file_error(&tree->work.op.error, "list", dir);
	if (!open)
		return;
	while (!tree->found.full && !work_cancelled(&tree->work) &&
	       (entry = readdir(open)))
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			look_at(tree, dir, below, entry);
	closedir(open);
}

static void run_glob(struct work *work)
{
	struct tree *tree = (struct tree *)work;

	look_through(tree, tree->path, "");
	if (work_cancelled(work) && !work->op.error)
		error_set(&work->op.error, ERROR_CANCELLED, "cancelled");
	else if (tree->found.full)
		error_set(&work->op.error, ERROR_LIMIT,
			  "too many files below '%s' match", tree->path);
}

static int globbed(lua_State *L, int status, lua_KContext context)
{
	struct tree *tree = task_awaited(L, context);
	lua_Integer count = 0;

	(void)status;
	lua_newtable(L);
	for (size_t at = 0; at < tree->found.length; count++) {
		const char *name = tree->found.data + at;

		lua_pushstring(L, name);
		lua_rawseti(L, -2, count + 1);
		at += strlen(name) + 1;
	}
	lua_getglobal(L, "table");
	lua_getfield(L, -1, "sort");
	lua_pushvalue(L, -3);
	lua_call(L, 1, 0);
	lua_pop(L, 1);
	return 1;
}

static void check_pattern(lua_State *L, const char *pattern)
{
	struct error *err = NULL;

	if (glob_check(pattern, &err) != 0)
		lerror_raise(L, err);
}

/* Check the patterns at 1, which become a table if they are but one. */
static size_t check_patterns(lua_State *L)
{
	size_t count;

	if (lua_type(L, 1) == LUA_TSTRING) {
		lua_createtable(L, 1, 0);
		lua_pushvalue(L, 1);
		lua_rawseti(L, -2, 1);
		lua_replace(L, 1);
	}
	luaL_checktype(L, 1, LUA_TTABLE);
	count = lua_rawlen(L, 1);
	luaL_argcheck(L, count > 0, 1, "has no pattern in it");
	for (size_t i = 1; i <= count; i++) {
		lua_rawgeti(L, 1, (lua_Integer)i);
		luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1,
			      "must be a list of strings");
		check_pattern(L, lua_tostring(L, -1));
		lua_pop(L, 1);
	}
	return count;
}

int fs_glob(lua_State *L)
{
	const char *dir = lua_isnoneornil(L, 2) ? "." : path_check(L, 2);
	size_t count = check_patterns(L);
	struct tree *tree = tree_new(L, dir);

	tree->patterns = mem_array(count, sizeof(*tree->patterns));
	for (size_t i = 0; i < count; i++) {
		lua_rawgeti(L, 1, (lua_Integer)i + 1);
		tree->patterns[i] = mem_copy(lua_tostring(L, -1));
		tree->count = i + 1;
		lua_pop(L, 1);
	}
	work_start(&tree->work, task_loop(L), run_glob);
	return task_await(L, &tree->work.op, globbed);
}
