#include "runtime/engine/source_cron.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/mem.h"
#include "runtime/engine/recipes.h"
#include "runtime/engine/schedule.h"
#include "runtime/store/events.h"

#define MISSED_AFTER 60000 /* ms late that count as missed, not as slow */
#define CATCH_UP 1000      /* missed times that are caught up at most */
#define BATCH 16384        /* events a transaction */

struct cron_source {
	struct engine *engine;
	struct schedule_heap heap;
	int timer; /* timerfd of the wall clock, woken when that is set */
	uv_poll_t poll;
	int64_t armed; /* for when; 0: for nothing */
};

static void arm(struct cron_source *cron)
{
	struct schedule *first = schedule_first(&cron->heap);
	int64_t at = first ? first->fires : 0;
	struct itimerspec when = {
		.it_value = {at / 1000, at % 1000 * 1000000},
	};

	if (at == cron->armed)
		return;
	cron->armed = at;
	timerfd_settime(cron->timer,
			TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when,
			NULL);
}

static struct trigger *trigger_of(struct cron_source *cron,
				  const struct schedule *schedule,
				  struct recipe **recipe)
{
	*recipe = recipe_get(cron->engine->recipes, schedule->recipe);
	return &(*recipe)->spec->triggers[schedule->trigger];
}

static int64_t add_event(struct cron_source *cron,
			 const struct schedule *schedule, int64_t time,
			 struct error **err)
{
	char dedupe[96];
	char payload[48];
	struct event_new event = {
		.kind = schedule->every ? "interval" : "cron",
		.dedupe = dedupe,
		.recipe = schedule->recipe,
		.trigger = schedule->trigger,
		.payload = payload,
	};

	snprintf(dedupe, sizeof(dedupe), "cron:%lld:%u:%lld",
		 (long long)schedule->recipe, schedule->trigger,
		 (long long)time);
	snprintf(payload, sizeof(payload), "{\"time\":%lld}", (long long)time);
	return event_add(cron->engine->db, &event, err);
}

/* An event that says why nothing came of it. */
static int add_skipped(struct cron_source *cron,
		       const struct schedule *schedule, int64_t time,
		       const char *reason, struct error **err)
{
	struct decision decision = {
		.recipe = schedule->recipe,
		.trigger = schedule->trigger,
		.verdict = "skipped",
		.reason = reason,
	};

	decision.event = add_event(cron, schedule, time, err);
	if (decision.event <= 0)
		return (int)decision.event;
	if (decision_add(cron->engine->db, &decision, err) != 0 ||
	    event_done(cron->engine->db, decision.event, NULL, err) < 0)
		return -1;
	return 0;
}

/* The times from schedule->next to now: all, the last one, or none. */
static int catch_up(struct cron_source *cron, struct schedule *schedule,
		    int64_t now, struct error **err)
{
	struct recipe *recipe;
	const struct trigger *trigger = trigger_of(cron, schedule, &recipe);
	int64_t oldest = trigger->max_late >= 0 ? now - trigger->max_late : 0;
	int64_t last = 0;
	int64_t late = 0;
	int64_t count = 0;

	for (int64_t at = schedule->next; at != CRON_NEVER && at <= now;
	     at = schedule_after(schedule, at)) {
		if (at < oldest) {
			late = at;
			continue;
		}
		last = at;
		if (trigger->missed == MISSED_ALL && ++count <= CATCH_UP &&
		    add_event(cron, schedule, at, err) < 0)
			return -1;
	}
	if (count > CATCH_UP)
		log_warn("%s: %lld missed times, the first %d were caught up",
			 recipe->path, (long long)count, CATCH_UP);
	if (last == 0)
		return add_skipped(cron, schedule, late,
				   "missed, and later than max_late allows",
				   err);
	if (trigger->missed == MISSED_SKIP)
		return add_skipped(cron, schedule, last,
				   "missed while no server ran (missed ="
				   " \"skip\")",
				   err);
	if (trigger->missed == MISSED_ONCE)
		return add_event(cron, schedule, last, err) < 0 ? -1 : 0;
	return 0;
}

