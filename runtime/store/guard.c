#include "runtime/store/guard.h"

#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/store/private.h"

enum { INSTRUCTIONS = 1000, LONGEST_VALUE = 16 << 20 };

static bool listed(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (sqlite3_stricmp(name, *list) == 0)
			return true;
	return false;
}

/* NOLINTNEXTLINE(readability-function-size): SQLite wants six parameters */
static int on_action(void *context, int action, const char *first,
		     const char *second, const char *database,
		     const char *trigger)
{
	static const char *const pragmas[] = {
		"table_info", "table_xinfo",      "table_list",   "index_list",
		"index_info", "foreign_key_list", "user_version", NULL};
	static const char *const banned[] = {"load_extension", "readfile",
					     "writefile",      "edit",
					     "fts3_tokenizer", NULL};

	(void)context;
	(void)database;
	(void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return listed(second, banned) ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_PRAGMA:
		if (sqlite3_stricmp(first, "user_version") == 0 && second)
			return SQLITE_DENY;
		return listed(first, pragmas) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int on_progress(void *context)
{
	const struct db *db = context;

	return db->deadline > 0 && clock_monotonic() > db->deadline;
}

int db_guard(struct db *db, int64_t ms, struct error **err)
{
	int result = sqlite3_exec(db->sqlite,
				  "PRAGMA query_only = ON;"
				  "PRAGMA temp_store = FILE",
				  NULL, NULL, NULL);

	if (result != SQLITE_OK)
		return db_failed(db, result, err);
	db_forget_statements(db);
	db->limit = ms;
	sqlite3_limit(db->sqlite, SQLITE_LIMIT_LENGTH, LONGEST_VALUE);
	sqlite3_limit(db->sqlite, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_progress_handler(db->sqlite, INSTRUCTIONS, on_progress, db);
	sqlite3_set_authorizer(db->sqlite, on_action, db);
	return 0;
}
