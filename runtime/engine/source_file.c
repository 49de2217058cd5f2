#include "runtime/engine/source_file.h"

#include <jansson.h>
#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/engine/recipes.h"
#include "runtime/store/events.h"
#include "runtime/text/glob.h"

#define PATHS_MAX 100 /* named in an event */
#define GATHER 50     /* ms: one save is several changes */

/* A trigger's watches, and what has changed since its last event. */
struct file_watch {
	struct file_source *files;
	int64_t recipe;
	uint32_t trigger;
	const struct trigger *rule; /* borrowed from the recipe's spec */
	struct watch **watches;
	size_t count;
	json_t *paths; /* set: keys are paths */
	uv_timer_t timer;
	bool gone;
	struct file_watch *next;
};

struct file_source {
	struct engine *engine;
	struct file_watch *first;
};

static void on_quiet(uv_timer_t *timer)
{
	struct file_watch *watch = timer->data;
	struct engine *engine = watch->files->engine;
	struct error *err = NULL;
	json_t *list = json_array();
	json_t *root = json_object();
	const char *path;
	json_t *one;
	char dedupe[96];
	char *payload;
	struct event_new event = {
		.kind = "file",
		.dedupe = dedupe,
		.recipe = watch->recipe,
		.trigger = watch->trigger,
	};

	json_object_foreach(watch->paths, path, one)
		json_array_append_new(list, json_string(path));
	json_object_set_new(root, "paths", list);
	payload = json_dumps(root, JSON_COMPACT);
	event.payload = payload;
	snprintf(dedupe, sizeof(dedupe), "file:%lld:%u:%lld",
		 (long long)watch->recipe, watch->trigger,
		 (long long)clock_now());
	if (event_add(engine->db, &event, &err) < 0) {
		engine_complain(err, "cannot record a change of files");
		uv_timer_start(timer, on_quiet, 1000, 0);
	} else {
		json_object_clear(watch->paths);
		engine_kick(engine, ENGINE_DECIDE);
	}
	free(payload); /* NOLINT: jansson allocates with malloc */
	json_decref(root);
}

static bool wanted(const struct file_watch *watch, const char *path)
{
	const struct strings *globs = &watch->rule->paths;

	return glob_list_match((const char *const *)globs->items, globs->count,
			       path, NULL);
}

static void on_change(void *context, const struct watch_event *event)
{
	struct file_watch *watch = context;
	bool any = event->rescan;

	for (size_t i = 0; i < event->count; i++) {
		if (!wanted(watch, event->paths[i]))
			continue;
		any = true;
		if (json_object_size(watch->paths) < PATHS_MAX)
			json_object_set_new(watch->paths, event->paths[i],
					    json_true());
	}
	if (any) /* each further change restarts the quiet period */
		uv_timer_start(&watch->timer, on_quiet,
			       watch->rule->quiet > GATHER
				       ? (uint64_t)watch->rule->quiet
				       : GATHER,
			       0);
}

/* The directory before the first wildcard; `*deep`: there is one. */
static char *base_of(const char *glob, bool *deep)
{
	size_t wild = strcspn(glob, "*?[{");
	char *part = mem_copy_n(glob, wild);
	char *dir;

	*deep = glob[wild] != '\0';
	if (*deep && strrchr(part, '/'))
		strrchr(part, '/')[1] = '\0';
	dir = path_clean(part[0] ? part : "/");
	mem_free(part);
	return dir;
}

static void add_watches(struct file_watch *watch)
{
	const struct strings *globs = &watch->rule->paths;

	watch->watches = mem_array(globs->count + 1, sizeof(struct watch *));
	for (size_t i = 0; i < globs->count; i++) {
		struct error *err = NULL;
		bool deep;
		char *base = base_of(globs->items[i], &deep);
		struct watch_options options = {
			.path = base,
			.recursive = deep && strstr(globs->items[i], "**"),
			.changed = on_change,
			.context = watch,
		};
		struct watch *added = NULL;

		if (globs->items[i][0] != '!')
			added = watch_add(watch->files->engine->watcher,
					  &options, &err);
		if (added)
			watch->watches[watch->count++] = added;
		else if (err)
			engine_complain(err, "cannot watch %s",
					globs->items[i]);
		mem_free(base);
	}
}

static void on_closed(uv_handle_t *handle)
{
	struct file_watch *watch = handle->data;

	engine_release(watch->files->engine);
	mem_free(watch->watches);
	json_decref(watch->paths);
	mem_free(watch);
}

static void stop(struct file_watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		watch_remove(watch->watches[i]);
	uv_close((uv_handle_t *)&watch->timer, on_closed);
}

static void forget(struct file_source *files, const struct recipe *recipe)
{
	struct file_watch **link = &files->first;

	while (*link) {
		struct file_watch *watch = *link;

		if (recipe && watch->recipe != recipe->id) {
			link = &watch->next;
			continue;
		}
		*link = watch->next;
		stop(watch);
	}
}

void files_update(struct file_source *files, struct recipe *recipe)
{
	if (recipe->watched)
		forget(files, recipe);
	recipe->watched = false;
	for (size_t i = 0; recipe->spec && i < recipe->spec->count; i++) {
		struct file_watch *watch;

		if (recipe->spec->triggers[i].kind != TRIGGER_FILE)
			continue;
		watch = mem_alloc(sizeof(*watch));
		watch->files = files;
		watch->recipe = recipe->id;
		watch->trigger = (uint32_t)i;
		watch->rule = &recipe->spec->triggers[i];
		watch->paths = json_object();
		uv_timer_init(files->engine->loop, &watch->timer);
		watch->timer.data = watch;
		engine_hold(files->engine);
		watch->next = files->first;
		files->first = watch;
		add_watches(watch);
		recipe->watched = true;
	}
}

struct file_source *files_open(struct engine *engine)
{
	struct file_source *files = mem_alloc(sizeof(*files));

	files->engine = engine;
	return files;
}

void files_close(struct file_source *files)
{
	forget(files, NULL);
}

void files_free(struct file_source *files)
{
	mem_free(files);
}
