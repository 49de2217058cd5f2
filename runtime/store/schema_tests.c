/* Version 6: what tests told, their history, and who is in quarantine. */
#include <stddef.h>

#include "runtime/store/schema.h"

const char *const schema_tests[] = {
	"CREATE TABLE test_history ("
	" id INTEGER PRIMARY KEY,"
	" recipe TEXT NOT NULL,"
	" label TEXT NOT NULL," /* the step's name, or its `reports.as` */
	" suite TEXT NOT NULL, name TEXT NOT NULL, file TEXT,"
	" passed INTEGER NOT NULL DEFAULT 0,"
	" failed INTEGER NOT NULL DEFAULT 0,"
	" skipped INTEGER NOT NULL DEFAULT 0,"
	" seconds REAL," /* newer results count more */
	" first_run INTEGER NOT NULL, last_run INTEGER NOT NULL,"
	" last_oid TEXT, last_outcome TEXT NOT NULL,"
	" last_failed INTEGER," /* the run */
	" last_seen INTEGER NOT NULL,"
	" state TEXT NOT NULL DEFAULT '{}'," /* JSON: the module flaky's */
	" flaky INTEGER NOT NULL DEFAULT 0, flaky_since INTEGER,"
	" UNIQUE (recipe, label, suite, name)) STRICT;",
	"CREATE INDEX test_history_by_run ON test_history (last_run);",
	"CREATE TABLE tests ("
	" run INTEGER NOT NULL,"
	" step INTEGER NOT NULL," /* steps.id */
	" attempt INTEGER NOT NULL,"
	" number INTEGER NOT NULL," /* its place in the reports */
	" test INTEGER NOT NULL,"   /* test_history.id */
	" outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed',"
	" 'error', 'skipped')),"
	" quarantined INTEGER NOT NULL DEFAULT 0,"
	" seconds REAL, message TEXT, details TEXT,"
	" PRIMARY KEY (run, step, attempt, number)) STRICT, WITHOUT ROWID;",
	"CREATE INDEX tests_by_test ON tests (test, run);",
	"CREATE TABLE quarantine ("
	" id INTEGER PRIMARY KEY,"
	" recipe TEXT NOT NULL," /* '': of any */
	" test TEXT NOT NULL,"   /* SUITE::NAME */
	" until INTEGER NOT NULL, why TEXT NOT NULL, added_by TEXT,"
	" created INTEGER NOT NULL, UNIQUE (recipe, test)) STRICT;",
	"CREATE VIEW test_results AS SELECT t.run, s.name AS step, t.attempt,"
	" h.suite, h.name, h.file, t.outcome, t.quarantined, t.seconds,"
	" t.message, t.details, h.recipe, h.label, t.test, t.number"
	" FROM tests t JOIN test_history h ON h.id = t.test"
	" LEFT JOIN steps s ON s.id = t.step;",
	NULL};
