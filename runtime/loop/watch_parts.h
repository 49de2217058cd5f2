/* What the files of watch share. */
#pragma once

#include "runtime/base/map.h"
#include "runtime/loop/watch.h"

/* A directory of one watch. The kernel knows a directory by one number only,
 * however many watches have it. */
struct watch_dir {
	int number;
	char *path; /* owned */
	struct watch *watch;
	struct watch_dir *next; /* of the watcher */
};

enum { WATCH_BUCKETS = 256 };

struct watcher {
	uv_poll_t poll;
	int fd;
	struct watch_dir *dirs[WATCH_BUCKETS]; /* by number */
	struct watch *watches;
	bool closing;
};

struct watch {
	struct watcher *watcher;
	struct watch *next;
	char *path;   /* owned; the directory */
	char *name;   /* owned; only this file in it, or NULL */
	char *ignore; /* owned, or NULL */
	bool recursive;
	uint64_t delay;
	void (*changed)(void *context, const struct watch_event *event);
	void *context;
	uv_timer_t timer;
	struct map paths; /* that changed */
	bool rescan;
	bool gone;
	bool removed;
};

/* Watch a directory; with `report`, what is in it already counts as changed. */
int watch_tree_add(struct watch *watch, const char *path, bool report,
		   struct error **err);

/* Forget `path` and what is below it; NULL: everything of `watch`. */
void watch_tree_remove(struct watch *watch, const char *path);

/* Something happened to `name` (or to the directory, when NULL). */
void watch_note(struct watch *watch, const char *dir, const char *name);
