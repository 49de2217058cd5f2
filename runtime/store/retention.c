#include "runtime/store/retention.h"

#include <string.h>

#include "runtime/base/mem.h"

enum {
	NAMES = 50,    /* looked at in one call */
	WINDOW = 2000, /* oldest runs of a name, and events, looked at */
	DAY = 86400000
};

void retention_release(struct retention *retention)
{
	mem_free(retention->at);
	retention->at = NULL;
}

bool retention_more(const struct retention *retention)
{
	return retention->at != NULL;
}

/*
 * Of the oldest runs of a name, those that are over. Unannounced ones still
 * have to become events for chained recipes, unless nobody does that here.
 */
static int pick_name(const struct retention *retention, struct db *db,
		     int64_t *runs, int max, struct error **err)
{
	int64_t keep = retention->keep;
	int64_t below = 0;
	int64_t before = 0;
	struct rows *rows;
	int count = 0;
	int result = 0;

	if (keep > 0)
		below = db_number(db, 0,
				  "SELECT id FROM runs WHERE name = ? ORDER BY"
				  " id DESC LIMIT 1 OFFSET ?",
				  "ti", retention->at, keep - 1);
	if (retention->max_age > 0)
		before = retention->now - retention->max_age;
	rows = db_query(
		db, err,
		"SELECT id FROM (SELECT id, state, finished, announced FROM"
		" runs WHERE name = ? ORDER BY id LIMIT ?) AS r WHERE"
		" state NOT IN ('queued', 'running', 'waiting')"
		" AND (id < ? OR finished < ?)"
		" AND (announced = 1 OR finished < ?)"
		" AND NOT EXISTS (SELECT 1 FROM runs c WHERE c.parent = r.id"
		" AND c.state IN ('queued', 'running', 'waiting')) LIMIT ?",
		"tiiiii", retention->at, (int64_t)WINDOW, below, before,
		retention->now - DAY, (int64_t)max);
	if (!rows)
		return -1;
	while (count < max && (result = rows_next(rows, err)) == 1)
		runs[count++] = rows_int(rows, 0);
	rows_close(rows);
	return result < 0 ? -1 : count;
}

static char *next_name(const struct retention *retention, struct db *db,
		       struct error **err)
{
	if (retention->again)
		return mem_copy(retention->at);
	return db_text(db, err,
		       "SELECT name FROM runs WHERE name > ? ORDER BY name"
		       " LIMIT 1",
		       "t", retention->at ? retention->at : "");
}

/* A name that filled the bite is looked at again by the next call. */
int retention_pick(struct retention *retention, struct db *db, int64_t *runs,
		   int max, struct error **err)
{
	int count = 0;

	for (int names = 0; names < NAMES && count < max; names++) {
		char *name = next_name(retention, db, err);
		int found;

		retention_release(retention);
		retention->again = false;
		if (!name)
			return err && *err ? -1 : count; /* a round is over */
		retention->at = name;
		found = pick_name(retention, db, runs + count, max - count,
				  err);
		if (found < 0)
			return -1;
		count += found;
		retention->again = count == max;
	}
	return count;
}

static int delete_run(struct db *db, int64_t run, struct error **err)
{
	if (db_run(db, err, "DELETE FROM steps WHERE run = ?", "i", run) ||
	    db_run(db, err, "DELETE FROM notes WHERE run = ?", "i", run) ||
	    db_run(db, err, "DELETE FROM approvals WHERE run = ?", "i", run) ||
	    db_run(db, err, "DELETE FROM tests WHERE run = ?", "i", run) ||
	    db_run(db, err, "DELETE FROM test_history WHERE last_run = ?", "i",
		   run) ||
	    db_run(db, err, "DELETE FROM decisions WHERE run = ?", "i", run))
		return -1;
	return db_run(db, err,
		      "DELETE FROM runs WHERE id = ? AND state NOT IN"
		      " ('queued', 'running', 'waiting')",
		      "i", run);
}

int retention_delete(struct db *db, const int64_t *runs, int count,
		     struct error **err)
{
	if (db_begin(db, err))
		return -1;
	for (int i = 0; i < count; i++)
		if (delete_run(db, runs[i], err)) {
			db_rollback(db);
			return -1;
		}
	return db_commit(db, err);
}

static int delete_events(struct db *db, const int64_t *ids, int count,
			 struct error **err)
{
	for (int i = 0; i < count; i++)
		if (db_run(db, err, "DELETE FROM decisions WHERE event = ?",
			   "i", ids[i]) ||
		    db_run(db, err, "DELETE FROM events WHERE id = ?", "i",
			   ids[i]))
			return -1;
	return count;
}

/* Where the window that starts behind `at` ends; 0: it was the last one. */
static int64_t window_end(struct db *db, int64_t at)
{
	return db_number(db, 0,
			 "SELECT id FROM events WHERE id > ? ORDER BY id"
			 " LIMIT 1 OFFSET ?",
			 "ii", at, (int64_t)WINDOW);
}

static int pick_events(struct retention *retention, struct db *db,
		       int64_t before, int64_t *ids, int max)
{
	int64_t end = window_end(db, retention->event_at);
	struct rows *rows = db_query(
		db, NULL,
		"SELECT id FROM events WHERE id > ? AND (? = 0 OR id <= ?)"
		" AND state <> 'new' AND created < ? AND NOT EXISTS"
		" (SELECT 1 FROM runs WHERE event = events.id)"
		" ORDER BY id LIMIT ?",
		"iiiii", retention->event_at, end, end, before, (int64_t)max);
	int count = 0;

	if (!rows)
		return 0;
	while (count < max && rows_next(rows, NULL) == 1)
		ids[count++] = rows_int(rows, 0);
	rows_close(rows);
	if (count < max)
		retention->event_at = end;
	return count;
}

int retention_events(struct retention *retention, struct db *db, int64_t before,
		     int max, struct error **err)
{
	int64_t *ids = mem_array((size_t)max, sizeof(*ids));
	int count = pick_events(retention, db, before, ids, max);

	if (count > 0 && db_begin(db, err))
		count = -1;
	if (count > 0 && delete_events(db, ids, count, err) < 0) {
		db_rollback(db);
		count = -1;
	}
	if (count > 0 && db_commit(db, err))
		count = -1;
	mem_free(ids);
	return count;
}
