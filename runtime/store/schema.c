#include "runtime/store/schema.h"

#include <stddef.h>

/* In a CHECK, IN makes a table of its list for each row that is written. */
#define IS(name) "state = '" name "'"

/* Times are milliseconds since 1970, UTC; durations milliseconds; JSON text. */
static const char *const version_1
	[] = {"CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT "
	      "NULL)"
	      " STRICT, WITHOUT ROWID;"
	      "INSERT INTO settings VALUES ('id', lower(hex(randomblob(8))));",

	      "CREATE TABLE repos ("
	      " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL "
	      "UNIQUE,"
	      " url TEXT NOT NULL UNIQUE," /* absolute path, or a remote's URL
					    */
	      " remote INTEGER NOT NULL DEFAULT 0,"
	      " recipe TEXT NOT NULL DEFAULT 'tidemill.lua',"
	      " hooked INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL,"
	      " polled INTEGER, next_poll INTEGER,"
	      " failures INTEGER NOT NULL DEFAULT 0, error TEXT) STRICT;",

	      "CREATE TABLE refs (" /* the tips as last seen; a deleted ref has
				     * no oid
				     */
	      " repo INTEGER NOT NULL REFERENCES repos ON DELETE CASCADE,"
	      " ref TEXT NOT NULL, oid TEXT, seq INTEGER NOT NULL DEFAULT 0,"
	      " seen INTEGER NOT NULL, PRIMARY KEY (repo, ref))"
	      " STRICT, WITHOUT ROWID;",

	      "CREATE TABLE recipes (" /* what has schedules and other triggers
					*/
	      " id INTEGER PRIMARY KEY AUTOINCREMENT,"
	      " repo INTEGER NOT NULL DEFAULT 0,"
	      " path TEXT NOT NULL, name TEXT NOT NULL, hash TEXT, error TEXT,"
	      " read_at INTEGER, enabled INTEGER NOT NULL DEFAULT 1,"
	      " UNIQUE (repo, path)) STRICT;",

	      "CREATE TABLE specs (" /* `check --spec` of a recipe, by content
					hash */
	      " hash TEXT PRIMARY KEY, spec TEXT, error TEXT,"
	      " read_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;",

	      "CREATE TABLE schedules ("
	      " recipe INTEGER NOT NULL REFERENCES recipes ON DELETE CASCADE,"
	      " trigger INTEGER NOT NULL," /* index in the spec, from 0 */
	      " source TEXT NOT NULL," /* hash of its definition: changed? */
	      " next_at INTEGER NOT NULL, last_at INTEGER,"
	      " PRIMARY KEY (recipe, trigger)) STRICT, WITHOUT ROWID;"
	      "CREATE INDEX schedules_due ON schedules (next_at);",

	      "CREATE TABLE events ("
	      " id INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
	      " dedupe TEXT NOT NULL UNIQUE,"
	      " repo INTEGER NOT NULL DEFAULT 0, recipe INTEGER, trigger "
	      "INTEGER,"
	      " ref TEXT, old TEXT, new TEXT, payload TEXT," /* JSON */
	      " created INTEGER NOT NULL, due INTEGER NOT NULL,"
	      " state TEXT NOT NULL DEFAULT 'new'" /* new, done, superseded */
	      " CHECK (" IS("new") " OR " IS("done") " OR " IS(
		      "superseded") "),"
				    " error TEXT) STRICT;"
				    "CREATE INDEX events_new ON events (due) "
				    "WHERE state = 'new';",

	      "CREATE TABLE decisions (" /* why an event did or did not start a
					    run */
	      " event INTEGER NOT NULL, recipe INTEGER, trigger INTEGER,"
	      " verdict TEXT NOT NULL," /* run, filtered, skipped, superseded,
					 * error
					 */
	      " reason TEXT NOT NULL, run INTEGER, at INTEGER NOT NULL) STRICT;"
	      "CREATE INDEX decisions_event ON decisions (event);"
	      "CREATE INDEX decisions_run ON decisions (run);",

	      "CREATE TABLE runs ("
	      " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
	      " recipe INTEGER, repo INTEGER NOT NULL DEFAULT 0,"
	      " path TEXT NOT NULL," /* in the repository, or an absolute file
				      */
	      " hash TEXT,"          /* of the recipe's text */
	      " event INTEGER, trigger INTEGER, parent INTEGER, parent_step "
	      "TEXT,"
	      " ref TEXT, oid TEXT, params TEXT NOT NULL DEFAULT '{}',"
	      " state TEXT NOT NULL CHECK (" IS("queued") " OR " IS("running") " OR " IS("waiting") " OR " IS("passed") " OR " IS("failed") " OR " IS(
		      "cancelled") " OR " IS("timed_out") " OR " IS("supersede"
								    "d") "),"
									 " prio"
									 "rity "
									 "INTEG"
									 "ER "
									 "NOT "
									 "NULL "
									 "DEFAU"
									 "LT "
									 "0, "
									 "concu"
									 "rrenc"
									 "y "
									 "TEXT,"
									 " grou"
									 "p_"
									 "limit"
									 " INTE"
									 "GER "
									 "NOT "
									 "NULL "
									 "DEFAU"
									 "LT "
									 "1, "
									 "super"
									 "sede "
									 "TEXT,"
									 " crea"
									 "ted "
									 "INTEG"
									 "ER "
									 "NOT "
									 "NULL,"
									 " queu"
									 "ed "
									 "INTEG"
									 "ER, "
									 "start"
									 "ed "
									 "INTEG"
									 "ER,"
									 " fini"
									 "shed "
									 "INTEG"
									 "ER, "
									 "wake_"
									 "at "
									 "INTEG"
									 "ER, "
									 "waits"
									 "_for "
									 "TEXT,"
									 " pid "
									 "INTEG"
									 "ER, "
									 "pid_"
									 "start"
									 " INTE"
									 "GER," /* the runner */
									 " atte"
									 "mpt "
									 "INTEG"
									 "ER "
									 "NOT "
									 "NULL "
									 "DEFAU"
									 "LT 0," /* how many runners so far */
									 " stat"
									 "us "
									 "INTEG"
									 "ER, "
									 "error"
									 " TEXT"
									 "," /* exit code; error as JSON */
									 " canc"
									 "el "
									 "TEXT," /* who asked and why */
									 " on_"
									 "crash"
									 " TEXT"
									 " NOT "
									 "NULL "
									 "DEFAU"
									 "LT "
									 "'resu"
									 "me', "
									 "timeo"
									 "ut "
									 "INTEG"
									 "ER,"
									 " work"
									 "space"
									 " TEXT"
									 ", "
									 "seed "
									 "INTEG"
									 "ER "
									 "NOT "
									 "NULL "
									 "DEFAU"
									 "LT 0,"
									 " fork"
									 "_of "
									 "INTEG"
									 "ER, "
									 "fork_"
									 "step "
									 "TEXT,"
									 " anno"
									 "unced"
									 " INTE"
									 "GER "
									 "NOT "
									 "NULL "
									 "DEFAU"
									 "LT "
									 "0,"
									 " cpu "
									 "INTEG"
									 "ER, "
									 "max_"
									 "rss "
									 "INTEG"
									 "ER, "
									 "key "
									 "TEXT)"
									 " STRI"
									 "CT;" /* no two alike */
									 "CREAT"
									 "E "
									 "UNIQU"
									 "E "
									 "INDEX"
									 " runs"
									 "_key "
									 "ON "
									 "runs "
									 "(reci"
									 "pe, "
									 "key) "
									 "WHERE"
									 " key "
									 "IS "
									 "NOT"
									 " NULL"
									 ";"
									 "CREAT"
									 "E "
									 "UNIQU"
									 "E "
									 "INDEX"
									 " runs"
									 "_once"
									 " ON "
									 "runs "
									 "(even"
									 "t, "
									 "recip"
									 "e, "
									 "trigg"
									 "er)"
									 " WHER"
									 "E "
									 "event"
									 " IS "
									 "NOT "
									 "NULL;"
									 "CREAT"
									 "E "
									 "INDEX"
									 " runs"
									 "_live"
									 " ON "
									 "runs "
									 "(stat"
									 "e, "
									 "prior"
									 "ity, "
									 "id)"
									 " WHER"
									 "E "
									 "state"
									 " IN "
									 "('"
									 "queue"
									 "d', "
									 "'runn"
									 "ing',"
									 " '"
									 "waiti"
									 "ng');"
									 "CREAT"
									 "E "
									 "INDEX"
									 " runs"
									 "_grou"
									 "p ON "
									 "runs "
									 "(conc"
									 "urren"
									 "cy, "
									 "id) "
									 "WHERE"
									 " conc"
									 "urren"
									 "cy"
									 " IS "
									 "NOT "
									 "NULL "
									 "AND "
									 "state"
									 " IN "
									 "('"
									 "queue"
									 "d', "
									 "'runn"
									 "ing',"
									 " '"
									 "waiti"
									 "ng');"
									 "CREAT"
									 "E "
									 "INDEX"
									 " runs"
									 "_name"
									 " ON "
									 "runs "
									 "(name"
									 ", "
									 "id);"
									 "CREAT"
									 "E "
									 "INDEX"
									 " runs"
									 "_stat"
									 "e ON "
									 "runs "
									 "(stat"
									 "e, "
									 "id);"
									 "CREAT"
									 "E "
									 "INDEX"
									 " runs"
									 "_name"
									 "_stat"
									 "e ON "
									 "runs "
									 "(name"
									 ", "
									 "state"
									 ", "
									 "id);"
									 "CREAT"
									 "E "
									 "INDEX"
									 " runs"
									 "_oid "
									 "ON "
									 "runs "
									 "(oid)"
									 " WHER"
									 "E "
									 "oid "
									 "IS "
									 "NOT "
									 "NULL;"
									 "CREAT"
									 "E "
									 "INDEX"
									 " runs"
									 "_pare"
									 "nt "
									 "ON "
									 "runs "
									 "(pare"
									 "nt) "
									 "WHERE"
									 " pare"
									 "nt "
									 "IS "
									 "NOT "
									 "NULL;"
									 "CREAT"
									 "E "
									 "INDEX"
									 " runs"
									 "_unan"
									 "nounc"
									 "ed "
									 "ON "
									 "runs "
									 "(id) "
									 "WHERE"
									 " anno"
									 "unced"
									 " = 0 "
									 "AND"
									 " stat"
									 "e IN "
									 "('"
									 "passe"
									 "d', "
									 "'fail"
									 "ed', "
									 "'canc"
									 "elled"
									 "', "
									 "'time"
									 "d_"
									 "out',"
									 " '"
									 "super"
									 "seded"
									 "');",

	      "CREATE TABLE steps ("
	      " id INTEGER PRIMARY KEY AUTOINCREMENT,"
	      " run INTEGER NOT NULL, name TEXT NOT NULL, parent TEXT,"
	      " kind TEXT NOT NULL," /* command function value sleep lock run
					hook undo */
	      " state TEXT NOT NULL CHECK (" IS("running") " OR " IS("waiting") " OR " IS("passed") " OR " IS("failed") " OR " IS("skipped") " OR " IS(
		      "cancelled") " OR " IS("timed_out") "),"
							  " soft INTEGER NOT "
							  "NULL DEFAULT 0, "
							  "once INTEGER NOT "
							  "NULL DEFAULT 0,"
							  " attempt INTEGER "
							  "NOT NULL DEFAULT 1,"
							  " source TEXT," /* fingerprint
									     of
									     what
									     it
									     runs:
									     did
									     the
									     code
									     change?
									   */
							  " command TEXT, "
							  "started INTEGER NOT "
							  "NULL, finished "
							  "INTEGER,"
							  " wake_at INTEGER, "
							  "status INTEGER, "
							  "signal INTEGER, "
							  "class TEXT,"
							  " error TEXT, result "
							  "TEXT," /* JSON */
							  " undone INTEGER NOT "
							  "NULL DEFAULT 0,"
							  " wall INTEGER, "
							  "cpu_user INTEGER, "
							  "cpu_system INTEGER,"
							  " max_rss INTEGER, "
							  "read_bytes INTEGER, "
							  "write_bytes INTEGER," /* bytes */
							  " log_bytes INTEGER "
							  "NOT NULL DEFAULT 0,"
							  " log_truncated "
							  "INTEGER NOT NULL "
							  "DEFAULT 0,"
							  " UNIQUE (run, "
							  "name)) STRICT;",

	      "CREATE TABLE notes ("
	      " id INTEGER PRIMARY KEY, run INTEGER NOT NULL, step TEXT,"
	      " at INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (run, step, "
	      "text))"
	      " STRICT;",

	      "CREATE TABLE locks (" /* held and wished for, in order of arrival
				      */
	      " ticket INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
	      " run INTEGER NOT NULL, step TEXT NOT NULL,"
	      " held INTEGER NOT NULL DEFAULT 0, count INTEGER NOT NULL "
	      "DEFAULT 1,"
	      " capacity INTEGER NOT NULL DEFAULT 1, asked INTEGER NOT NULL,"
	      " since INTEGER, lease INTEGER," /* when it ends by itself */
	      " UNIQUE (name, run, step)) STRICT;",
	      NULL};

