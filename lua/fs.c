/* Binding: files and directories. */
#include <dirent.h>
#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lua/fs_tree.h"
#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/path.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"

#define READ_MAX (64 << 20) /* bytes read at once, unless told otherwise */

static int raise_errno(lua_State *L, const char *verb, const char *path)
{
	struct error *err = NULL;

	file_error(&err, verb, path);
	return lerror_raise(L, err);
}

static int l_read(lua_State *L)
{
	const char *path = path_check(L, 1);
	lua_Integer max = luaL_optinteger(L, 2, READ_MAX);
	struct error *err = NULL;
	struct buf *bytes;

	luaL_argcheck(L, max >= 0, 2, "must not be negative");
	bytes = lbuf_push(L, (size_t)max);
	if (file_read(path, bytes, &err) != 0)
		return lerror_raise(L, err);
	lbuf_push_string(L, bytes);
	return 1;
}

static int l_write(lua_State *L)
{
	const char *path = path_check(L, 1);
	size_t length;
	const char *bytes = luaL_checklstring(L, 2, &length);
	mode_t mode = (mode_t)luaL_optinteger(L, 3, 0644);
	struct error *err = NULL;

	if (file_write(path, bytes, length, mode, &err) != 0)
		return lerror_raise(L, err);
	return 0;
}

static int l_append(lua_State *L)
{
	const char *path = path_check(L, 1);
	size_t length;
	const char *bytes = luaL_checklstring(L, 2, &length);
	struct error *err = NULL;

	if (file_append(path, bytes, length, &err) != 0)
		return lerror_raise(L, err);
	return 0;
}

static int l_exists(lua_State *L)
{
	struct stat found;

	lua_pushboolean(L, stat(path_check(L, 1), &found) == 0);
	return 1;
}

static const char *kind_of(mode_t mode)
{
	if (S_ISREG(mode))
		return "file";
	if (S_ISDIR(mode))
		return "dir";
	if (S_ISLNK(mode))
		return "link";
	return "other";
}

static int l_stat(lua_State *L)
{
	const char *path = path_check(L, 1);
	struct stat found;

	if (lstat(path, &found) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		return raise_errno(L, "look at", path);
	}
	lua_createtable(L, 0, 6);
	lua_pushstring(L, kind_of(found.st_mode));
	lua_setfield(L, -2, "kind");
	lua_pushinteger(L, found.st_size);
	lua_setfield(L, -2, "size");
	lua_pushinteger(L, (lua_Integer)found.st_mtim.tv_sec * 1000 +
				   found.st_mtim.tv_nsec / 1000000);
	lua_setfield(L, -2, "modified");
	lua_pushinteger(L, found.st_mode & 07777);
	lua_setfield(L, -2, "mode");
	lua_pushinteger(L, found.st_uid);
	lua_setfield(L, -2, "user");
	lua_pushinteger(L, found.st_gid);
	lua_setfield(L, -2, "group");
	return 1;
}

static int l_list(lua_State *L)
{
	const char *path = path_check(L, 1);
	struct dirent **entries = NULL;
	int count;

	lua_newtable(L);
	count = scandir(path, &entries, NULL, alphasort);
	if (count < 0)
		return raise_errno(L, "list", path);
	for (int i = 0, kept = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
			lua_pushstring(L, name);
			lua_rawseti(L, -2, ++kept);
		}
		free(entries[i]);
	}
	free(entries);
	return 1;
}

static int l_mkdir(lua_State *L)
{
	const char *path = path_check(L, 1);
	mode_t mode = (mode_t)luaL_optinteger(L, 2, 0777);
	struct error *err = NULL;

	if (file_make_dir(path, mode, &err) != 0)
		return lerror_raise(L, err);
	return 0;
}

static int l_rename(lua_State *L)
{
	const char *from = path_check(L, 1);
	const char *to = path_check(L, 2);

	if (rename(from, to) != 0)
		return raise_errno(L, "rename", from);
	return 0;
}

static int l_chmod(lua_State *L)
{
	const char *path = path_check(L, 1);

	if (chmod(path, (mode_t)luaL_checkinteger(L, 2)) != 0)
		return raise_errno(L, "change the mode of", path);
	return 0;
}

static int l_link(lua_State *L)
{
	const char *target = path_check(L, 1);
	const char *path = path_check(L, 2);

	if (symlink(target, path) != 0)
		return raise_errno(L, "make", path);
	return 0;
}

static int l_target(lua_State *L)
{
	const char *path = path_check(L, 1);
	char target[4096];
	ssize_t length = readlink(path, target, sizeof(target));

	if (length < 0)
		return raise_errno(L, "read", path);
	lua_pushlstring(L, target, (size_t)length);
	return 1;
}

static int l_real(lua_State *L)
{
	const char *path = path_check(L, 1);
	char *real = realpath(path, NULL);

	if (!real)
		return raise_errno(L, "find", path);
	lua_pushstring(L, real);
	free(real);
	return 1;
}

static int l_temp_dir(lua_State *L)
{
	const char *base = getenv("TMPDIR");
	char *path =
		mem_printf("%s/tidemill-XXXXXX", base && *base ? base : "/tmp");
	char *made = mkdtemp(path);
	int saved = errno;

	lua_pushstring(L, path);
	mem_free(path);
	errno = saved;
	return made ? 1 : raise_errno(L, "make", lua_tostring(L, -1));
}

static int l_current_dir(lua_State *L)
{
	char *path = getcwd(NULL, 0);

	if (!path)
		return raise_errno(L, "find", ".");
	lua_pushstring(L, path);
	free(path);
	return 1;
}

static int l_executable(lua_State *L)
{
	lua_pushboolean(L, access(path_check(L, 1), X_OK) == 0);
	return 1;
}

int luaopen_fs(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"append", l_append},
		{"chmod", l_chmod},
		{"copy", fs_copy},
		{"current_dir", l_current_dir},
		{"executable", l_executable},
		{"exists", l_exists},
		{"glob", fs_glob},
		{"link", l_link},
		{"list", l_list},
		{"mkdir", l_mkdir},
		{"read", l_read},
		{"real", l_real},
		{"remove", fs_remove},
		{"rename", l_rename},
		{"stat", l_stat},
		{"target", l_target},
		{"temp_dir", l_temp_dir},
		{"write", l_write},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
