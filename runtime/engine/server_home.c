/* A server whose home was removed or moved away would serve nobody: it ends. */
#include <sys/stat.h>

#include "runtime/base/log.h"
#include "runtime/base/mem.h"
#include "runtime/engine/serving.h"
#include "runtime/loop/watch.h"

/* Is the file at `path` still the one that this server has locked? */
static bool is_ours(const struct serving *serving, const char *path)
{
	struct stat there, ours;

	return stat(path, &there) == 0 && fstat(serving->lock, &ours) == 0 &&
	       there.st_dev == ours.st_dev && there.st_ino == ours.st_ino;
}

static void on_change(void *context, const struct watch_event *event)
{
	struct serving *serving = context;
	char *path = mem_printf("%s/server.lock", serving->engine.home);

	(void)event;
	if (!serving->engine.stopping && !is_ours(serving, path)) {
		error_set(&serving->server->op.error, ERROR_NOT_FOUND,
			  "the home '%s' was removed or moved while it was "
			  "served",
			  serving->engine.home);
		serving_stop(serving, false);
	}
	mem_free(path);
}

void serving_watch_home(struct serving *serving)
{
	char *path = mem_printf("%s/server.lock", serving->engine.home);
	struct watch_options options = {
		.path = path,
		.changed = on_change,
		.context = serving,
	};
	struct error *err = NULL;

	serving->home_watch =
		watch_add(serving->engine.watcher, &options, &err);
	if (!serving->home_watch)
		engine_complain(err, "a removed home will not be seen");
	mem_free(path);
}
