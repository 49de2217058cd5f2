/*
 * The first version of the schema: most tables. Times are milliseconds since
 * 1970, UTC; durations milliseconds; JSON text. In a CHECK, IN would make a
 * table of its list for each row that is written: hence the ORs.
 */
#include <stddef.h>

#include "runtime/store/schema.h"

const char *const schema_first[] = {
	"CREATE TABLE settings (key TEXT PRIMARY KEY,"
	" value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"INSERT INTO settings VALUES ('id', lower(hex(randomblob(8))));",

	"CREATE TABLE repos ( id INTEGER PRIMARY KEY AUTOINCREMENT,"
	/* absolute path, or a remote's URL */
	" name TEXT NOT NULL UNIQUE, url TEXT NOT NULL UNIQUE,"
	" remote INTEGER NOT NULL DEFAULT 0,"
	" recipe TEXT NOT NULL DEFAULT 'tidemill.lua',"
	" hooked INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL,"
	" polled INTEGER, next_poll INTEGER,"
	" failures INTEGER NOT NULL DEFAULT 0, error TEXT) STRICT;",

	/* the tips as last seen; a deleted ref has no oid */
	"CREATE TABLE refs ("
	" repo INTEGER NOT NULL REFERENCES repos ON DELETE CASCADE,"
	" ref TEXT NOT NULL, oid TEXT, seq INTEGER NOT NULL DEFAULT 0,"
	" seen INTEGER NOT NULL, PRIMARY KEY (repo, ref)) STRICT,"
	" WITHOUT ROWID;",

	/* what has schedules and other triggers */
	"CREATE TABLE recipes ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" repo INTEGER NOT NULL DEFAULT 0, path TEXT NOT NULL,"
	" name TEXT NOT NULL, hash TEXT, error TEXT, read_at INTEGER,"
	" enabled INTEGER NOT NULL DEFAULT 1, UNIQUE (repo,"
	" path)) STRICT;",

	/* `check --spec` of a recipe, by content hash */
	"CREATE TABLE specs ("
	" hash TEXT PRIMARY KEY, spec TEXT, error TEXT,"
	" read_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;",

	"CREATE TABLE schedules ( recipe INTEGER NOT NULL REFERENCES"
	/* index in the spec, from 0 */
	" recipes ON DELETE CASCADE, trigger INTEGER NOT NULL,"
	" source TEXT NOT NULL," /* hash of its definition: changed? */
	" next_at INTEGER NOT NULL, last_at INTEGER,"
	" PRIMARY KEY (recipe, trigger)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX schedules_due ON schedules (next_at);",

	"CREATE TABLE events ( id INTEGER PRIMARY KEY,"
	" kind TEXT NOT NULL, dedupe TEXT NOT NULL UNIQUE,"
	" repo INTEGER NOT NULL DEFAULT 0, recipe INTEGER,"
	/* JSON */
	" trigger INTEGER, ref TEXT, old TEXT, new TEXT, payload TEXT,"
	" created INTEGER NOT NULL, due INTEGER NOT NULL,"
	" state TEXT NOT NULL DEFAULT 'new'" /* new, done, superseded */
	" CHECK (state = 'new' OR state = 'done' OR state ="
	" 'superseded'), error TEXT) STRICT;"
	"CREATE INDEX events_new ON events (due) WHERE state = 'new';",

	/* why an event did or did not start a run */
	"CREATE TABLE decisions ("
	" event INTEGER NOT NULL, recipe INTEGER, trigger INTEGER,"
	/* run, filtered, skipped, superseded, error */
	" verdict TEXT NOT NULL,"
	" reason TEXT NOT NULL, run INTEGER, at INTEGER NOT NULL) STRICT;"
	"CREATE INDEX decisions_event ON decisions (event);"
	"CREATE INDEX decisions_run ON decisions (run);",

	"CREATE TABLE runs ( id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" name TEXT NOT NULL, recipe INTEGER,"
	/* in the repository, or an absolute file */
	" repo INTEGER NOT NULL DEFAULT 0, path TEXT NOT NULL,"
	" hash TEXT," /* of the recipe's text */
	" event INTEGER, trigger INTEGER, parent INTEGER,"
	" parent_step TEXT, ref TEXT, oid TEXT,"
	" params TEXT NOT NULL DEFAULT '{}',"
	" state TEXT NOT NULL CHECK (state = 'queued' OR state ="
	" 'running' OR state = 'waiting' OR state = 'passed' OR state ="
	" 'failed' OR state = 'cancelled' OR state = 'timed_out' OR"
	" state = 'superseded'), priority INTEGER NOT NULL DEFAULT 0,"
	" concurrency TEXT, group_limit INTEGER NOT NULL DEFAULT 1,"
	" supersede TEXT, created INTEGER NOT NULL, queued INTEGER,"
	" started INTEGER, finished INTEGER, wake_at INTEGER,"
	/* the runner */
	" waits_for TEXT, pid INTEGER, pid_start INTEGER,"
	/* how many runners so far */
	" attempt INTEGER NOT NULL DEFAULT 0,"
	" status INTEGER, error TEXT," /* exit code; error as JSON */
	" cancel TEXT,"                /* who asked and why */
	" on_crash TEXT NOT NULL DEFAULT 'resume', timeout INTEGER,"
	" workspace TEXT, seed INTEGER NOT NULL DEFAULT 0,"
	" fork_of INTEGER, fork_step TEXT,"
	" announced INTEGER NOT NULL DEFAULT 0, cpu INTEGER,"
	" max_rss INTEGER, key TEXT) STRICT;" /* no two alike */
	"CREATE UNIQUE INDEX runs_key ON runs (recipe,"
	" key) WHERE key IS NOT NULL;"
	"CREATE UNIQUE INDEX runs_once ON runs (event, recipe,"
	" trigger) WHERE event IS NOT NULL;"
	"CREATE INDEX runs_live ON runs (state, priority,"
	" id) WHERE state IN ('queued', 'running', 'waiting');"
	"CREATE INDEX runs_group ON runs (concurrency,"
	" id) WHERE concurrency IS NOT NULL AND state IN ('queued',"
	" 'running', 'waiting');"
	"CREATE INDEX runs_name ON runs (name, id);"
	"CREATE INDEX runs_state ON runs (state, id);"
	"CREATE INDEX runs_name_state ON runs (name, state, id);"
	"CREATE INDEX runs_oid ON runs (oid) WHERE oid IS NOT NULL;"
	"CREATE INDEX runs_parent ON runs (parent) WHERE parent IS NOT"
	" NULL;"
	"CREATE INDEX runs_unannounced ON runs (id) WHERE announced = 0"
	" AND state IN ('passed', 'failed', 'cancelled', 'timed_out',"
	" 'superseded');",

	"CREATE TABLE steps ( id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" run INTEGER NOT NULL, name TEXT NOT NULL, parent TEXT,"
	/* command function value sleep lock run hook undo */
	" kind TEXT NOT NULL,"
	" state TEXT NOT NULL CHECK (state = 'running' OR state ="
	" 'waiting' OR state = 'passed' OR state = 'failed' OR state ="
	" 'skipped' OR state = 'cancelled' OR state = 'timed_out'),"
	" soft INTEGER NOT NULL DEFAULT 0,"
	" once INTEGER NOT NULL DEFAULT 0,"
	/* fingerprint of what it runs: did the code change? */
	" attempt INTEGER NOT NULL DEFAULT 1, source TEXT,"
	" command TEXT, started INTEGER NOT NULL, finished INTEGER,"
	" wake_at INTEGER, status INTEGER, signal INTEGER, class TEXT,"
	" error TEXT, result TEXT," /* JSON */
	" undone INTEGER NOT NULL DEFAULT 0, wall INTEGER,"
	" cpu_user INTEGER, cpu_system INTEGER, max_rss INTEGER,"
	" read_bytes INTEGER, write_bytes INTEGER," /* bytes */
	" log_bytes INTEGER NOT NULL DEFAULT 0,"
	" log_truncated INTEGER NOT NULL DEFAULT 0, UNIQUE (run,"
	" name)) STRICT;",

	"CREATE TABLE notes ( id INTEGER PRIMARY KEY,"
	" run INTEGER NOT NULL, step TEXT, at INTEGER NOT NULL,"
	" text TEXT NOT NULL, UNIQUE (run, step, text)) STRICT;",

	/* held and wished for, in order of arrival */
	"CREATE TABLE locks ("
	" ticket INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
	" run INTEGER NOT NULL, step TEXT NOT NULL,"
	" held INTEGER NOT NULL DEFAULT 0,"
	" count INTEGER NOT NULL DEFAULT 1,"
	" capacity INTEGER NOT NULL DEFAULT 1, asked INTEGER NOT NULL,"
	" since INTEGER, lease INTEGER," /* when it ends by itself */
	" UNIQUE (name, run, step)) STRICT;",

	NULL,
};
