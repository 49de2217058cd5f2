/* Watching files and directories for changes, by inotify. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "runtime/base/error.h"

struct watcher; /* one inotify instance: a process needs one */
struct watch;   /* one watched path */

/*
 * What changed since the last call. `paths` are complete (the watched path and
 * what is below it), each once, borrowed for the call. With `rescan`, changes
 * were lost (the kernel's queue or WATCH_MAX_PATHS overflowed): look at
 * everything. With `gone`, the watched directory itself was removed or moved:
 * nothing more will be reported, remove the watch (and add it again later).
 */
struct watch_event {
	const char *const *paths;
	size_t count;
	bool rescan;
	bool gone;
};

#define WATCH_MAX_PATHS 256

struct watch_options {
	const char *path;   /* a directory, or a file that may not exist yet */
	bool recursive;     /* directories below it too, also new ones */
	const char *ignore; /* names that end so do not count: ".lock"; NULL */
	uint64_t delay;     /* gather changes for so long (ms); 0: one batch */
	void (*changed)(void *context, const struct watch_event *event);
	void *context;
};

/* Does not keep the loop alive. Fails with ERROR_IO. */
struct watcher *watcher_open(uv_loop_t *loop, struct error **err);

/* Keep the loop alive, because somebody waits for changes; or no longer. */
void watcher_hold(struct watcher *watcher, bool hold);

/* Removes its watches; the memory goes when the loop has run. NULL is fine. */
void watcher_close(struct watcher *watcher);

/*
 * Fails with ERROR_NOT_FOUND when the directory (of the file) does not exist,
 * ERROR_LIMIT when the kernel allows no more watches. Strings are copied.
 */
struct watch *watch_add(struct watcher *watcher,
			const struct watch_options *options,
			struct error **err);

/* Allowed from its own callback too. */
void watch_remove(struct watch *watch);