static const char *const version_2[] = {
	"CREATE TABLE secrets ("
	" name TEXT PRIMARY KEY,"
	" provider TEXT NOT NULL CHECK (provider IN ('sealed', 'env', 'file',"
	" 'command')),"
	" place TEXT,"  /* a variable, path or command line; of 'sealed' NULL */
	" sealed TEXT," /* base64: nonce and sealed value; of others NULL */
	" key TEXT,"    /* id of the key it is sealed under */
	" created INTEGER NOT NULL, updated INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;",
	NULL};

static const char *const version_3[] = {
	"CREATE TABLE approvals ("
	" id INTEGER PRIMARY KEY, run INTEGER NOT NULL, step TEXT NOT NULL,"
	" question TEXT NOT NULL,"
	" reasons TEXT NOT NULL DEFAULT '[]'," /* JSON: why it is asked */
	" state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open',"
	" 'approved', 'rejected', 'expired')),"
	" asked INTEGER NOT NULL, expires INTEGER, decided INTEGER,"
	" decided_by TEXT, comment TEXT) STRICT;",
	"CREATE INDEX approvals_by_run ON approvals (run, step);",
	"CREATE INDEX approvals_open ON approvals (id) WHERE state = 'open';",
	NULL};

static const char *const version_4[] = {
	"CREATE TABLE configurations ("
	" id INTEGER PRIMARY KEY,"
	" project TEXT NOT NULL," /* the directory of its config.lua */
	" target TEXT NOT NULL,"  /* environment, host and root */
	" version INTEGER NOT NULL,"
	" state TEXT NOT NULL CHECK (state IN ('applying', 'applied',"
	" 'rolled_back')),"
	" started INTEGER NOT NULL, finished INTEGER, applied_by TEXT,"
	" note TEXT, pid INTEGER, pid_start INTEGER," /* of who applies */
	" UNIQUE (project, target, version)) STRICT;",
	"CREATE TABLE configuration_files ("
	" configuration INTEGER NOT NULL, path TEXT NOT NULL,"
	" hash TEXT NOT NULL, mode INTEGER NOT NULL," /* what was applied */
	" before TEXT, before_mode INTEGER,"          /* NULL: no file */
	" reload TEXT,"
	" PRIMARY KEY (configuration, path)) STRICT, WITHOUT ROWID;",
	NULL};

const char *const *const schema_migrations[] = {version_1, version_2, version_3,
						version_4, NULL};
