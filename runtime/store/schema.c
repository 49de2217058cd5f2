#include "runtime/store/schema.h"

#include <stddef.h>

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
	" owner TEXT, before_owner TEXT,"             /* user:group */
	" before TEXT, before_mode INTEGER,"          /* NULL: no file */
	" reload TEXT,"
	" shown TEXT," /* hash of what was applied, secrets hidden */
	" PRIMARY KEY (configuration, path)) STRICT, WITHOUT ROWID;",
	NULL};

static const char *const version_5[] = {
	"CREATE TABLE tokens ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
	" hash TEXT NOT NULL," /* SHA-256 of its text */
	" scope TEXT NOT NULL CHECK (scope IN ('read', 'write', 'admin')),"
	" created INTEGER NOT NULL, expires INTEGER, used INTEGER) STRICT;",
	"CREATE TABLE audit ("
	" id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL,"
	" action TEXT NOT NULL, target TEXT, detail TEXT,"
	" hash TEXT NOT NULL) STRICT;", /* of the one before and this one */
	"CREATE TRIGGER audit_kept BEFORE UPDATE ON audit BEGIN"
	" SELECT raise(ABORT, 'the audit log only grows'); END;"
	"CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN"
	" SELECT raise(ABORT, 'the audit log only grows'); END;",
	NULL};

const char *const *const schema_migrations[] = {
	schema_first, version_2,    version_3, version_4,
	version_5,    schema_tests, NULL};
