/* The configuration: at start, when its file changes, on SIGHUP and reload. */
#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/engine/notify.h"
#include "runtime/engine/recipes.h"
#include "runtime/engine/serving.h"
#include "runtime/engine/sources.h"
#include "runtime/engine/supervisor.h"
#include "runtime/engine/tips.h"
#include "runtime/store/settings.h"

void serving_add_repos(struct serving *serving)
{
	struct engine *engine = &serving->engine;

	for (size_t i = 0; i < engine->config->repo_count; i++) {
		const struct config_repo *repo = &engine->config->repos[i];
		struct error *err = NULL;

		if (db_begin(engine->db, &err) != 0 ||
		    db_run(engine->db, &err,
			   "INSERT OR IGNORE INTO repos (name, url, remote,"
			   " recipe, added) VALUES (?, ?, ?, ?, ?)",
			   "ttiti", repo->name, repo->url,
			   (int64_t)repo->remote,
			   repo->recipe ? repo->recipe : "tidemill.lua",
			   clock_now()) != 0) {
			engine_complain(err, "cannot add repository '%s'",
					repo->name);
			continue;
		}
		if (db_changes(engine->db) > 0 && !repo->remote)
			tips_record_in(engine->db, db_last_id(engine->db),
				       repo->url, NULL);
		if (db_commit(engine->db, &err) != 0)
			engine_complain(err, "cannot add repository '%s'",
					repo->name);
	}
}

/* Runners read these settings; nothing is written when nothing changed. */
static void tell(struct db *db, const char *key, const char *value)
{
	char *former = setting_get(db, key);

	if (!former != !value || (value && strcmp(former, value) != 0))
		setting_set(db, key, value, NULL);
	mem_free(former);
}

static void tell_runners(struct engine *engine)
{
	int64_t cap = engine->config->retention.log_bytes;
	char *bytes = cap > 0 ? mem_printf("%lld", (long long)cap) : NULL;

	tell(engine->db, "secrets", engine->config->secrets);
	tell(engine->db, "log_bytes", bytes);
	mem_free(bytes);
}

/* With NULL: what was read at the start. */
int serving_configure(struct serving *serving, const char *json,
		      struct error **err)
{
	struct engine *engine = &serving->engine;

	if (json) {
		struct config *config = config_read(json, err);

		if (!config)
			return -1;
		config_free(engine->config);
		engine->config = config;
	}
	tell_runners(engine);
	supervisor_configure(engine->supervisor);
	serving_add_repos(serving);
	sources_reload(engine->sources);
	recipes_reload(engine->recipes);
	engine_kick(engine, ENGINE_DECIDE | ENGINE_QUEUE);
	return 0;
}

static void complain(const struct proc *proc)
{
	const char *text = proc->err.captured.data;
	size_t length = proc->err.captured.length;

	while (length > 0 && text[length - 1] == '\n')
		length--;
	log_error("the old configuration is kept: %.*s", (int)length,
		  text ? text : "");
}

static void on_read(struct op *op)
{
	struct proc *proc = (struct proc *)op;
	struct serving *serving = op->waiter;
	struct engine *engine = &serving->engine;
	struct error *err = NULL;

	serving->config_reader = NULL;
	if (engine->stopping || op->error)
		;
	else if (proc->status != 0)
		complain(proc);
	else if (serving_configure(serving, proc->out.captured.data, &err) != 0)
		engine_complain(err, "the old configuration is kept");
	else
		log_info("configuration read");
	if (!engine->stopping)
		notify_send("READY=1");
	if (op->release)
		op->release(op);
	error_free(op->error);
	mem_free(proc);
	if (serving->reread && !engine->stopping)
		serving_reload(serving);
	engine_release(engine);
}

/* Lua is read by a child, as a recipe is: it cannot stop the server. */
void serving_reload(struct serving *serving)
{
	const char *argv[] = {
		serving->engine.exe,  "--data",
		serving->engine.home, "serve",
		"--print-config",     serving->optional ? NULL : "--config",
		serving->path,        NULL};
	struct proc_options options = {
		.argv = argv, .timeout = 10000, .grace = 100};

	serving->reread = serving->config_reader != NULL;
	if (serving->reread)
		return;
	notify_send("RELOADING=1");
	serving->config_reader = mem_alloc(sizeof(struct proc));
	serving->config_reader->op.done = on_read;
	serving->config_reader->op.waiter = serving;
	engine_hold(&serving->engine);
	proc_start(serving->config_reader, serving->engine.loop, &options);
}

static void on_change(void *context, const struct watch_event *event)
{
	struct serving *serving = context;

	for (size_t i = 0; i < event->count; i++)
		if (strcmp(path_base(event->paths[i]),
			   path_base(serving->path)) == 0) {
			serving_reload(serving);
			return;
		}
}

void serving_watch_config(struct serving *serving)
{
	struct watch_options options = {
		.path = serving->path,
		.delay = 100,
		.changed = on_change,
		.context = serving,
	};
	struct error *err = NULL;

	serving->config_watch =
		watch_add(serving->engine.watcher, &options, &err);
	if (!serving->config_watch)
		engine_complain(err, "changes of %s will not be seen",
				serving->path);
}
