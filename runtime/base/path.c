#include "runtime/base/path.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/mem.h"

bool path_is_absolute(const char *path)
{
	return path[0] == '/';
}

char *path_join(const char *dir, const char *name)
{
	size_t length = strlen(dir);

	if (path_is_absolute(name) || length == 0)
		return mem_copy(name);
	return mem_printf("%s%s%s", dir, dir[length - 1] == '/' ? "" : "/",
			  name);
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *path_extension(const char *path)
{
	const char *base = path_base(path);
	const char *dot = strrchr(base, '.');

	return dot && dot != base ? dot : base + strlen(base);
}

char *path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_copy(".");
	if (slash == path)
		return mem_copy("/");
	return mem_copy_n(path, (size_t)(slash - path));
}

/* Drop the last part of `out`; returns false when there is none to drop. */
static bool drop_part(char *out, size_t *length, size_t floor)
{
	size_t end = *length;

	while (end > floor && out[end - 1] != '/')
		end--;
	if (end == *length || strcmp(out + end, "..") == 0)
		return false;
	*length = end > floor ? end - 1 : floor;
	out[*length] = '\0';
	return true;
}

char *path_clean(const char *path)
{
	char *out = mem_alloc(strlen(path) + 2);
	size_t floor = path_is_absolute(path) ? 1 : 0;
	size_t length = floor;

	if (floor)
		out[0] = '/';
	while (*path) {
		size_t part = strcspn(path, "/");

		if (part == 2 && memcmp(path, "..", 2) == 0 &&
		    (drop_part(out, &length, floor) || floor)) {
			part = 2; /* eaten, or the root's parent: the root */
		} else if (part && !(part == 1 && path[0] == '.')) {
			if (length > floor)
				out[length++] = '/';
			memcpy(out + length, path, part);
			length += part;
			out[length] = '\0';
		}
		path += part;
		path += strspn(path, "/");
	}
	if (length == 0)
		out[length++] = '.';
	out[length] = '\0';
	return out;
}

char *path_absolute(const char *path)
{
	char *here = path_is_absolute(path) ? NULL : getcwd(NULL, 0);
	char *joined = path_join(here ? here : "/", path);
	char *clean = path_clean(joined);

	mem_free(here);
	mem_free(joined);
	return clean;
}

bool path_inside(const char *dir, const char *path)
{
	size_t length = strlen(dir);

	if (strncmp(dir, path, length) != 0)
		return false;
	return path[length] == '\0' || path[length] == '/' ||
	       (length && dir[length - 1] == '/');
}
