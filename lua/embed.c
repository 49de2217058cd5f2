/*
 * A program of the build: writes the Lua sources as one C file, stdlib/ as
 * compiled chunks without line numbers, because start-up is part of every
 * command and step. As doc/stdlib/ they are text, for :help in the repl and
 * for tracebacks with TIDEMILL_DEBUG.
 *
 *     embed OUT.c [NAME=FILE | FILE.lua]…
 */
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t position;

static int put_bytes(lua_State *L, const void *bytes, size_t size, void *out)
{
	const unsigned char *byte = bytes;

	(void)L;
	for (size_t i = 0; i < size; i++, position++)
		fprintf(out, "%u,%s", byte[i], position % 24 == 23 ? "\n" : "");
	return 0;
}

static int put_file(FILE *out, const char *path)
{
	char bytes[65536];
	size_t length;
	FILE *in = fopen(path, "rb");

	if (!in) {
		perror(path);
		return -1;
	}
	while ((length = fread(bytes, 1, sizeof(bytes), in)) > 0)
		put_bytes(NULL, bytes, length, out);
	fclose(in);
	return 0;
}

static int put_chunk(FILE *out, const char *path)
{
	lua_State *L = luaL_newstate();
	int status = luaL_loadfile(L, path);

	if (status != LUA_OK)
		fprintf(stderr, "%s\n", lua_tostring(L, -1));
	else
		lua_dump(L, put_bytes, out, 1);
	lua_close(L);
	return status == LUA_OK ? 0 : -1;
}

/* Models are bytes, wherever they are. */
static int is_lua(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && strcmp(name + length - 4, ".lua") == 0;
}

static int put_entry(FILE *out, int index, const char *name)
{
	const char *equal = strchr(name, '=');
	const char *path = equal ? equal + 1 : name;
	int status;

	position = 0;
	fprintf(out, "static const unsigned char file_%d[] = {\n", index);
	if (strncmp(name, "stdlib/", 7) == 0 && is_lua(name))
		status = put_chunk(out, path);
	else
		status = put_file(out, path);
	fprintf(out, "0};\n");
	return status;
}

int main(int count, char **words)
{
	FILE *out = count > 1 ? fopen(words[1], "wb") : NULL;

	if (!out) {
		fprintf(stderr, "usage: embed OUT.c [NAME=FILE | FILE]...\n");
		return 2;
	}
	fprintf(out, "#include \"lua/embedded.h\"\n");
	for (int i = 2; i < count; i++) {
		if (put_entry(out, i, words[i]) != 0) {
			fclose(out);
			remove(words[1]);
			return 1;
		}
	}
	fprintf(out, "const struct embedded embedded_files[] = {\n");
	for (int i = 2; i < count; i++)
		fprintf(out, "{\"%.*s\", file_%d, sizeof(file_%d) - 1},\n",
			(int)strcspn(words[i], "="), words[i], i, i);
	fprintf(out, "{0, 0, 0}};\n");
	fprintf(out, "const unsigned embedded_count = %d;\n", count - 2);
	return fclose(out) == 0 ? 0 : 1;
}
