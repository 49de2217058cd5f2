#include "runtime/store/db.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/store/private.h"
#include "runtime/store/schema.h"

enum {
	BUSY_FIRST = 50,       /* us */
	BUSY_LONGEST = 2000,   /* us */
	BUSY_TOTAL = 10000000, /* us */
	CHECKPOINT_PAGES = 1000,
	SMALL_LOG = 128 * 1024,  /* bytes that may stay in the WAL */
	APPLICATION = 0x54444d4c /* "TDML": this file is ours */
};

static void sleep_us(int64_t us)
{
	struct timespec time = {.tv_sec = us / 1000000,
				.tv_nsec = us % 1000000 * 1000};

	nanosleep(&time, NULL);
}

static int on_busy(void *context, int count)
{
	struct db *db = context;
	int64_t now = clock_monotonic_us();
	int64_t pause = BUSY_FIRST;

	if (count == 0)
		db->busy_since = now;
	db->busy_for = now - db->busy_since;
	if (db->busy_for >= db->patience)
		return 0;
	for (; count > 0 && pause < BUSY_LONGEST; count--)
		pause *= 2;
	sleep_us(pause < BUSY_LONGEST ? pause : BUSY_LONGEST);
	return 1;
}

/*
 * SQLite's own policy tries again at every commit while a reader keeps the WAL
 * from starting over; this one tries every thousand pages, so that a commit
 * is not made slow by somebody's long query.
 */
static int on_commit(void *context, sqlite3 *sqlite, const char *name,
		     int pages)
{
	struct db *db = context;

	if (pages < db->checkpoint_at - CHECKPOINT_PAGES)
		db->checkpoint_at = CHECKPOINT_PAGES;
	if (pages < db->checkpoint_at)
		return SQLITE_OK;
	db->checkpoint_at = pages + CHECKPOINT_PAGES;
	sqlite3_wal_checkpoint_v2(sqlite, name, SQLITE_CHECKPOINT_PASSIVE, NULL,
				  NULL);
	return SQLITE_OK;
}

int db_checkpoint(struct db *db, struct error **err)
{
	int result = sqlite3_wal_checkpoint_v2(
		db->sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	if (result != SQLITE_OK && result != SQLITE_BUSY)
		return db_failed(db, result, err);
	return 0;
}

static int make_home(const char *home, struct error **err)
{
	char *parent;
	int result = 0;

	if (mkdir(home, 0700) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT)
		return error_set(err, ERROR_IO, "cannot create '%s': %s", home,
				 strerror(errno));
	parent = path_dir(home);
	if (strcmp(parent, home) != 0)
		result = make_home(parent, err);
	mem_free(parent);
	if (result == 0 && mkdir(home, 0700) != 0 && errno != EEXIST)
		return error_set(err, ERROR_IO, "cannot create '%s': %s", home,
				 strerror(errno));
	return result;
}

static int schema_version(void)
{
	int version = 0;

	while (schema_migrations[version])
		version++;
	return version;
}

static int migrate_step(struct db *db, int version, struct error **err)
{
	const char *const *sql = schema_migrations[version];

	for (; *sql; sql++) {
		int result = sqlite3_exec(db->sqlite, *sql, NULL, NULL, NULL);

		if (result == SQLITE_OK)
			continue;
		db_failed(db, result, err);
		return error_wrap(err, "cannot migrate to version %d",
				  version + 1);
	}
	return 0;
}

/* Several processes may be here at once: all but one find nothing to do. */
static int migrate_locked(struct db *db, int wanted, struct error **err)
{
	int version = (int)db_number(db, -1, "PRAGMA user_version", "");
	char *finish;
	int result;

	if (version == wanted)
		return 0;
	if (version == 0 &&
	    db_number(db, 0, "SELECT count(*) FROM sqlite_schema", "") > 0)
		return error_set(err, ERROR_INVALID,
				 "'%s' is not a tidemill database", db->path);
	for (; version < wanted; version++)
		if (migrate_step(db, version, err))
			return -1;
	finish = mem_printf("PRAGMA user_version = %d;"
			    "PRAGMA application_id = %d",
			    wanted, APPLICATION);
	result = sqlite3_exec(db->sqlite, finish, NULL, NULL, NULL);
	mem_free(finish);
	return result == SQLITE_OK ? 0 : db_failed(db, result, err);
}

static int migrate(struct db *db, struct error **err)
{
	int wanted = schema_version();
	int version = (int)db_number(db, -1, "PRAGMA user_version", "");

	if (version == wanted)
		return 0;
	if (version < 0)
		return db_failed(db, sqlite3_errcode(db->sqlite), err);
	if (version > wanted)
		return error_set(err, ERROR_INVALID,
				 "'%s' has schema version %d, this tidemill "
				 "knows up to %d: use a newer tidemill",
				 db->path, version, wanted);
	if (db->mode == DB_READ_ONLY)
		return error_set(err, ERROR_INVALID,
				 "'%s' has schema version %d and is opened "
				 "for reading only: it must be migrated to %d "
				 "first ('tidemill status' does)",
				 db->path, version, wanted);
	if (db_begin(db, err))
		return -1;
	if (migrate_locked(db, wanted, err)) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, err);
}

