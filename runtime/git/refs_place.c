/* Where a repository keeps its refs: .git files, worktrees, bare ones. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/refs.h"

#define FILE_MAX_BYTES 4096 /* of .git files and commondir */

static bool is_dir(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The path in a one-line file, behind `label`, against `base`; or NULL. */
static char *read_path(const char *file, const char *label, const char *base)
{
	char line[FILE_MAX_BYTES];
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length;
	char *joined;
	char *clean;

	if (fd < 0)
		return NULL;
	length = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (length <= 0)
		return NULL;
	line[length] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (strncmp(line, label, strlen(label)) != 0)
		return NULL;
	joined = path_join(base, line + strlen(label));
	clean = path_clean(joined);
	mem_free(joined);
	return clean;
}

/* Has it what makes a folder a repository? Refs may be all packed. */
static bool is_repository(const char *dir, const char *common)
{
	struct stat info;
	char *head = path_join(dir, "HEAD");
	char *objects = path_join(common, "objects");
	bool found = lstat(head, &info) == 0 && is_dir(objects);

	mem_free(head);
	mem_free(objects);
	return found;
}

static char *common_of(const char *dir)
{
	char *file = path_join(dir, "commondir");
	char *common = read_path(file, "", dir);

	mem_free(file);
	return common ? common : mem_copy(dir);
}

static char *dir_of(const char *path, bool *bare)
{
	char *inner = path_join(path, ".git");
	char *dir = NULL;

	*bare = false;
	if (is_dir(inner))
		return inner;
	dir = read_path(inner, "gitdir: ", path);
	mem_free(inner);
	if (dir)
		return dir;
	*bare = true;
	return mem_copy(path);
}

int refs_locate(const char *path, struct refs_place *place, struct error **err)
{
	char *absolute = path_absolute(path);

	place->dir = dir_of(absolute, &place->bare);
	place->common = common_of(place->dir);
	mem_free(absolute);
	if (is_repository(place->dir, place->common))
		return 0;
	refs_place_release(place);
	if (!is_dir(path))
		return error_set(err, ERROR_NOT_FOUND,
				 "no repository '%s': no such folder", path);
	return error_set(err, ERROR_NOT_FOUND, "'%s' is not a git repository",
			 path);
}

void refs_place_release(struct refs_place *place)
{
	mem_free(place->dir);
	mem_free(place->common);
	memset(place, 0, sizeof(*place));
}
