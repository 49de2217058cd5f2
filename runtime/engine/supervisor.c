#include "runtime/engine/supervisor.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/map.h"
#include "runtime/base/mem.h"
#include "runtime/engine/crash.h"
#include "runtime/engine/launch.h"
#include "runtime/loop/process.h"
#include "runtime/store/poke.h"
#include "runtime/store/runs.h"

#define OBEY 40000 /* ms: the longest usual grace period and 30 s */

/* A runner that lives, as far as we know. */
struct runner {
	struct pidwatch watch;
	struct supervisor *supervisor;
	int64_t run;
	pid_t pid;
	uint64_t start;
	int64_t attempt;     /* of the run, before */
	bool child;          /* ours to reap, and not of a former server */
	bool claimed;        /* its run's row names it */
	uv_timer_t patience; /* after it was asked to stop */
	bool asked;
	struct runner *next;
};

struct supervisor {
	struct engine *engine;
	struct runner *first;
	unsigned count;
	struct crashes *crashes;
	struct launcher *launcher;
};

bool supervisor_has(const struct supervisor *supervisor, int64_t run)
{
	struct runner *runner = supervisor->first;

	while (runner && runner->run != run)
		runner = runner->next;
	return runner != NULL;
}

char *supervisor_runs(const struct supervisor *supervisor)
{
	struct buf text;

	buf_init(&text, (size_t)1 << 20);
	buf_puts(&text, "[0");
	for (struct runner *runner = supervisor->first; runner;
	     runner = runner->next)
		buf_printf(&text, ",%lld", (long long)runner->run);
	buf_puts(&text, "]");
	return buf_take(&text);
}

unsigned supervisor_count(const struct supervisor *supervisor)
{
	return supervisor->count;
}

/* Each runner that takes a run counts in its row. */
static int64_t attempt_of(struct supervisor *supervisor, int64_t run)
{
	return db_number(supervisor->engine->db, 0,
			 "SELECT attempt FROM runs WHERE id = ?", "i", run);
}

static bool has_claimed(struct runner *runner)
{
	if (!runner->claimed && runner->run != 0)
		runner->claimed = attempt_of(runner->supervisor, runner->run) >
				  runner->attempt;
	return runner->claimed;
}

unsigned supervisor_pending(struct supervisor *supervisor)
{
	unsigned count = 0;

	for (struct runner *runner = supervisor->first; runner;
	     runner = runner->next)
		count += runner->run != 0 && !has_claimed(runner);
	return count;
}

static void forget(struct runner *runner)
{
	struct supervisor *supervisor = runner->supervisor;
	struct runner **link = &supervisor->first;

	while (*link != runner)
		link = &(*link)->next;
	*link = runner->next;
	supervisor->count--;
	engine_release(supervisor->engine);
	mem_free(runner);
}

static void on_patience_closed(uv_handle_t *handle)
{
	forget(handle->data);
}

static void on_end(struct op *op)
{
	struct runner *runner = op->waiter;
	struct supervisor *supervisor = runner->supervisor;
	struct crash crash = {.run = runner->run,
			      .claimed = has_claimed(runner)};

	error_free(op->error);
	if (runner->child)
		waitpid(runner->pid, &crash.status, WNOHANG);
	if (!supervisor->engine->stopping) {
		runner->run = 0; /* which may be started again */
		crash_settle(supervisor->crashes, &crash);
		engine_kick(supervisor->engine, ENGINE_QUEUE | ENGINE_CHAIN);
	}
	if (runner->asked)
		uv_close((uv_handle_t *)&runner->patience, on_patience_closed);
	else
		forget(runner);
}

static void watch(struct supervisor *supervisor, struct runner *runner)
{
	runner->supervisor = supervisor;
	runner->watch.op.done = on_end;
	runner->watch.op.waiter = runner;
	runner->next = supervisor->first;
	supervisor->first = runner;
	supervisor->count++;
	engine_hold(supervisor->engine);
	pidwatch_start(&runner->watch, supervisor->engine->loop, runner->pid,
		       runner->start);
}

