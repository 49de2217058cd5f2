#include "runtime/store/steps.h"

#include "runtime/base/clock.h"
#include "runtime/store/commit.h"

int64_t step_start(struct db *db, const struct step_new *step,
		   struct error **err)
{
	struct rows *rows;
	int64_t id = -1;
	int result;

	if (db_group_open(db, err))
		return -1;
	rows = db_query(
		db, err,
		"INSERT INTO steps (run, name, parent, kind, state, soft,"
		" once, attempt, source, command, started, wake_at) VALUES"
		" (?, ?, ?, ?, coalesce(?, 'running'), ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (run, name) DO UPDATE SET parent ="
		" excluded.parent, kind = excluded.kind, state ="
		" excluded.state, soft = excluded.soft, once = excluded.once,"
		" attempt = excluded.attempt, source = excluded.source,"
		" command = excluded.command, started = excluded.started,"
		" wake_at = excluded.wake_at, finished = NULL, status = NULL,"
		" signal = NULL, class = NULL, error = NULL, result = NULL"
		" WHERE state <> 'passed' RETURNING id",
		"itttt"
		"iiittiz",
		step->run, step->name, step->parent, step->kind, step->state,
		step->soft, step->once,
		step->attempt ? step->attempt : (int64_t)1, step->source,
		step->command, step->started ? step->started : clock_now(),
		step->wake_at);
	if (!rows)
		return -1;
	result = rows_next(rows, err);
	if (result == 1) {
		id = rows_int(rows, 0);
		result = rows_next(rows, err);
	} else if (result == 0) {
		error_set(err, ERROR_INVALID,
			  "step '%s' of run %lld has passed already",
			  step->name, (long long)step->run);
	}
	rows_close(rows);
	return result < 0 ? -1 : id;
}

int step_finish(struct db *db, int64_t id, const struct step_end *end,
		struct error **err)
{
	if (db_write(db, err,
		     "UPDATE steps SET state = ?, finished = ?,"
		     " attempt = ifnull(?, attempt), status = ?, signal = ?,"
		     " class = ?, error = ?, result = ?, wall = ?,"
		     " cpu_user = ?, cpu_system = ?, max_rss = ?,"
		     " read_bytes = ?, write_bytes = ?, log_bytes = ?,"
		     " log_truncated = ?, wake_at = NULL"
		     " WHERE id = ? AND state IN ('running', 'waiting')",
		     "tizoo"
		     "tttooooooiii",
		     end->state, end->finished ? end->finished : clock_now(),
		     end->attempt, end->status, end->signal, end->class,
		     end->error, end->result, end->wall, end->cpu_user,
		     end->cpu_system, end->max_rss, end->read_bytes,
		     end->write_bytes, end->log_bytes, end->log_truncated, id))
		return -1;
	return db_changes(db) > 0;
}

int step_wait(struct db *db, int64_t id, int64_t wake_at, struct error **err)
{
	if (db_write(db, err,
		     "UPDATE steps SET state = 'waiting', wake_at = ?"
		     " WHERE id = ? AND state IN ('running', 'waiting')",
		     "zi", wake_at, id))
		return -1;
	return db_changes(db) > 0;
}

int step_undone(struct db *db, int64_t id, struct error **err)
{
	return db_write(db, err, "UPDATE steps SET undone = 1 WHERE id = ?",
			"i", id);
}

/* NULL steps are never equal to each other, so UNIQUE alone is not enough. */
int note_add(struct db *db, int64_t run, const char *step, const char *text,
	     struct error **err)
{
	return db_write(db, err,
			"INSERT INTO notes (run, step, at, text)"
			" SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1"
			" FROM notes WHERE run = ?1 AND step IS ?2"
			" AND text = ?4)",
			"itit", run, step, clock_now(), text);
}
