#include "runtime/engine/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/mem.h"
#include "runtime/engine/chain.h"
#include "runtime/engine/decider.h"
#include "runtime/engine/notify.h"
#include "runtime/engine/queue.h"
#include "runtime/engine/recipes.h"
#include "runtime/engine/serving.h"
#include "runtime/engine/source_cron.h"
#include "runtime/engine/source_file.h"
#include "runtime/engine/sources.h"
#include "runtime/engine/specs.h"
#include "runtime/engine/supervisor.h"
#include "runtime/engine/sweeper.h"

#define LINGER 1000 /* ms until ends that nobody waits for are noted */

void engine_kick(struct engine *engine, unsigned due)
{
	engine->due |= due;
}

void engine_hold(struct engine *engine)
{
	engine->open++;
}

void engine_release(struct engine *engine)
{
	if (--engine->open == 0)
		engine->closed(engine);
}

void engine_complain(struct error *err, const char *format, ...)
{
	va_list args;
	char *what;
	char *why = err ? error_text(err) : mem_copy("unknown reason");

	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	log_error("%s: %s", what, why);
	mem_free(what);
	mem_free(why);
	error_free(err);
}

static void on_announce(uv_timer_t *timer)
{
	struct serving *serving = timer->data;

	if (chain_run(&serving->engine))
		uv_timer_start(timer, on_announce, 1, 0);
}

static void look_at_chains(struct serving *serving)
{
	if (serving->engine.listeners[TRIGGER_RUN] > 0) {
		if (chain_run(&serving->engine))
			engine_kick(&serving->engine, ENGINE_CHAIN);
	} else if (!uv_is_active((uv_handle_t *)&serving->announce)) {
		uv_timer_start(&serving->announce, on_announce, LINGER, 0);
	}
}

/* What callbacks have asked for, before the loop waits again. */
static void work_through(struct serving *serving)
{
	struct engine *engine = &serving->engine;

	for (int i = 0; i < 8 && engine->due && !engine->stopping; i++) {
		unsigned due = engine->due;

		engine->due = 0;
		if (due & ENGINE_CHAIN)
			look_at_chains(serving);
		if (due & ENGINE_DECIDE)
			decider_run(engine->decider);
		if (due & ENGINE_CANCEL)
			supervisor_cancel(engine->supervisor);
		if (due & ENGINE_QUEUE)
			queue_run(engine->queue);
	}
	if (serving->draining && supervisor_count(engine->supervisor) == 0 &&
	    db_number(engine->db, 0,
		      "SELECT count(*) FROM runs WHERE state = 'running'",
		      "") == 0) {
		serving->server->drained = true;
		serving_stop(serving, false);
	}
}

static void on_prepare(uv_prepare_t *prepare)
{
	work_through(prepare->data);
}

static void on_check(uv_check_t *check)
{
	work_through(check->data);
}

static void on_watchdog(uv_timer_t *timer)
{
	(void)timer;
	notify_send("WATCHDOG=1");
}

static void on_signal(void *context, int number)
{
	struct serving *serving = context;

	if (number == SIGHUP) {
		serving_reload(serving);
		return;
	}
	log_info("stopping: signal %d", number);
	serving_stop(serving, false);
}

static void on_closed(struct engine *engine)
{
	struct serving *serving = (struct serving *)engine;
	struct server *server = serving->server;

	if (engine->sweeper)
		sweeper_free(engine->sweeper);
	if (engine->sources)
		sources_free(engine->sources);
	if (engine->recipes)
		recipes_free(engine->recipes);
	if (engine->files)
		files_free(engine->files);
	if (engine->cron)
		cron_free(engine->cron);
	if (engine->decider)
		decider_free(engine->decider);
	if (engine->queue)
		queue_free(engine->queue);
	if (engine->supervisor)
		supervisor_free(engine->supervisor);
	zones_release(&engine->zones);
	db_close(engine->db);
	if (serving->lock >= 0)
		close(serving->lock);
	config_free(engine->config);
	mem_free(engine->home);
	mem_free(engine->exe);
	mem_free(serving->json);
	mem_free(serving->path);
	mem_free(serving);
	server->serving = NULL;
	server->op.done(&server->op);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct serving *serving = handle->data;

	engine_release(&serving->engine);
}

static void on_signals_closed(void *context)
{
	struct serving *serving = context;

	engine_release(&serving->engine);
}

static void close_handle(void *handle)
{
	uv_close(handle, on_handle_closed);
}

static void close_parts(struct serving *serving)
{
	struct engine *engine = &serving->engine;

	if (serving->config_reader)
		serving->config_reader->op.cancel(&serving->config_reader->op);
	if (serving->config_watch)
		watch_remove(serving->config_watch);
	if (serving->home_watch)
		watch_remove(serving->home_watch);
	sweeper_close(engine->sweeper);
	sources_close(engine->sources);
	recipes_close(engine->recipes);
	files_close(engine->files);
	cron_close(engine->cron);
	decider_close(engine->decider);
	queue_close(engine->queue);
	supervisor_close(engine->supervisor);
	specs_close(engine->specs);
	close_handle(&serving->prepare);
	close_handle(&serving->check);
	close_handle(&serving->watchdog);
	close_handle(&serving->announce);
	signal_watch_stop(&serving->signals, on_signals_closed);
	socket_server_close(serving->socket);
	watcher_close(engine->watcher);
}