void supervisor_start(struct supervisor *supervisor, int64_t run)
{
	struct runner *runner;
	pid_t pid;
	int64_t attempt = attempt_of(supervisor, run);
	int status = launcher_start(supervisor->launcher, run, &pid);

	if (status != 0) {
		struct crash crash = {.run = run, .problem = status};

		log_error("cannot start a runner for run %lld: %s",
			  (long long)run, strerror(status));
		crash_settle(supervisor->crashes, &crash);
		return;
	}
	runner = mem_alloc(sizeof(*runner));
	runner->run = run;
	runner->pid = pid;
	runner->start = process_start_time(pid);
	runner->child = true;
	runner->attempt = attempt;
	watch(supervisor, runner);
}

void supervisor_adopt(struct supervisor *supervisor)
{
	struct rows *rows = db_query(supervisor->engine->db, NULL,
				     "SELECT id, coalesce(pid, 0),"
				     " coalesce(pid_start, 0) FROM runs WHERE"
				     " state = 'running'",
				     "");
	struct runner *dead = NULL;

	while (rows && rows_next(rows, NULL) == 1) {
		struct runner *runner = mem_alloc(sizeof(*runner));

		runner->run = rows_int(rows, 0);
		runner->pid = (pid_t)rows_int(rows, 1);
		runner->start = (uint64_t)rows_int(rows, 2);
		runner->claimed = true;
		if (process_alive(runner->pid, runner->start)) {
			watch(supervisor, runner);
		} else {
			runner->next = dead;
			dead = runner;
		}
	}
	rows_close(rows);
	if (supervisor->count > 0)
		log_info("adopted %u living runners", supervisor->count);
	while (dead) {
		struct crash crash = {.run = dead->run, .claimed = true};
		struct runner *next = dead->next;

		crash_settle(supervisor->crashes, &crash);
		mem_free(dead);
		dead = next;
	}
}

static void on_patience(uv_timer_t *timer)
{
	struct runner *runner = timer->data;

	/* It says what it waits for: a step that must not be interrupted. */
	if (db_number(runner->supervisor->engine->db, 0,
		      "SELECT waits_for IS NOT NULL FROM runs WHERE id = ?",
		      "i", runner->run) != 0) {
		uv_timer_start(timer, on_patience, OBEY, 0);
		return;
	}
	log_warn("run %lld does not stop: its runner is killed",
		 (long long)runner->run);
	process_signal(runner->pid, runner->start, SIGKILL, NULL);
}

void supervisor_cancel(struct supervisor *supervisor)
{
	for (struct runner *runner = supervisor->first; runner;
	     runner = runner->next) {
		if (runner->asked || runner->run == 0 ||
		    db_number(supervisor->engine->db, 0,
			      "SELECT cancel IS NOT NULL FROM runs WHERE id ="
			      " ?",
			      "i", runner->run) == 0)
			continue;
		runner->asked = true;
		poke_run(supervisor->engine->db, runner->run);
		uv_timer_init(supervisor->engine->loop, &runner->patience);
		runner->patience.data = runner;
		uv_timer_start(&runner->patience, on_patience, OBEY, 0);
	}
}

void supervisor_configure(struct supervisor *supervisor)
{
	launcher_configure(supervisor->launcher);
}

struct supervisor *supervisor_open(struct engine *engine)
{
	struct supervisor *supervisor = mem_alloc(sizeof(*supervisor));

	supervisor->engine = engine;
	supervisor->crashes = crashes_open(engine);
	supervisor->launcher = launcher_open(engine);
	return supervisor;
}

void supervisor_close(struct supervisor *supervisor)
{
	for (struct runner *runner = supervisor->first; runner;
	     runner = runner->next)
		runner->watch.op.cancel(&runner->watch.op);
}

void supervisor_free(struct supervisor *supervisor)
{
	crashes_free(supervisor->crashes);
	launcher_free(supervisor->launcher);
	mem_free(supervisor);
}
