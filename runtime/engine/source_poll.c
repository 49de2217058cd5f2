/*
 * Remote repositories: asked now and then, more often while something happens,
 * less often while they are down. An outage never disables one.
 */
#include <sys/stat.h>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/engine/recipes.h"
#include "runtime/engine/sources.h"

#define BREAKER 5 /* failures in a row after which it counts as down */
#define PROBE_MAX INT64_C(3600000) /* ms between two tries at most */

static void on_timer(uv_timer_t *timer);

/* Up to a tenth more or less, so that many do not ask at once. */
static int64_t scatter(const struct source *source, int64_t ms)
{
	uint64_t x = (uint64_t)source->id * 0x9e3779b97f4a7c15u ^
		     (uint64_t)clock_monotonic_us();

	x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
	return ms + (int64_t)(x >> 33) % (ms / 5 + 1) - ms / 10;
}

static int64_t next_delay(struct source *source, bool changed)
{
	const struct config *config = sources_engine(source->sources)->config;
	int64_t delay;

	if (source->failures > 0) {
		int64_t doublings = source->failures > 8 ? 8 : source->failures;

		delay = config->poll_min << doublings;
		return scatter(source, delay < PROBE_MAX ? delay : PROBE_MAX);
	}
	if (changed || source->interval == 0)
		source->interval = config->poll_min;
	else
		source->interval += source->interval / 2;
	if (source->interval > config->poll_max)
		source->interval = config->poll_max;
	return scatter(source, source->interval);
}

/* Write down how it went, for `repo ls` and a restarted server. */
static void note(struct source *source, const struct error *problem,
		 int64_t delay)
{
	struct error *err = NULL;
	char *text = problem ? error_text(problem) : NULL;
	int64_t now = clock_now();

	if (problem && source->failures == BREAKER)
		log_warn("repository '%s' is down: %s", source->name, text);
	if (db_run(sources_engine(source->sources)->db, &err,
		   "UPDATE repos SET polled = CASE WHEN ?1 IS NULL THEN ?2 ELSE"
		   " polled END, next_poll = ?3, failures = ?4, error = ?1"
		   " WHERE id = ?5",
		   "tiiii", text, now, now + delay, source->failures,
		   source->id) != 0)
		engine_complain(err, "cannot note a poll");
	mem_free(text);
}

static void on_polled(struct op *op)
{
	struct remote_job *job = (struct remote_job *)op;
	struct source *source = op->waiter;
	struct engine *engine = sources_engine(source->sources);
	struct error *err = NULL;
	int changed = 0;
	int64_t delay;

	source->job = NULL;
	if (!op->error && !source->gone) {
		changed = source_compare(source, &job->refs, !source->recorded,
					 &err);
		if (changed < 0)
			error_move(&op->error, err);
	}
	if (!source->gone) {
		source->failures = op->error ? source->failures + 1 : 0;
		if (!op->error && !source->recorded)
			recipes_look_at(engine->recipes, source);
		source->recorded = source->recorded || !op->error;
		delay = next_delay(source, changed > 0);
		note(source, op->error, delay);
		uv_timer_start(&source->timer, on_timer, (uint64_t)delay, 0);
	}
	if (op->release)
		op->release(op);
	error_free(op->error);
	mem_free(job);
	engine_release(engine);
}

static void on_timer(uv_timer_t *timer)
{
	struct source *source = timer->data;
	struct engine *engine = sources_engine(source->sources);
	char *dir = path_dir(source->dir);

	mkdir(dir, 0700);
	mem_free(dir);
	source->job = mem_alloc(sizeof(*source->job));
	source->job->work.op.done = on_polled;
	source->job->work.op.waiter = source;
	engine_hold(engine);
	remote_start(source->job, engine->loop, source->url, source->dir);
}

void source_poll_start(struct source *source)
{
	struct engine *engine = sources_engine(source->sources);
	int64_t next = db_number(engine->db, 0,
				 "SELECT next_poll FROM repos WHERE id = ?",
				 "i", source->id);
	int64_t now = clock_now();
	bool later = source->failures > 0 && next > now;

	uv_timer_init(engine->loop, &source->timer);
	source->timer.data = source;
	source->timed = true;
	engine_hold(engine);
	uv_timer_start(&source->timer, on_timer,
		       later ? (uint64_t)(next - now) : 0, 0);
}

static void on_closed(uv_handle_t *handle)
{
	struct source *source = handle->data;

	source->timed = false;
	engine_release(sources_engine(source->sources));
}

void source_poll_stop(struct source *source)
{
	if (source->job)
		source->job->work.op.cancel(&source->job->work.op);
	if (source->timed && !uv_is_closing((uv_handle_t *)&source->timer))
		uv_close((uv_handle_t *)&source->timer, on_closed);
}
