/* Binding: the files inside the binary, by name. */
#include <dirent.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lua/embedded.h"
#include "lua/modules.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

#define DISK_MAX (16 << 20)

static int by_name(const void *key, const void *element)
{
	return strcmp(key, ((const struct embedded *)element)->name);
}

const struct embedded *embedded_find(const char *name)
{
	return bsearch(name, embedded_files, embedded_count,
		       sizeof(*embedded_files), by_name);
}

char *embedded_disk_path(const char *name)
{
	const char *base = getenv("TIDEMILL_STDLIB");

	if (!base || !*base)
		return NULL;
	if (strncmp(name, "doc/", 4) == 0)
		name += 4;
	if (strncmp(name, "stdlib/", 7) != 0)
		return NULL;
	return path_join(base, name + 7);
}

bool embedded_has(const char *name)
{
	char *path = embedded_disk_path(name);
	bool found;

	if (!path)
		return embedded_find(name) != NULL;
	found = access(path, R_OK) == 0;
	mem_free(path);
	return found;
}

static int l_has(lua_State *L)
{
	lua_pushboolean(L, embedded_has(luaL_checkstring(L, 1)));
	return 1;
}

static int read_disk(lua_State *L, const char *path)
{
	struct buf bytes;

	buf_init(&bytes, DISK_MAX);
	if (file_read(path, &bytes, NULL) != 0) {
		buf_release(&bytes);
		return 0;
	}
	lua_pushlstring(L, bytes.data ? bytes.data : "", bytes.length);
	buf_release(&bytes);
	return 1;
}

static int l_read(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);
	const struct embedded *file = embedded_find(name);
	char *path = embedded_disk_path(name);

	if (path) {
		int count = read_disk(L, path);

		mem_free(path);
		return count;
	}
	if (!file)
		return 0;
	lua_pushlstring(L, (const char *)file->bytes, file->length);
	return 1;
}

/* Append to the table at 2 the files below `dir`, called `name`, on disk. */
static void add_disk(lua_State *L, const char *dir, const char *name)
{
	struct dirent **entries = NULL;
	int count = scandir(dir, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		char *path = path_join(dir, entries[i]->d_name);
		char *full = mem_printf("%s%s", name, entries[i]->d_name);
		char *below = mem_printf("%s/", full);

		if (entries[i]->d_name[0] == '.') {
			/* this one, the one above, or hidden */
		} else if (entries[i]->d_type == DT_DIR) {
			add_disk(L, path, below);
		} else if (strncmp(full, lua_tostring(L, 1),
				   lua_rawlen(L, 1)) == 0) {
			lua_pushstring(L, full);
			lua_rawseti(L, 2, (lua_Integer)lua_rawlen(L, 2) + 1);
		}
		mem_free(below);
		mem_free(full);
		mem_free(path);
		free(entries[i]);
	}
	free(entries);
}

static int l_names(lua_State *L)
{
	const char *prefix = luaL_checkstring(L, 1);
	char *dir = embedded_disk_path("stdlib/");

	lua_settop(L, 1);
	lua_newtable(L);
	for (unsigned i = 0; i < embedded_count; i++) {
		const char *name = embedded_files[i].name;

		if (strncmp(name, prefix, strlen(prefix)) != 0 ||
		    (dir && strncmp(name, "stdlib/", 7) == 0))
			continue;
		lua_pushstring(L, name);
		lua_rawseti(L, 2, (lua_Integer)lua_rawlen(L, 2) + 1);
	}
	if (dir)
		add_disk(L, dir, "stdlib/");
	mem_free(dir);
	return 1;
}

int luaopen_embedded(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"has", l_has},
		{"names", l_names},
		{"read", l_read},
		{NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
