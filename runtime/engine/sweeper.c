#include "runtime/engine/sweeper.h"

#include <ftw.h>
#include <stdio.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/loop/work.h"
#include "runtime/store/retention.h"

#define DAY INT64_C(86400000)
#define HOUR INT64_C(3600000)
#define BATCH 50

/* Files of some runs, removed on the thread pool. */
struct sweep {
	struct work work;
	struct sweeper *sweeper;
	char *home;
	int64_t runs[BATCH];
	int count;
	bool whole; /* the runs go, too; else their workspaces alone */
};

struct sweeper {
	struct engine *engine;
	struct retention retention;
	struct sweep *sweep; /* what is under way, or NULL */
	int64_t workspaces;  /* runs up to this one have none any more */
	uv_timer_t timer;
};

static int remove_entry(const char *path, const struct stat *stat, int type,
			struct FTW *place)
{
	(void)stat;
	(void)type;
	(void)place;
	remove(path);
	return 0;
}

static void remove_tree(const char *home, const char *room, int64_t run)
{
	char *path = mem_printf("%s/%s/%lld", home, room, (long long)run);

	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	mem_free(path);
}

static void run_sweep(struct work *work)
{
	struct sweep *sweep = (struct sweep *)work;

	for (int i = 0; i < sweep->count && !work_cancelled(work); i++) {
		remove_tree(sweep->home, "work", sweep->runs[i]);
		if (sweep->whole)
			remove_tree(sweep->home, "logs", sweep->runs[i]);
	}
}

static void go_on(struct sweeper *sweeper);

static void on_swept(struct op *op)
{
	struct sweep *sweep = (struct sweep *)op;
	struct sweeper *sweeper = sweep->sweeper;
	struct engine *engine = sweeper->engine;
	struct error *err = NULL;

	sweeper->sweep = NULL;
	if (!op->error && !engine->stopping) {
		if (sweep->whole && retention_delete(engine->db, sweep->runs,
						     sweep->count, &err) < 0)
			engine_complain(err, "cannot remove old runs");
		else
			go_on(sweeper);
	}
	error_free(op->error);
	mem_free(sweep->home);
	mem_free(sweep);
	engine_release(engine);
}

static struct sweep *new_sweep(struct sweeper *sweeper, bool whole)
{
	struct sweep *sweep = mem_alloc(sizeof(*sweep));

	sweep->sweeper = sweeper;
	sweep->whole = whole;
	return sweep;
}

/* Takes over `sweep`. */
static bool start(struct sweeper *sweeper, struct sweep *sweep)
{
	if (sweep->count <= 0) {
		mem_free(sweep);
		return false;
	}
	sweep->home = mem_copy(sweeper->engine->home);
	sweep->work.op.done = on_swept;
	sweeper->sweep = sweep;
	engine_hold(sweeper->engine);
	work_start(&sweep->work, sweeper->engine->loop, run_sweep);
	return true;
}

static bool sweep_runs(struct sweeper *sweeper)
{
	const struct config *config = sweeper->engine->config;
	struct error *err = NULL;

	sweeper->retention.keep = config->retention.runs;
	sweeper->retention.max_age = config->retention.days * DAY;
	sweeper->retention.now = clock_now();
	do {
		struct sweep *sweep = new_sweep(sweeper, true);

		sweep->count =
			retention_pick(&sweeper->retention, sweeper->engine->db,
				       sweep->runs, BATCH, &err);
		if (sweep->count < 0)
			engine_complain(err, "cannot look for old runs");
		if (start(sweeper, sweep))
			return true;
	} while (!err && retention_more(&sweeper->retention));
	return false;
}

static bool sweep_workspaces(struct sweeper *sweeper)
{
	const struct config *config = sweeper->engine->config;
	struct sweep *sweep = new_sweep(sweeper, false);
	struct rows *rows;

	if (config->retention.workspaces == 0) {
		mem_free(sweep);
		return false;
	}
	rows = db_query(sweeper->engine->db, NULL,
			"SELECT id FROM runs WHERE id > ? AND finished < ? AND"
			" workspace NOT NULL ORDER BY id LIMIT 50",
			"ii", sweeper->workspaces,
			clock_now() - config->retention.workspaces * DAY);
	while (rows && sweep->count < BATCH && rows_next(rows, NULL) == 1)
		sweep->runs[sweep->count++] = rows_int(rows, 0);
	rows_close(rows);
	if (sweep->count > 0)
		sweeper->workspaces = sweep->runs[sweep->count - 1];
	return start(sweeper, sweep);
}

static void on_hour(uv_timer_t *timer)
{
	go_on(timer->data);
}

static void go_on(struct sweeper *sweeper)
{
	const struct config *config = sweeper->engine->config;
	int64_t days = config->retention.days;

	if (!config->retention.off) {
		if (sweep_runs(sweeper) || sweep_workspaces(sweeper))
			return;
		if (days > 0)
			retention_events(&sweeper->retention,
					 sweeper->engine->db,
					 clock_now() - days * DAY, 1000, NULL);
	}
	uv_timer_start(&sweeper->timer, on_hour, HOUR, 0);
}

struct sweeper *sweeper_open(struct engine *engine)
{
	struct sweeper *sweeper = mem_alloc(sizeof(*sweeper));

	sweeper->engine = engine;
	sweeper->timer.data = sweeper;
	uv_timer_init(engine->loop, &sweeper->timer);
	uv_timer_start(&sweeper->timer, on_hour, 2000, 0);
	engine_hold(engine);
	return sweeper;
}

static void on_closed(uv_handle_t *handle)
{
	struct sweeper *sweeper = handle->data;

	engine_release(sweeper->engine);
}

void sweeper_close(struct sweeper *sweeper)
{
	if (sweeper->sweep)
		sweeper->sweep->work.op.cancel(&sweeper->sweep->work.op);
	uv_close((uv_handle_t *)&sweeper->timer, on_closed);
}

void sweeper_free(struct sweeper *sweeper)
{
	retention_release(&sweeper->retention);
	mem_free(sweeper);
}
