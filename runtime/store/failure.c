#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "runtime/store/private.h"

/* A place that a message may borrow. */
struct space {
	char text[64];
};

static const char *space_left(const char *home, struct space *space)
{
	struct statvfs fs;

	space->text[0] = '\0';
	if (statvfs(home, &fs) == 0)
		snprintf(space->text, sizeof(space->text), " (%llu MiB free)",
			 (unsigned long long)fs.f_bavail * fs.f_frsize >> 20);
	return space->text;
}

static int full(struct db *db, struct error **err)
{
	struct space space;

	return error_set(err, ERROR_IO,
			 "the disk is full: cannot write '%s'%s: make room and "
			 "try again, nothing that was accepted is lost",
			 db->path, space_left(db->home, &space));
}

static int corrupted(struct db *db, const char *what, struct error **err)
{
	return error_set(err, ERROR_IO,
			 "database '%s' is corrupted: %s: stop tidemill, move "
			 "the file away and put the last copy made by "
			 "'tidemill backup' in its place, or save what can be "
			 "read with: sqlite3 '%s' .recover",
			 db->path, what, db->path);
}

static int busy(struct db *db, int result, struct error **err)
{
	if (result == SQLITE_BUSY_SNAPSHOT)
		return error_set(err, ERROR_BUSY,
				 "database '%s' was changed by another process "
				 "while this one was reading it: read all rows "
				 "before writing, or begin a transaction",
				 db->path);
	return error_set(err, ERROR_BUSY,
			 "database '%s' is locked by another process: waited "
			 "%.1f s",
			 db->path, (double)db->busy_for / 1e6);
}

static int read_only(struct db *db, struct error **err)
{
	struct statvfs fs;

	if (db->mode == DB_READ_ONLY)
		return error_set(err, ERROR_INVALID,
				 "the database is opened for reading only");
	if (statvfs(db->home, &fs) == 0 && fs.f_flag & ST_RDONLY)
		return error_set(err, ERROR_IO,
				 "cannot write '%s': the file system is "
				 "read-only",
				 db->path);
	return error_set(err, ERROR_IO,
			 "cannot write '%s': no right to write it or its "
			 "directory",
			 db->path);
}

static int io(struct db *db, int result, const char *what, struct error **err)
{
	int number = db->sqlite ? sqlite3_system_errno(db->sqlite) : 0;

	if (number == ENOSPC || number == EDQUOT)
		return full(db, err);
	if (number == EROFS)
		return read_only(db, err);
	if (result == SQLITE_IOERR_CORRUPTFS)
		return corrupted(db, what, err);
	return error_set(err, ERROR_IO, "cannot access database '%s': %s",
			 db->path, number ? strerror(number) : what);
}

int db_failed(struct db *db, int result, struct error **err)
{
	const char *what = db->sqlite ? sqlite3_errmsg(db->sqlite)
				      : sqlite3_errstr(result);

	switch (result & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return busy(db, result, err);
	case SQLITE_FULL:
		return full(db, err);
	case SQLITE_CORRUPT:
		return corrupted(db, what, err);
	case SQLITE_NOTADB:
		return error_set(err, ERROR_INVALID, "'%s' is not a database",
				 db->path);
	case SQLITE_READONLY:
		return read_only(db, err);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return io(db, result, what, err);
	case SQLITE_INTERRUPT:
		return error_set(err, ERROR_TIMEOUT,
				 "the query took longer than %lld ms",
				 (long long)db->limit);
	case SQLITE_AUTH:
		return error_set(err, ERROR_INVALID,
				 "only reading is allowed: %s", what);
	case SQLITE_TOOBIG:
		return error_set(err, ERROR_LIMIT, "%s", what);
	case SQLITE_NOMEM:
		return error_set(err, ERROR_LIMIT, "out of memory in a query");
	default:
		return error_set(err, ERROR_INVALID, "SQL: %s", what);
	}
}