static int fire(struct cron_source *cron, struct schedule *schedule,
		int64_t now, struct error **err)
{
	if (schedule->next < cron->engine->started ||
	    now - schedule->fires > MISSED_AFTER)
		return catch_up(cron, schedule, now, err);
	return add_event(cron, schedule, schedule->next, err) < 0 ? -1 : 0;
}

/* The next time, in memory and in its row. */
static int move_on(struct cron_source *cron, struct schedule *schedule,
		   int64_t now, struct error **err)
{
	int64_t last = schedule->next;
	int64_t next = schedule_after(schedule, now > last ? now : last);

	schedule_set(schedule, next == CRON_NEVER ? INT64_MAX / 2 : next);
	schedule_moved(&cron->heap, schedule);
	return db_run(cron->engine->db, err,
		      "UPDATE schedules SET next_at = ?, last_at = ? WHERE"
		      " recipe = ? AND trigger = ?",
		      "iiii", schedule->next, last, schedule->recipe,
		      (int64_t)schedule->trigger);
}

/*
 * Events first, all of them, then the rows of their schedules: who is last of
 * ten thousand waits for half as many statements.
 */
static int fire_due(struct cron_source *cron, struct error **err)
{
	struct schedule **due = mem_array(BATCH, sizeof(struct schedule *));
	size_t count = 0;
	int64_t now = clock_now();
	struct schedule *first;
	int status = db_begin(cron->engine->db, err);

	while (status == 0 && count < BATCH &&
	       (first = schedule_first(&cron->heap)) && first->fires <= now) {
		status = fire(cron, first, now, err);
		schedule_remove(&cron->heap, first);
		due[count++] = first;
	}
	for (size_t i = 0; i < count; i++) {
		schedule_put(&cron->heap, due[i]);
		if (status == 0)
			status = move_on(cron, due[i], now, err);
	}
	mem_free(due);
	if (status != 0) {
		db_rollback(cron->engine->db);
		return -1;
	}
	return db_commit(cron->engine->db, err) != 0 ? -1 : (int)count;
}

static void run(struct cron_source *cron)
{
	struct error *err = NULL;
	int count;

	do {
		count = fire_due(cron, &err);
	} while (count == BATCH);
	if (count < 0) {
		/* Try again in a second: the disk may be full for a while. */
		struct itimerspec soon = {.it_value = {1, 0}};

		engine_complain(err, "cannot record what the clock says");
		timerfd_settime(cron->timer, 0, &soon, NULL);
		cron->armed = -1;
	} else {
		arm(cron);
	}
	engine_kick(cron->engine, ENGINE_DECIDE);
}

static void on_timer(uv_poll_t *poll, int status, int events)
{
	struct cron_source *cron = poll->data;
	uint64_t ticks;

	(void)status;
	(void)events;
	/* ECANCELED: somebody has set the clock. Then all is compared anew. */
	if (read(cron->timer, &ticks, sizeof(ticks)) < 0 && errno == EAGAIN)
		return;
	cron->armed = -1;
	run(cron);
}

static int set_up(struct cron_source *cron, struct schedule *schedule,
		  const struct trigger *trigger, struct error **err)
{
	schedule->jitter = (uint32_t)trigger->jitter;
	if (trigger->kind == TRIGGER_INTERVAL) {
		schedule->every = trigger->every;
		return 0;
	}
	if (cron_parse(&schedule->cron, trigger->expr, err) != 0)
		return -1;
	return zones_get(&cron->engine->zones, trigger->tz, &schedule->zone,
			 err);
}

