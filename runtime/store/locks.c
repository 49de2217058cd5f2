#include "runtime/store/locks.h"

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/store/poke.h"
#include "runtime/store/runs.h"
#include "runtime/store/steps.h"

/*
 * A waiting ticket that could be granted: what is held and what waits before
 * it is counted, so that nobody is overtaken by somebody who wants less.
 */
#define READY                                                                  \
	" FROM (SELECT ticket, run, count,"                                    \
	" ifnull((SELECT CAST(value AS INTEGER) FROM settings"                 \
	" WHERE key = 'lock:' || l.name), capacity) AS capacity,"              \
	" ifnull((SELECT sum(count) FROM locks o WHERE o.name = l.name"        \
	" AND (o.held OR o.ticket < l.ticket)), 0) AS before"                  \
	" FROM locks l WHERE held = 0)"                                        \
	" WHERE capacity > 0 AND (before = 0 OR before + count <= capacity)"

int64_t lock_ask(struct db *db, const struct lock_request *request,
		 struct error **err)
{
	if (db_run(db, err,
		   "INSERT INTO locks (name, run, step, count, capacity,"
		   " asked) VALUES (?, ?, ?, ?, ?, ?)"
		   " ON CONFLICT (name, run, step) DO UPDATE SET"
		   " count = excluded.count, capacity = excluded.capacity"
		   " WHERE held = 0 AND (count <> excluded.count"
		   " OR capacity <> excluded.capacity)",
		   "titiii", request->name, request->run, request->step,
		   request->count ? request->count : (int64_t)1,
		   request->capacity ? request->capacity : (int64_t)1,
		   clock_now()))
		return -1;
	return db_number(db, -1,
			 "SELECT ticket FROM locks WHERE name = ? AND run = ?"
			 " AND step = ?",
			 "tit", request->name, request->run, request->step);
}

static int try_once(struct db *db, const struct lock_request *request,
		    struct error **err)
{
	int64_t ticket = lock_ask(db, request, err);
	int64_t now = clock_now();

	if (ticket < 0)
		return -1;
	if (db_number(db, 0, "SELECT held FROM locks WHERE ticket = ?", "i",
		      ticket))
		return 1;
	if (!db_number(db, 0, "SELECT 1" READY " AND ticket = ?", "i", ticket))
		return 0;
	if (db_run(db, err,
		   "UPDATE locks SET held = 1, since = ?, lease = ?"
		   " WHERE ticket = ?",
		   "izi", now, request->lease ? now + request->lease : 0,
		   ticket))
		return -1;
	return 1;
}

int lock_try(struct db *db, const struct lock_request *request,
	     struct error **err)
{
	int held;

	if (db_begin(db, err))
		return -1;
	held = try_once(db, request, err);
	if (held < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err) ? -1 : held;
}

int lock_release(struct db *db, const char *name, int64_t run, const char *step,
		 struct error **err)
{
	if (db_run(db, err,
		   "DELETE FROM locks WHERE name = ? AND run = ? AND step = ?",
		   "tit", name, run, step))
		return -1;
	return db_changes(db) > 0;
}

int lock_release_run(struct db *db, int64_t run, struct error **err)
{
	if (db_run(db, err, "DELETE FROM locks WHERE run = ?", "i", run))
		return -1;
	return (int)db_changes(db);
}

/* Say it in the runs' notes first: nothing is dropped silently. */
static int expire(struct db *db, int64_t now, struct error **err)
{
	if (db_run(db, err,
		   "INSERT OR IGNORE INTO notes (run, step, at, text)"
		   " SELECT run, step, ?1, 'lock ''' || name ||"
		   " ''' was freed: its lease ended after ' ||"
		   " (lease - since) || ' ms' FROM locks WHERE lease <= ?1",
		   "i", now))
		return -1;
	if (db_run(db, err,
		   "INSERT OR IGNORE INTO notes (run, step, at, text)"
		   " SELECT run, step, ?, 'lock ''' || name ||"
		   " ''' was freed: its run has ended' FROM locks WHERE held"
		   " AND run IN (SELECT id FROM runs WHERE state NOT IN"
		   " ('queued', 'running', 'waiting'))",
		   "i", now))
		return -1;
	if (db_run(db, err,
		   "DELETE FROM locks WHERE lease <= ? OR (run <> 0 AND NOT"
		   " EXISTS (SELECT 1 FROM runs WHERE id = run AND state IN"
		   " ('queued', 'running', 'waiting')))",
		   "i", now))
		return -1;
	return (int)db_changes(db);
}

static bool none(struct db *db)
{
	return db_number(db, -1, "SELECT EXISTS (SELECT 1 FROM locks)", "") ==
	       0;
}

int lock_expire(struct db *db, int64_t now, struct error **err)
{
	int count;

	if (none(db))
		return 0;
	if (db_begin(db, err))
		return -1;
	count = expire(db, now, err);
	if (count < 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err) ? -1 : count;
}

int64_t lock_next_lease(struct db *db)
{
	return db_number(db, 0, "SELECT min(lease) FROM locks", "");
}

int locks_ready(struct db *db, int64_t *runs, int max, struct error **err)
{
	struct rows *rows;
	int count = 0;
	int result = 0;

	if (none(db))
		return 0;
	rows = db_query(db, err,
			"SELECT run, min(ticket) AS first" READY
			" GROUP BY run ORDER BY first",
			"");
	if (!rows)
		return -1;
	while (count < max && (result = rows_next(rows, err)) == 1)
		runs[count++] = rows_int(rows, 0);
	rows_close(rows);
	return result < 0 ? -1 : count;
}

int lock_ready_for(struct db *db, int64_t run, struct error **err)
{
	struct rows *rows =
		db_query(db, err, "SELECT 1" READY " AND run = ?", "i", run);
	int result;

	if (!rows)
		return -1;
	result = rows_next(rows, err);
	rows_close(rows);
	return result;
}

int locks_wake(struct db *db, struct error **err)
{
	enum { MOST = 256 };
	int64_t runs[MOST];
	int count, result = 0;

	if (lock_expire(db, clock_now(), err) < 0)
		return -1;
	count = locks_ready(db, runs, MOST, err);
	for (int i = 0; i < count && result >= 0; i++)
		if (poke_run(db, runs[i]) == 0)
			result =
				run_requeue(db, runs[i], "a lock is free", err);
	return result < 0 ? -1 : count;
}
