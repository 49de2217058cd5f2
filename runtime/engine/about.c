#include "runtime/engine/about.h"

#include <git2.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stddef.h>
#include <uv.h>

#define TEXT(x) #x
#define DOTTED(a, b, c) TEXT(a) "." TEXT(b) "." TEXT(c)

const struct about_library about_libraries[] = {
	{"libgit2", LIBGIT2_VERSION},
	{"libuv", DOTTED(UV_VERSION_MAJOR, UV_VERSION_MINOR, UV_VERSION_PATCH)},
	{"sqlite", SQLITE_VERSION},
	{"jansson", JANSSON_VERSION},
	{NULL, NULL},
};
