#include "runtime/engine/queue.h"

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/engine/supervisor.h"
#include "runtime/store/locks.h"
#include "runtime/store/runs.h"

#define AT_ONCE 256

struct queue {
	struct engine *engine;
	uv_timer_t timer; /* for runs that sleep, and leases of locks */
	int64_t newest;   /* of the runs that may replace others */
	int64_t marked;   /* runs up to this one know what they wait for */
};

/* Runs whose time has come go back into the queue. */
static int wake_sleepers(struct queue *queue, struct error **err)
{
	int64_t ids[AT_ONCE];
	int count = 0;
	struct db *db = queue->engine->db;
	struct rows *rows = db_query(db, err,
				     "SELECT id FROM runs WHERE state ="
				     " 'waiting' AND wake_at <= ? LIMIT 256",
				     "i", clock_now());

	while (rows && count < AT_ONCE && rows_next(rows, err) == 1)
		ids[count++] = rows_int(rows, 0);
	rows_close(rows);
	for (int i = 0; i < count; i++)
		if (run_requeue(db, ids[i], NULL, err) < 0)
			return -1;
	return rows ? 0 : -1;
}

static void on_timer(uv_timer_t *timer)
{
	struct queue *queue = timer->data;

	engine_kick(queue->engine, ENGINE_QUEUE);
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a == 0 || (b > 0 && b < a) ? b : a;
}

static void arm(struct queue *queue)
{
	struct db *db = queue->engine->db;
	int64_t now = clock_now();
	int64_t wake = db_number(db, 0,
				 "SELECT min(wake_at) FROM runs WHERE state ="
				 " 'waiting'",
				 "");
	int64_t at = sooner(wake, lock_next_lease(db));

	if (at == 0)
		uv_timer_stop(&queue->timer);
	else
		uv_timer_start(&queue->timer, on_timer,
			       at > now ? (uint64_t)(at - now) : 1, 0);
}

/* Those that were not looked at, in one statement. */
static void mark_rest(struct queue *queue)
{
	char *taken = supervisor_runs(queue->engine->supervisor);
	struct db *db = queue->engine->db;
	int64_t newest = db_number(db, 0, "SELECT max(id) FROM runs", "");
	char *reason;

	reason = mem_printf("a free place (limit %u)",
			    queue->engine->config->limit);
	db_run(db, NULL,
	       "UPDATE runs SET waits_for = ? WHERE id > ? AND state = 'queued'"
	       " AND waits_for IS NULL AND id NOT IN (SELECT value FROM"
	       " json_each(?))",
	       "tit", reason, queue->marked, taken);
	mem_free(reason);
	mem_free(taken);
	queue->marked = newest;
}

static bool taken(void *context, int64_t run)
{
	struct queue *queue = context;

	return supervisor_has(queue->engine->supervisor, run);
}

static int grant(struct queue *queue, struct error **err)
{
	struct engine *engine = queue->engine;
	int64_t runs[AT_ONCE];
	struct grant_options options = {
		.limit = engine->config->limit,
		.taken = taken,
		.context = queue,
		.pending = supervisor_pending(engine->supervisor),
	};
	int count = queue_grants(engine->db, &options, runs, AT_ONCE, err);

	for (int i = 0; i < count; i++)
		supervisor_start(engine->supervisor, runs[i]);
	if (options.left && db_number(engine->db, 0, "SELECT max(id) FROM runs",
				      "") > queue->marked)
		mark_rest(queue);
	return count;
}

/* What is written in one pass is one transaction; most write nothing. */
void queue_run(struct queue *queue)
{
	struct engine *engine = queue->engine;
	struct error *err = NULL;
	int asked;

	if (engine->stopping)
		return;
	asked = queue_supersede(engine->db, &queue->newest, &err);
	if (asked > 0)
		engine_kick(engine, ENGINE_CANCEL);
	if (asked < 0 || wake_sleepers(queue, &err) != 0 ||
	    (lock_next_lease(engine->db) > 0 &&
	     locks_wake(engine->db, &err) < 0) ||
	    (queue_mode(engine->db) == QUEUE_RUN && grant(queue, &err) < 0))
		engine_complain(err, "cannot look at the queue");
	arm(queue);
}

struct queue *queue_open(struct engine *engine)
{
	struct queue *queue = mem_alloc(sizeof(*queue));

	queue->engine = engine;
	queue->timer.data = queue;
	uv_timer_init(engine->loop, &queue->timer);
	engine_hold(engine);
	return queue;
}

static void on_closed(uv_handle_t *handle)
{
	struct queue *queue = handle->data;

	engine_release(queue->engine);
}

void queue_close(struct queue *queue)
{
	uv_close((uv_handle_t *)&queue->timer, on_closed);
}

void queue_free(struct queue *queue)
{
	mem_free(queue);
}