/* Where it goes on: at its row's time if its definition is still the same. */
static int64_t first_time(struct cron_source *cron, struct schedule *schedule,
			  const char *source)
{
	int64_t now = clock_now();
	int64_t next = db_number(cron->engine->db, 0,
				 "SELECT next_at FROM schedules WHERE recipe ="
				 " ? AND trigger = ? AND source = ?",
				 "iit", schedule->recipe,
				 (int64_t)schedule->trigger, source);

	if (next > 0)
		return next;
	schedule->next = now;
	next = schedule->every ? now + schedule->every
			       : schedule_after(schedule, now);
	if (next == CRON_NEVER)
		next = INT64_MAX / 2;
	db_run(cron->engine->db, NULL,
	       "INSERT OR REPLACE INTO schedules (recipe, trigger, source,"
	       " next_at) VALUES (?, ?, ?, ?)",
	       "iiti", schedule->recipe, (int64_t)schedule->trigger, source,
	       next);
	return next;
}

static void add(struct cron_source *cron, struct recipe *recipe, size_t index)
{
	const struct trigger *trigger = &recipe->spec->triggers[index];
	struct schedule *schedule = mem_alloc(sizeof(*schedule));
	struct error *err = NULL;
	char *source;

	schedule->recipe = recipe->id;
	schedule->trigger = (uint32_t)index;
	if (set_up(cron, schedule, trigger, &err) != 0) {
		engine_complain(err, "%s", recipe->path);
		mem_free(schedule);
		return;
	}
	source = trigger->kind == TRIGGER_CRON
			 ? mem_printf("%s %s", trigger->expr,
				      trigger->tz ? trigger->tz : "")
			 : mem_printf("every %lld", (long long)trigger->every);
	schedule_set(schedule, first_time(cron, schedule, source));
	mem_free(source);
	schedule_put(&cron->heap, schedule);
}

static void forget(struct cron_source *cron, const struct recipe *recipe)
{
	for (size_t i = cron->heap.count; i-- > 0;) {
		struct schedule *schedule = cron->heap.items[i];

		if (schedule->recipe != recipe->id)
			continue;
		schedule_remove(&cron->heap, schedule);
		mem_free(schedule);
		i = cron->heap.count;
	}
}

void cron_update(struct cron_source *cron, struct recipe *recipe)
{
	if (recipe->scheduled > 0)
		forget(cron, recipe);
	recipe->scheduled = 0;
	for (size_t i = 0; recipe->spec && i < recipe->spec->count; i++) {
		enum trigger_kind kind = recipe->spec->triggers[i].kind;

		if (kind != TRIGGER_CRON && kind != TRIGGER_INTERVAL)
			continue;
		add(cron, recipe, i);
		recipe->scheduled++;
	}
	if (recipe->scheduled == 0 && !recipe->spec)
		db_run(cron->engine->db, NULL,
		       "DELETE FROM schedules WHERE recipe = ?", "i",
		       recipe->id);
	arm(cron);
}

struct cron_source *cron_open(struct engine *engine, struct error **err)
{
	int timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	struct cron_source *cron;

	if (timer < 0) {
		error_set(err, ERROR_IO, "cannot make a timer: %s",
			  strerror(errno));
		return NULL;
	}
	cron = mem_alloc(sizeof(*cron));
	cron->engine = engine;
	cron->timer = timer;
	cron->poll.data = cron;
	uv_poll_init(engine->loop, &cron->poll, timer);
	uv_poll_start(&cron->poll, UV_READABLE, on_timer);
	engine_hold(engine);
	return cron;
}

static void on_closed(uv_handle_t *handle)
{
	struct cron_source *cron = handle->data;

	close(cron->timer);
	engine_release(cron->engine);
}

void cron_close(struct cron_source *cron)
{
	uv_close((uv_handle_t *)&cron->poll, on_closed);
}

void cron_free(struct cron_source *cron)
{
	for (size_t i = 0; i < cron->heap.count; i++)
		mem_free(cron->heap.items[i]);
	schedule_heap_release(&cron->heap);
	mem_free(cron);
}
