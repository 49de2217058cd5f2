#include "runtime/loop/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/loop/watch_parts.h"

enum { EVENTS_SIZE = 64 * 1024 };

static void clear_paths(struct watch *watch)
{
	map_release(&watch->paths);
	map_init(&watch->paths);
	watch->rescan = watch->gone = false;
}

static void deliver(struct watch *watch)
{
	const char *paths[WATCH_MAX_PATHS];
	struct map_entry *entry;
	struct watch_event event = {.paths = paths};
	struct map map = watch->paths;
	size_t at = 0;

	while ((entry = map_next(&map, &at)) != NULL)
		paths[event.count++] = entry->key;
	event.rescan = watch->rescan;
	event.gone = watch->gone;
	map_init(&watch->paths); /* the callback may remove the watch */
	clear_paths(watch);
	watch->changed(watch->context, &event);
	map_release(&map);
}

static void on_timer(uv_timer_t *handle)
{
	deliver(handle->data);
}

static void later(struct watch *watch)
{
	if (!uv_is_active((uv_handle_t *)&watch->timer))
		uv_timer_start(&watch->timer, on_timer, watch->delay, 0);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text);
	size_t wanted = strlen(end);

	return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

void watch_note(struct watch *watch, const char *dir, const char *name)
{
	char *path;

	if (watch->removed)
		return;
	if (name && watch->name && strcmp(name, watch->name) != 0)
		return;
	if (name && watch->ignore && ends_with(name, watch->ignore))
		return;
	if (watch->paths.count >= WATCH_MAX_PATHS) {
		watch->rescan = true;
		return;
	}
	path = name ? path_join(dir, name) : mem_copy(dir);
	map_put(&watch->paths, path, watch);
	mem_free(path);
	later(watch);
}

static void lose(struct watcher *watcher)
{
	for (struct watch *each = watcher->watches; each; each = each->next) {
		if (each->removed)
			continue;
		each->rescan = true;
		/* Directories made meanwhile were missed. */
		if (each->recursive)
			watch_tree_remove(each, NULL);
		if (each->recursive &&
		    watch_tree_add(each, each->path, false, NULL) != 0)
			each->gone = true;
		later(each);
	}
}

static void enter_new(struct watch *watch, const char *dir, const char *name)
{
	char *path = path_join(dir, name);

	/* Too many watches: only a full look still finds changes there. */
	if (watch_tree_add(watch, path, true, NULL) != 0) {
		struct stat info;

		if (lstat(path, &info) == 0)
			watch->rescan = true;
		later(watch);
	}
	mem_free(path);
}

static void notice(struct watch_dir *dir, const struct inotify_event *event)
{
	struct watch *watch = dir->watch;
	const char *name = event->len ? event->name : NULL;
	bool self = event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED);
	bool is_root = strcmp(dir->path, watch->path) == 0;

	if (self && is_root && !watch->removed) {
		watch->gone = true;
		watch_note(watch, dir->path, NULL);
		later(watch);
	}
	if (self || !name)
		return;
	watch_note(watch, dir->path, name);
	if (!(event->mask & IN_ISDIR) || !watch->recursive)
		return;
	if (event->mask & (IN_MOVED_FROM | IN_DELETE)) {
		char *path = path_join(dir->path, name);

		watch_tree_remove(watch, path);
		mem_free(path);
	} else if (event->mask & (IN_CREATE | IN_MOVED_TO)) {
		enter_new(watch, dir->path, name);
	}
}

static void dispatch(struct watcher *watcher, const struct inotify_event *event)
{
	struct watch_dir **list =
		&watcher->dirs[(unsigned)event->wd % WATCH_BUCKETS];
	unsigned count = 0;
	unsigned i = 0;

	if (event->mask & IN_Q_OVERFLOW) {
		lose(watcher);
		return;
	}
	for (struct watch_dir *dir = *list; dir; dir = dir->next)
		count += dir->number == event->wd;
	/* Noticing adds in front and removes below: look each up anew. */
	while (i < count) {
		struct watch_dir *dir = *list;
		unsigned behind = count - i++;

		for (; dir; dir = dir->next)
			if (dir->number == event->wd && --behind == 0)
				break;
		if (dir)
			notice(dir, event);
	}
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
	_Alignas(struct inotify_event) char bytes[EVENTS_SIZE];
	struct watcher *watcher = handle->data;
	ssize_t length;

	(void)status;
	(void)events;
	while ((length = read(watcher->fd, bytes, sizeof(bytes))) > 0) {
		const char *at = bytes;

		while (at < bytes + length) {
			const struct inotify_event *event = (const void *)at;

			dispatch(watcher, event);
			at += sizeof(*event) + event->len;
		}
	}
}

struct watcher *watcher_open(uv_loop_t *loop, struct error **err)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	struct watcher *watcher;

	if (fd < 0) {
		error_set(err, ERROR_IO, "cannot watch files: %s",
			  strerror(errno));
		return NULL;
	}
	watcher = mem_alloc(sizeof(*watcher));
	watcher->fd = fd;
	watcher->poll.data = watcher;
	uv_poll_init(loop, &watcher->poll, fd);
	uv_poll_start(&watcher->poll, UV_READABLE, on_readable);
	uv_unref((uv_handle_t *)&watcher->poll);
	return watcher;
}

void watcher_hold(struct watcher *watcher, bool hold)
{
	if (hold)
		uv_ref((uv_handle_t *)&watcher->poll);
	else
		uv_unref((uv_handle_t *)&watcher->poll);
}

static void on_watcher_close(uv_handle_t *handle)
{
	struct watcher *watcher = handle->data;

	close(watcher->fd);
	mem_free(watcher);
}

void watcher_close(struct watcher *watcher)
{
	if (!watcher)
		return;
	while (watcher->watches)
		watch_remove(watcher->watches);
	uv_close((uv_handle_t *)&watcher->poll, on_watcher_close);
}

static void on_watch_close(uv_handle_t *handle)
{
	struct watch *watch = handle->data;

	map_release(&watch->paths);
	mem_free(watch->path);
	mem_free(watch->name);
	mem_free(watch->ignore);
	mem_free(watch);
}

void watch_remove(struct watch *watch)
{
	struct watch **link = &watch->watcher->watches;

	while (*link != watch)
		link = &(*link)->next;
	*link = watch->next;
	watch->removed = true;
	watch_tree_remove(watch, NULL);
	uv_close((uv_handle_t *)&watch->timer, on_watch_close);
}

struct watch *watch_add(struct watcher *watcher,
			const struct watch_options *options, struct error **err)
{
	struct watch *watch = mem_alloc(sizeof(*watch));
	struct stat info;

	watch->watcher = watcher;
	watch->path = path_clean(options->path);
	if (stat(watch->path, &info) != 0 || !S_ISDIR(info.st_mode)) {
		char *file = watch->path;

		watch->name = mem_copy(path_base(file));
		watch->path = path_dir(file);
		mem_free(file);
	}
	watch->ignore = mem_copy(options->ignore);
	watch->recursive = options->recursive && !watch->name;
	watch->delay = options->delay;
	watch->changed = options->changed;
	watch->context = options->context;
	map_init(&watch->paths);
	watch->timer.data = watch;
	uv_timer_init(watcher->poll.loop, &watch->timer);
	uv_unref((uv_handle_t *)&watch->timer);
	watch->next = watcher->watches;
	watcher->watches = watch;
	if (watch_tree_add(watch, watch->path, false, err) == 0)
		return watch;
	watch_remove(watch);
	return NULL;
}
