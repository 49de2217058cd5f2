#include "runtime/store/runs.h"

#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/loop/process.h"
#include "runtime/store/locks.h"
#include "runtime/store/subruns.h"

int64_t run_create(struct db *db, const struct run_new *run, struct error **err)
{
	int64_t now = clock_now();

	if (db_run(db, err,
		   "INSERT INTO runs (name, path, hash, recipe, repo, event,"
		   " trigger, parent, parent_step, ref, oid, params, state,"
		   " priority, concurrency, group_limit, supersede, on_crash,"
		   " timeout, workspace, seed, fork_of, fork_step, waits_for,"
		   " wake_at, created, queued) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
		   " ?, ?, ?, coalesce(?, '{}'), coalesce(?, 'queued'), ?, ?,"
		   " ?, ?, coalesce(?, 'resume'), ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		   " ON CONFLICT (event, recipe, trigger)"
		   " WHERE event IS NOT NULL DO NOTHING",
		   "tttzizoztttttitittztizttzii", run->name, run->path,
		   run->hash, run->recipe, run->repo, run->event, run->trigger,
		   run->parent, run->parent_step, run->ref, run->oid,
		   run->params, run->state, run->priority, run->concurrency,
		   run->group_limit ? run->group_limit : (int64_t)1,
		   run->supersede, run->on_crash, run->timeout, run->workspace,
		   run->seed, run->fork_of, run->fork_step, run->waits_for,
		   run->wake_at, now, now))
		return -1;
	return db_changes(db) > 0 ? db_last_id(db) : 0;
}

static void read_run(struct rows *rows, struct run *run)
{
	int64_t *const numbers[] = {
		&run->id,      &run->recipe,      &run->repo,
		&run->event,   &run->parent,      &run->priority,
		&run->timeout, &run->group_limit, &run->created,
		&run->queued,  &run->started,     &run->finished,
		&run->wake_at, &run->pid,         &run->pid_start,
		&run->attempt, &run->trigger,     &run->status,
	};
	char **const texts[] = {
		&run->name,        &run->path,      &run->hash,
		&run->ref,         &run->oid,       &run->params,
		&run->state,       &run->supersede, &run->on_crash,
		&run->concurrency, &run->waits_for, &run->cancel,
		&run->workspace,   &run->error,     &run->parent_step,
	};
	int column = 0;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		*numbers[i] = rows_int(rows, column++);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = mem_copy(rows_text(rows, column++));
}

int run_get(struct db *db, int64_t id, struct run *run, struct error **err)
{
	struct rows *rows;
	int result;

	memset(run, 0, sizeof(*run));
	rows = db_query(
		db, err,
		"SELECT id, recipe, repo, event, parent, priority, timeout,"
		" group_limit, created, queued, started, finished, wake_at,"
		" pid, pid_start, attempt, ifnull(trigger, -1),"
		" ifnull(status, -1), name, path, hash, ref, oid, params,"
		" state, supersede, on_crash, concurrency, waits_for, cancel,"
		" workspace, error, parent_step FROM runs WHERE id = ?",
		"i", id);
	if (!rows)
		return -1;
	result = rows_next(rows, err);
	if (result == 1)
		read_run(rows, run);
	rows_close(rows);
	return result;
}

