#include "runtime/store/steps.h"

#include "runtime/base/clock.h"
#include "runtime/store/commit.h"

/* A step that is there already starts again, unless it has passed. */
static int64_t restart(struct db *db, const struct step_new *step,
		       struct error **err)
{
	int64_t id;

	if (db_write(db, err,
		     "UPDATE steps SET parent = ?, kind = ?, state = ?,"
		     " soft = ?, once = ?, attempt = ?, source = ?,"
		     " command = ?, started = ?, wake_at = ?, finished = NULL,"
		     " status = NULL, signal = NULL, class = NULL,"
		     " error = NULL, result = NULL"
		     " WHERE run = ? AND name = ? AND state <> 'passed'",
		     "ttt"
		     "iiittiz"
		     "it",
		     step->parent, step->kind, step->state, step->soft,
		     step->once, step->attempt, step->source, step->command,
		     step->started, step->wake_at, step->run, step->name))
		return -1;
	if (db_changes(db) == 0)
		return error_set(err, ERROR_INVALID,
				 "step '%s' of run %lld has passed already",
				 step->name, (long long)step->run);
	id = db_number(db, -1,
		       "SELECT id FROM steps WHERE run = ? AND name = ?", "it",
		       step->run, step->name);
	return id;
}

int64_t step_start(struct db *db, const struct step_new *given,
		   struct error **err)
{
	struct step_new step = *given;

	if (!step.state)
		step.state = "running";
	if (!step.attempt)
		step.attempt = 1;
	if (!step.started)
		step.started = clock_now();
	if (db_write(db, err,
		     "INSERT INTO steps (run, name, parent, kind, state, soft,"
		     " once, attempt, source, command, started, wake_at) VALUES"
		     " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		     " ON CONFLICT (run, name) DO NOTHING",
		     "itttt"
		     "iiittiz",
		     step.run, step.name, step.parent, step.kind, step.state,
		     step.soft, step.once, step.attempt, step.source,
		     step.command, step.started, step.wake_at))
		return -1;
	return db_changes(db) > 0 ? db_last_id(db) : restart(db, &step, err);
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
