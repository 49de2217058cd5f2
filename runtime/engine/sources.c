#include "runtime/engine/sources.h"

#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/engine/recipes.h"

#define RETRY 2000 /* ms between looks for a repository that is gone */

struct sources {
	struct engine *engine;
	struct source *first;
};

struct source *source_get(const struct sources *sources, int64_t id)
{
	struct source *source = sources->first;

	while (source && (source->id != id || source->gone))
		source = source->next;
	return source;
}

struct source *sources_first(const struct sources *sources)
{
	return sources->first;
}

struct engine *sources_engine(const struct sources *sources)
{
	return sources->engine;
}

static void await_return(struct source *source);

static void unwatch(struct source *source)
{
	if (source->watch_dir)
		watch_remove(source->watch_dir);
	if (source->watch_refs)
		watch_remove(source->watch_refs);
	source->watch_dir = NULL;
	source->watch_refs = NULL;
}

static void on_noise(void *context, const struct watch_event *event)
{
	struct source *source = context;

	if (!event->gone) {
		source_look(source);
		return;
	}
	log_warn("repository '%s' is gone from %s", source->name, source->url);
	unwatch(source);
	await_return(source);
}

/* HEAD and packed-refs are renamed into the directory, tips below refs/. */
static void watch(struct source *source)
{
	struct engine *engine = source->sources->engine;
	struct error *err = NULL;
	char *refs = path_join(source->place.common, "refs");
	struct watch_options options = {
		.path = source->place.common,
		.ignore = ".lock",
		.changed = on_noise,
		.context = source,
	};

	source->watch_dir = watch_add(engine->watcher, &options, &err);
	options.path = refs;
	options.recursive = true;
	if (source->watch_dir)
		source->watch_refs = watch_add(engine->watcher, &options, &err);
	if (!source->watch_refs)
		engine_complain(err, "cannot watch repository '%s'",
				source->name);
	mem_free(refs);
}

/* It may have been made again at its place: then all of it counts as new. */
static void on_retry(uv_timer_t *timer)
{
	struct source *source = timer->data;
	struct refs_place place = {0};

	if (refs_locate(source->dir, &place, NULL) != 0)
		return;
	uv_timer_stop(timer);
	refs_place_release(&source->place);
	source->place = place;
	log_info("repository '%s' is back at %s", source->name, source->url);
	watch(source);
	source_look(source);
	if (!source->watch_refs) { /* it is still being made, or gone again */
		unwatch(source);
		await_return(source);
	}
}

/* The timer stays open until the source is stopped. */
static void await_return(struct source *source)
{
	struct engine *engine = source->sources->engine;

	if (!source->timed) {
		uv_timer_init(engine->loop, &source->timer);
		source->timer.data = source;
		source->timed = true;
		engine_hold(engine);
	}
	uv_timer_start(&source->timer, on_retry, RETRY, RETRY);
}

static void start_local(struct source *source)
{
	struct error *err = NULL;

	if (refs_locate(source->dir, &source->place, &err) != 0) {
		engine_complain(err, "cannot find repository '%s'",
				source->name);
		await_return(source);
		return;
	}
	watch(source);
	source_look(source);
}

static void source_free(struct source *source)
{
	mem_free(source->name);
	mem_free(source->url);
	mem_free(source->recipe);
	mem_free(source->dir);
	mem_free(source->head);
	refs_place_release(&source->place);
	mem_free(source);
}

/* In the row: id, name, url, remote, recipe, failures, recorded. */
static struct source *source_new(struct sources *sources, struct rows *row)
{
	struct source *source = mem_alloc(sizeof(*source));

	source->sources = sources;
	source->id = rows_int(row, 0);
	source->name = mem_copy(rows_text(row, 1));
	source->url = mem_copy(rows_text(row, 2));
	source->remote = rows_int(row, 3) != 0;
	source->recipe = mem_copy(rows_text(row, 4));
	source->failures = rows_int(row, 5);
	source->recorded = rows_int(row, 6) != 0;
	source->dir = source->remote ? mem_printf("%s/repos/%lld.git",
						  sources->engine->home,
						  (long long)source->id)
				     : mem_copy(source->url);
	return source;
}

static struct source *find_same(struct sources *sources, struct rows *row)
{
	struct source *source = source_get(sources, rows_int(row, 0));

	if (source && strcmp(source->url, rows_text(row, 2)) == 0 &&
	    strcmp(source->recipe, rows_text(row, 4)) == 0)
		return source;
	return NULL;
}

static void stop(struct source *source)
{
	source->gone = true;
	unwatch(source);
	source_poll_stop(source);
}

/* What is gone is freed when nothing of it runs any more. */
static void collect(struct sources *sources)
{
	struct source **link = &sources->first;

	while (*link) {
		struct source *source = *link;

		if (source->gone && !source->busy && !source->job &&
		    !source->timed) {
			*link = source->next;
			source_free(source);
		} else {
			link = &source->next;
		}
	}
}

/* What the table has and we do not, as a list; the rest is not gone. */
static struct source *read_table(struct sources *sources, struct rows *rows)
{
	struct source *added = NULL;

	while (rows_next(rows, NULL) == 1) {
		struct source *source = sources->first;

		while (source && source->id != rows_int(rows, 0))
			source = source->next;
		if (source)
			source->gone = false;
		if (find_same(sources, rows))
			continue;
		source = source_new(sources, rows);
		source->next = added;
		added = source;
	}
	return added;
}

static void add(struct sources *sources, struct source *source)
{
	struct source *same = source_get(sources, source->id);

	if (same) /* its address or recipe has changed */
		stop(same);
	source->next = sources->first;
	sources->first = source;
	if (source->remote)
		source_poll_start(source);
	else
		start_local(source);
	recipes_look_at(sources->engine->recipes, source);
}

void sources_reload(struct sources *sources)
{
	static const char sql[] =
		"SELECT id, name, url, remote, recipe, failures, EXISTS (SELECT"
		" 1 FROM refs WHERE repo = repos.id) OR polled IS NOT NULL"
		" FROM repos";
	struct source *added;
	struct rows *rows = db_query(sources->engine->db, NULL, sql, "");

	if (!rows)
		return;
	for (struct source *source = sources->first; source;
	     source = source->next)
		source->gone = true;
	added = read_table(sources, rows);
	rows_close(rows);
	for (struct source *source = sources->first; source;
	     source = source->next)
		if (source->gone)
			stop(source);
	while (added) {
		struct source *source = added;

		added = source->next;
		add(sources, source);
	}
	collect(sources);
}

struct sources *sources_open(struct engine *engine)
{
	struct sources *sources = mem_alloc(sizeof(*sources));

	sources->engine = engine;
	return sources;
}

void sources_close(struct sources *sources)
{
	for (struct source *source = sources->first; source;
	     source = source->next)
		stop(source);
}

void sources_free(struct sources *sources)
{
	struct source *next;

	for (struct source *source = sources->first; source; source = next) {
		next = source->next;
		source_free(source);
	}
	mem_free(sources);
}
