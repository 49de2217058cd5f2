#include "runtime/text/template/loader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/dir.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"

enum { LIST_DEPTH = 6, LIST_MAX = 2000 };

/* Jinja2's rule: no part is "..". Empty ones and "." are left out. */
static char *clean_name(const char *name)
{
	char *clean = mem_alloc(strlen(name) + 1);
	size_t length = 0;

	while (*name) {
		size_t part = strcspn(name, "/");
		bool up = part == 2 && memcmp(name, "..", 2) == 0;

		if (up || memchr(name, '\\', part)) {
			mem_free(clean);
			return NULL;
		}
		if (part > 0 && !(part == 1 && *name == '.')) {
			if (length > 0)
				clean[length++] = '/';
			memcpy(clean + length, name, part);
			length += part;
		}
		name += part;
		name += *name == '/';
	}
	clean[length] = '\0';
	return clean;
}

/*
 * Read `name` below `dir`: 1, 0 when it is not there or outside, or -1. Pipes
 * and devices, which could take for ever, are not there.
 */
static int load_below(const char *dir, const char *name, struct buf *source,
		      struct error **err)
{
	char *path = path_join(dir, name);
	char *real_dir = realpath(dir, NULL);
	char *real = realpath(path, NULL);
	int result = 0;

	if (real && real_dir && path_inside(real_dir, real) &&
	    file_is_plain(real)) {
		result = 1;
		if (file_read(real, source, err) != 0)
			result = -1;
	}
	if (!real && errno != ENOENT && errno != ENOTDIR && errno != ELOOP &&
	    errno != ENAMETOOLONG) {
		file_error(err, "read", path);
		result = -1;
	}
	mem_free(path);
	free(real_dir);
	free(real);
	return result;
}

static int load(void *context, const char *name, struct buf *source,
		struct error **err)
{
	const struct template_search *search = context;
	char *clean = clean_name(name);
	int result = 0;

	if (clean && *clean)
		for (const char *const *dir = search->dirs; *dir && result == 0;
		     dir++)
			result = load_below(*dir, clean, source, err);
	mem_free(clean);
	return result;
}

static void list(void *context, void (*each)(void *, const char *),
		 void *argument)
{
	const struct template_search *search = context;

	for (const char *const *dir = search->dirs; *dir; dir++)
		dir_each(*dir, LIST_DEPTH, LIST_MAX, each, argument);
}

struct template_loader loader_of(const struct template_search *search)
{
	return (struct template_loader){
		.context = (void *)search, .load = load, .list = list};
}