/*
 * Nothing spills: a page that a large transaction changes is written once.
 * No mmap: its pages would count as the server's memory, and a truncated file
 * would be a SIGBUS. Turning to WAL may report SQLITE_BUSY without asking the
 * busy handler, when several processes create the file at once.
 */
static int configure(struct db *db, struct error **err)
{
	static const char common[] = "PRAGMA cache_size = -1024;"
				     "PRAGMA temp_store = MEMORY";
	static const char writing[] = "PRAGMA journal_mode = WAL;"
				      "PRAGMA synchronous = FULL;"
				      "PRAGMA journal_size_limit = 16777216;"
				      "PRAGMA cache_spill = OFF";
	int64_t until = clock_monotonic_us() + BUSY_TOTAL;
	int result;

	sqlite3_busy_handler(db->sqlite, on_busy, db);
	sqlite3_wal_hook(db->sqlite, on_commit, db);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	/* An empty WAL stays: making it anew would sync its directory, too. */
	sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_PERSIST_WAL,
			     &(int){1});
	result = sqlite3_exec(db->sqlite, common, NULL, NULL, NULL);
	while (result == SQLITE_OK && db->mode == DB_WRITE) {
		result = sqlite3_exec(db->sqlite, writing, NULL, NULL, NULL);
		if (result != SQLITE_BUSY || clock_monotonic_us() > until)
			break;
		sleep_us(BUSY_LONGEST);
		result = SQLITE_OK;
	}
	return result == SQLITE_OK ? 0 : db_failed(db, result, err);
}

static int open_file(struct db *db, struct error **err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int result;

	if (db->mode == DB_READ_ONLY && access(db->path, F_OK) != 0 &&
	    errno == ENOENT)
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no database in '%s' yet", db->home);
	if (db->mode == DB_WRITE && make_home(db->home, err))
		return -1;
	flags |= db->mode == DB_WRITE
			 ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
			 : SQLITE_OPEN_READONLY;
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* before the first use */
	result = sqlite3_open_v2(db->path, &db->sqlite, flags, NULL);
	if (result != SQLITE_OK)
		return db_failed(db, result, err);
	if (db->mode == DB_WRITE && sqlite3_db_readonly(db->sqlite, "main"))
		return db_failed(db, SQLITE_READONLY, err);
	return configure(db, err) || migrate(db, err) ? -1 : 0;
}

struct db *db_open(const char *home, enum db_mode mode, struct error **err)
{
	struct db *db = mem_alloc(sizeof(*db));

	db->mode = mode;
	db->home = path_absolute(home);
	db->path = path_join(db->home, "tidemill.db");
	db->checkpoint_at = CHECKPOINT_PAGES;
	db->patience = BUSY_TOTAL;
	if (open_file(db, err) == 0)
		return db;
	db_close(db);
	return NULL;
}

void db_keep_log(struct db *db)
{
	db->keeps_log = true;
}

static void keep_small_log(struct db *db)
{
	char *path = mem_printf("%s-wal", db->path);
	struct stat info;

	if (stat(path, &info) == 0 && info.st_size < SMALL_LOG)
		sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
				  1, NULL);
	mem_free(path);
}

void db_close(struct db *db)
{
	struct error *err = NULL;

	if (!db)
		return;
	if (db->depth > 0) {
		db->depth = 1;
		db_rollback(db);
	}
	if (db_flush(db, &err)) {
		log_error("the last writes are lost: %s", err->message);
		error_free(err);
	}
	db_ungroup(db);
	db_forget_statements(db);
	if (db->sqlite && db->keeps_log)
		keep_small_log(db);
	sqlite3_close_v2(db->sqlite);
	error_free(db->lost);
	mem_free(db->home);
	mem_free(db->path);
	mem_free(db);
}

const char *db_home(const struct db *db)
{
	return db->home;
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->sqlite);
}

int64_t db_changes(const struct db *db)
{
	return sqlite3_changes64(db->sqlite);
}

bool db_in_transaction(const struct db *db)
{
	return db->depth > 0;
}

int db_begin(struct db *db, struct error **err)
{
	const char *sql = db->open ? "SAVEPOINT inner" : "BEGIN IMMEDIATE";

	if (db->depth == 0 && db_execute(db, sql, err))
		return -1;
	db->depth++;
	return 0;
}

void db_rollback(struct db *db)
{
	if (db->depth == 0)
		return;
	db->doomed = true;
	if (--db->depth > 0)
		return;
	db->doomed = false;
	if (sqlite3_get_autocommit(db->sqlite))
		return; /* SQLite has undone it already */
	if (db->open) {
		db_execute(db, "ROLLBACK TO inner", NULL);
		db_execute(db, "RELEASE inner", NULL);
	} else {
		db_execute(db, "ROLLBACK", NULL);
	}
}

int db_commit(struct db *db, struct error **err)
{
	if (db->depth > 1) {
		db->depth--;
		return 0;
	}
	if (db->doomed) {
		db_rollback(db);
		return error_set(err, ERROR_INVALID,
				 "a part of the transaction was undone");
	}
	if (db_execute(db, db->open ? "RELEASE inner" : "COMMIT", err)) {
		db_rollback(db);
		return -1;
	}
	db->depth = 0;
	return db_flush(db, err);
}