void run_release(struct run *run)
{
	char *const texts[] = {
		run->name,        run->path,      run->hash,
		run->ref,         run->oid,       run->params,
		run->state,       run->supersede, run->on_crash,
		run->concurrency, run->waits_for, run->cancel,
		run->workspace,   run->error,     run->parent_step,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		mem_free(texts[i]);
	memset(run, 0, sizeof(*run));
}

/* What decides about a run's next state. */
struct facts {
	bool there, queued, running, waiting;
	bool due;  /* wake_at has passed */
	bool dead; /* running, but its runner is not */
	bool started;
};

static int look(struct db *db, int64_t id, struct facts *facts,
		struct error **err)
{
	struct rows *rows;
	const char *state;
	int result;

	memset(facts, 0, sizeof(*facts));
	rows = db_query(db, err,
			"SELECT state, pid, pid_start, wake_at, attempt"
			" FROM runs WHERE id = ?",
			"i", id);
	if (!rows)
		return -1;
	result = rows_next(rows, err);
	if (result == 1) {
		state = rows_text(rows, 0);
		facts->there = true;
		facts->queued = strcmp(state, "queued") == 0;
		facts->running = strcmp(state, "running") == 0;
		facts->waiting = strcmp(state, "waiting") == 0;
		facts->due =
			!rows_null(rows, 3) && rows_int(rows, 3) <= clock_now();
		facts->dead = facts->running &&
			      !process_alive((pid_t)rows_int(rows, 1),
					     (uint64_t)rows_int(rows, 2));
		facts->started = rows_int(rows, 4) > 0;
	}
	rows_close(rows);
	return result < 0 ? -1 : 0;
}

/* End a transaction: 1 or 0 of `changed`, or -1. */
static int finish(struct db *db, int changed, struct error **err)
{
	if (changed == 1)
		return db_commit(db, err) ? -1 : 1;
	db_rollback(db);
	return changed;
}

int run_claim(struct db *db, int64_t id, pid_t pid, int64_t pid_start,
	      struct error **err)
{
	struct facts facts;
	int claimed;

	if (db_begin(db, err))
		return -1;
	if (look(db, id, &facts, err))
		return finish(db, -1, err);
	if (!facts.queued && !facts.dead && !(facts.waiting && facts.due))
		return finish(db, 0, err);
	claimed = db_run(db, err,
			 "UPDATE runs SET state = 'running', pid = ?,"
			 " pid_start = ?, attempt = attempt + 1,"
			 " started = ifnull(started, ?), wake_at = NULL,"
			 " waits_for = NULL WHERE id = ?",
			 "iiii", (int64_t)pid, pid_start, clock_now(), id);
	if (claimed == 0 && facts.started)
		claimed = subrun_resume(db, id, err);
	return finish(db, claimed == 0 ? 1 : -1, err);
}

/* Most runs hold no lock, and nobody waits: one look tells both. */
static int release_others(struct db *db, int64_t id, struct error **err)
{
	enum { HOLDS = 1, AWAITED = 2 };
	int64_t found = db_number(
		db, HOLDS | AWAITED,
		"SELECT EXISTS (SELECT 1 FROM locks WHERE run = ?) + 2 *"
		" EXISTS (SELECT 1 FROM runs WHERE state = 'waiting')",
		"i", id);

	if (found & HOLDS && lock_release_run(db, id, err) < 0)
		return -1;
	return found & AWAITED ? subrun_wake(db, id, err) : 0;
}

int run_finish(struct db *db, int64_t id, const struct run_end *end,
	       struct error **err)
{
	if (db_begin(db, err))
		return -1;
	if (db_run(db, err,
		   "UPDATE runs SET state = ?, status = ?, error = ?, cpu = ?,"
		   " max_rss = ?, finished = ?, pid = NULL, pid_start = NULL,"
		   " wake_at = NULL, waits_for = NULL WHERE id = ?"
		   " AND state IN ('queued', 'running', 'waiting')",
		   "totzzii", end->state, end->status, end->error, end->cpu,
		   end->max_rss, clock_now(), id))
		return finish(db, -1, err);
	if (db_changes(db) == 0)
		return finish(db, 0, err);
	return finish(db, release_others(db, id, err) ? -1 : 1, err);
}

/*
 * A lock may have become free, a sub-run ended, or somebody asked to cancel
 * after the runner looked and before it parks here; nobody would wake it any
 * more.
 */
int run_wait(struct db *db, int64_t id, int64_t wake_at, const char *waits_for,
	     struct error **err)
{
	int ready;

	if (db_begin(db, err))
		return -1;
	if (db_run(db, err,
		   "UPDATE runs SET state = 'waiting', pid = NULL,"
		   " pid_start = NULL, wake_at = ?, waits_for = ? WHERE id = ?"
		   " AND state = 'running'",
		   "zti", wake_at, waits_for, id))
		return finish(db, -1, err);
	if (db_changes(db) == 0)
		return finish(db, 0, err);
	ready = lock_ready_for(db, id, err);
	if (ready == 0)
		ready = subrun_ready(db, id, err);
	if (ready < 0 ||
	    db_run(db, err,
		   "UPDATE runs SET state = 'queued', queued = ?, wake_at ="
		   " NULL, waits_for = NULL WHERE id = ?"
		   " AND (cancel IS NOT NULL OR ?)",
		   "iii", clock_now(), id, (int64_t)ready))
		return finish(db, -1, err);
	return finish(db, 1, err);
}

static int requeue(struct db *db, int64_t id, const char *reason,
		   struct error **err)
{
	if (db_run(db, err,
		   "UPDATE runs SET state = 'queued', queued = ?, pid = NULL,"
		   " pid_start = NULL, wake_at = NULL, waits_for = ?"
		   " WHERE id = ?",
		   "iti", clock_now(), reason, id))
		return -1;
	return 1;
}

int run_requeue(struct db *db, int64_t id, const char *reason,
		struct error **err)
{
	struct facts facts;

	if (db_begin(db, err))
		return -1;
	if (look(db, id, &facts, err))
		return finish(db, -1, err);
	if (!facts.waiting && !facts.dead)
		return finish(db, 0, err);
	return finish(db, requeue(db, id, reason, err), err);
}

static int ask(struct db *db, int64_t id, const char *who, const char *state,
	       struct error **err)
{
	struct run_end end = {.state = state, .status = 4};
	struct facts facts;

	if (look(db, id, &facts, err))
		return -1;
	if (!facts.queued && !facts.running && !facts.waiting)
		return RUN_ENDED_ALREADY;
	if (db_run(db, err,
		   "UPDATE runs SET cancel = ? WHERE id = ? AND cancel IS NULL",
		   "ti", who, id))
		return -1;
	if (facts.queued && !facts.started)
		return run_finish(db, id, &end, err) < 0 ? -1 : RUN_ENDED_NOW;
	if (facts.waiting && requeue(db, id, "to be cancelled", err) < 0)
		return -1;
	return RUN_WILL_END;
}

static int ask_to_end(struct db *db, int64_t id, const char *who,
		      const char *state, struct error **err)
{
	int asked;

	if (db_begin(db, err))
		return -1;
	asked = ask(db, id, who, state, err);
	if (asked < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err) ? -1 : asked;
}

int run_cancel(struct db *db, int64_t id, const char *who, struct error **err)
{
	return ask_to_end(db, id, who, "cancelled", err);
}

int run_supersede(struct db *db, int64_t id, int64_t by, struct error **err)
{
	char *who = mem_printf("superseded by run %lld", (long long)by);
	int asked = ask_to_end(db, id, who, "superseded", err);

	mem_free(who);
	return asked;
}

int run_waits_for(struct db *db, int64_t id, const char *reason,
		  struct error **err)
{
	int64_t same = db_number(db, 0,
				 "SELECT waits_for IS ? FROM runs"
				 " WHERE id = ?",
				 "ti", reason, id);

	if (same)
		return 0;
	if (db_run(db, err,
		   "UPDATE runs SET waits_for = ? WHERE id = ?"
		   " AND state IN ('queued', 'waiting')",
		   "ti", reason, id))
		return -1;
	return db_changes(db) > 0;
}