void serving_stop(struct serving *serving, bool drain)
{
	struct engine *engine = &serving->engine;

	if (drain && !serving->draining) {
		serving->draining = true;
		db_run(engine->db, NULL,
		       "INSERT OR REPLACE INTO settings (key, value) VALUES"
		       " ('mode', 'drain')",
		       "");
		return;
	}
	if (++serving->stops > 1) {
		log_warn("stopping at once");
		_exit(1);
	}
	engine->stopping = true;
	notify_send("STOPPING=1");
	close_parts(serving);
}

/* One server a home, also when its socket was removed. */
static int take_lock(struct serving *serving, struct error **err)
{
	char *path = mem_printf("%s/server.lock", serving->engine.home);
	int status = 0;

	mkdir(serving->engine.home, 0700);
	serving->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (serving->lock < 0)
		status = error_set(err, ERROR_IO, "cannot open '%s': %s", path,
				   strerror(errno));
	else if (flock(serving->lock, LOCK_EX | LOCK_NB) != 0)
		status = error_set(err, ERROR_BUSY,
				   "a server for '%s' is running already",
				   serving->engine.home);
	mem_free(path);
	return status;
}

static void make_dirs(const char *home)
{
	static const char *const names[] = {"logs", "work", "repos"};

	for (size_t i = 0; i < 3; i++) {
		char *path = mem_printf("%s/%s", home, names[i]);

		mkdir(path, 0700);
		mem_free(path);
	}
}

static void start_handles(struct serving *serving)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	uv_loop_t *loop = serving->engine.loop;
	uint64_t interval = notify_interval();

	uv_prepare_init(loop, &serving->prepare);
	uv_check_init(loop, &serving->check);
	uv_timer_init(loop, &serving->watchdog);
	uv_timer_init(loop, &serving->announce);
	serving->prepare.data = serving;
	serving->check.data = serving;
	serving->watchdog.data = serving;
	serving->announce.data = serving;
	uv_prepare_start(&serving->prepare, on_prepare);
	uv_check_start(&serving->check, on_check);
	if (interval > 0)
		uv_timer_start(&serving->watchdog, on_watchdog, interval,
			       interval);
	serving->signals.callback = on_signal;
	serving->signals.context = serving;
	signal_watch_start(&serving->signals, loop, numbers, 3);
	serving->engine.open += 5;
}

static int open_store(struct serving *serving, struct error **err)
{
	struct engine *engine = &serving->engine;

	if (take_lock(serving, err) != 0)
		return -1;
	make_dirs(engine->home);
	engine->config = config_read(serving->json, err);
	if (!engine->config)
		return -1;
	engine->db = db_open(engine->home, DB_WRITE, err);
	if (!engine->db)
		return -1;
	engine->watcher = watcher_open(engine->loop, err);
	return engine->watcher ? 0 : -1;
}

int serving_open(struct serving *serving, struct error **err)
{
	struct engine *engine = &serving->engine;

	if (open_store(serving, err) != 0)
		return -1;
	engine->cron = cron_open(engine, err);
	if (!engine->cron || serving_listen(serving, err) != 0) {
		if (engine->cron)
			cron_close(engine->cron);
		watcher_close(engine->watcher);
		return -1;
	}
	engine->specs = specs_open(engine);
	engine->supervisor = supervisor_open(engine);
	engine->queue = queue_open(engine);
	engine->decider = decider_open(engine);
	engine->files = files_open(engine);
	engine->recipes = recipes_open(engine);
	engine->sources = sources_open(engine);
	engine->sweeper = sweeper_open(engine);
	start_handles(serving);
	serving->opened = true;
	supervisor_adopt(engine->supervisor);
	serving_configure(serving, NULL, NULL);
	serving_watch_config(serving);
	serving_watch_home(serving);
	engine_kick(engine, ENGINE_DECIDE | ENGINE_QUEUE | ENGINE_CHAIN |
				    ENGINE_CANCEL);
	log_info("serving %s", engine->home);
	notify_send("READY=1");
	return 0;
}

/* Starting must not call back: it happens in the loop's first round. */
static void on_start(uv_async_t *async)
{
	struct serving *serving = async->data;

	if (!serving->engine.stopping)
		serving_open(serving, &serving->server->op.error);
	uv_close((uv_handle_t *)async, on_handle_closed);
}

static void cancel(struct op *op)
{
	struct server *server = (struct server *)op;

	if (!server->serving || server->serving->engine.stopping)
		return;
	if (server->serving->opened)
		serving_stop(server->serving, false);
	else
		server->serving->engine.stopping = true;
}

void server_start(struct server *server, uv_loop_t *loop,
		  const struct server_options *options)
{
	struct serving *serving = mem_alloc(sizeof(*serving));

	server->op.cancel = cancel;
	server->serving = serving;
	serving->server = server;
	serving->lock = -1;
	serving->json = mem_copy(options->config);
	serving->path = mem_copy(options->path);
	serving->optional = options->optional;
	serving->engine.loop = loop;
	serving->engine.home = mem_copy(options->home);
	serving->engine.exe = mem_copy("/proc/self/exe");
	serving->engine.closed = on_closed;
	serving->engine.started = clock_now();
	zones_init(&serving->engine.zones);
	uv_async_init(loop, &serving->start, on_start);
	serving->start.data = serving;
	engine_hold(&serving->engine);
	uv_async_send(&serving->start);
}
