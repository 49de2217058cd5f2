#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/loop/watch_parts.h"

static struct watch_dir **bucket(struct watcher *watcher, int number)
{
	return &watcher->dirs[(unsigned)number % WATCH_BUCKETS];
}

static bool is_known(struct watch *watch, int number)
{
	struct watch_dir *dir = *bucket(watch->watcher, number);

	while (dir && (dir->number != number || dir->watch != watch))
		dir = dir->next;
	return dir != NULL;
}

static int add_one(struct watch *watch, const char *path, struct error **err)
{
	struct watcher *watcher = watch->watcher;
	struct watch_dir *dir;
	int number = inotify_add_watch(
		watcher->fd, path,
		IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO |
			IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
			IN_EXCL_UNLINK);

	if (number < 0 && errno == ENOSPC)
		return error_set(err, ERROR_LIMIT,
				 "cannot watch '%s': the limit "
				 "fs.inotify.max_user_watches is reached",
				 path);
	if (number < 0)
		return error_set(
			err,
			errno == ENOENT || errno == ENOTDIR ? ERROR_NOT_FOUND
							    : ERROR_IO,
			"cannot watch '%s': %s", path, strerror(errno));
	if (is_known(watch, number))
		return 1;
	dir = mem_alloc(sizeof(*dir));
	dir->number = number;
	dir->path = mem_copy(path);
	dir->watch = watch;
	dir->next = *bucket(watcher, number);
	*bucket(watcher, number) = dir;
	return 0;
}

static bool is_directory(const char *path, const struct dirent *entry)
{
	struct stat info;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int add_entry(struct watch *watch, const char *path,
		     const struct dirent *entry, bool report,
		     struct error **err)
{
	struct error *own = NULL;
	char *below;
	int status = 0;

	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return 0;
	if (report)
		watch_note(watch, path, entry->d_name);
	below = path_join(path, entry->d_name);
	if (is_directory(below, entry))
		status = watch_tree_add(watch, below, report, &own);
	mem_free(below);
	if (status == 0)
		return 0;
	if (own->code != ERROR_NOT_FOUND)
		return error_move(err, own);
	error_free(own); /* removed while we looked */
	return 0;
}

int watch_tree_add(struct watch *watch, const char *path, bool report,
		   struct error **err)
{
	int status = add_one(watch, path, err);
	struct dirent *entry;
	DIR *dir;

	if (status != 0 || !watch->recursive)
		return status < 0 ? -1 : 0;
	/* Watched first, read second: nothing falls between. */
	dir = opendir(path);
	while (dir && status == 0 && (entry = readdir(dir)) != NULL)
		status = add_entry(watch, path, entry, report, err);
	if (dir)
		closedir(dir);
	return status;
}

static bool is_used(struct watcher *watcher, int number)
{
	struct watch_dir *dir = *bucket(watcher, number);

	while (dir && dir->number != number)
		dir = dir->next;
	return dir != NULL;
}

static bool is_meant(const struct watch_dir *dir, const struct watch *watch,
		     const char *path)
{
	return dir->watch == watch && (!path || path_inside(path, dir->path));
}

static void remove_from(struct watch *watch, struct watch_dir **link,
			const char *path)
{
	struct watcher *watcher = watch->watcher;

	while (*link) {
		struct watch_dir *dir = *link;

		if (!is_meant(dir, watch, path)) {
			link = &dir->next;
			continue;
		}
		*link = dir->next;
		if (!is_used(watcher, dir->number))
			inotify_rm_watch(watcher->fd, dir->number);
		mem_free(dir->path);
		mem_free(dir);
	}
}

void watch_tree_remove(struct watch *watch, const char *path)
{
	for (unsigned i = 0; i < WATCH_BUCKETS; i++)
		remove_from(watch, &watch->watcher->dirs[i], path);
}
