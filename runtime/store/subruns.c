#include "runtime/store/subruns.h"

#include "runtime/base/clock.h"

int subrun_wake(struct db *db, int64_t ended, struct error **err)
{
	return db_run(db, err,
		      "UPDATE runs SET state = 'queued', queued = ?2,"
		      " wake_at = NULL, waits_for = 'run ' || ?1 || ' has"
		      " ended' WHERE state = 'waiting' AND EXISTS (SELECT 1"
		      " FROM steps WHERE run = runs.id AND kind = 'run' AND"
		      " steps.state = 'waiting' AND command = 'run ' || ?1)",
		      "ii", ended, clock_now());
}

int subrun_ready(struct db *db, int64_t run, struct error **err)
{
	struct rows *rows = db_query(
		db, err,
		"SELECT 1 FROM steps JOIN runs ON runs.id ="
		" CAST(substr(command, 5) AS INTEGER) WHERE run = ? AND"
		" kind = 'run' AND steps.state = 'waiting' AND runs.state"
		" NOT IN ('queued', 'running', 'waiting') LIMIT 1",
		"i", run);
	int result;

	if (!rows)
		return -1;
	result = rows_next(rows, err);
	rows_close(rows);
	return result;
}

int subrun_resume(struct db *db, int64_t run, struct error **err)
{
	return db_run(db, err,
		      "UPDATE steps SET state = 'running' WHERE run = ?"
		      " AND kind = 'run' AND state = 'waiting'",
		      "i", run);
}
