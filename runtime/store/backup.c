#include "runtime/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/store/private.h"

enum { PAGES = 2000 };

/* The copy, while it is made. Its `db` is only for messages. */
struct target {
	char *path; /* owned: beside the final one */
	sqlite3 *sqlite;
	struct db db;
};

static int target_failed(struct target *target, int result, struct error **err)
{
	target->db.sqlite = target->sqlite;
	return db_failed(&target->db, result, err);
}

static int copy_pages(struct db *db, struct target *target, struct error **err)
{
	sqlite3_backup *backup =
		sqlite3_backup_init(target->sqlite, "main", db->sqlite, "main");
	int result;

	if (!backup)
		return target_failed(target, sqlite3_errcode(target->sqlite),
				     err);
	do
		result = sqlite3_backup_step(backup, PAGES);
	while (result == SQLITE_OK);
	result = sqlite3_backup_finish(backup);
	return result == SQLITE_OK ? 0 : target_failed(target, result, err);
}

static int on_check(void *context, int columns, char **values, char **names)
{
	struct error **err = context;
	const char *text = columns > 0 && values[0] ? values[0] : "?";

	(void)names;
	if (!*err && strcmp(text, "ok") != 0)
		error_set(err, ERROR_IO, "%s", text);
	return 0;
}

static int check(sqlite3 *sqlite, struct db *db, struct error **err)
{
	struct error *problem = NULL;
	int result = sqlite3_exec(sqlite,
				  "PRAGMA integrity_check(1);"
				  "PRAGMA foreign_key_check",
				  on_check, &problem, NULL);

	if (result != SQLITE_OK) {
		error_free(problem);
		return db_failed(db, result, err);
	}
	if (!problem)
		return 0;
	error_move(err, problem);
	return error_wrap(err, "database '%s' is damaged", db->path);
}

int db_check(struct db *db, struct error **err)
{
	return check(db->sqlite, db, err);
}

/*
 * A read transaction of ours pins one moment, so that writers do not make the
 * copying start again; in WAL mode they do not wait for it either.
 */
static int copy_moment(struct db *db, struct target *target, struct error **err)
{
	int result;

	if (db_execute(db, "BEGIN", err))
		return -1;
	db_number(db, 0, "SELECT count(*) FROM sqlite_schema", "");
	result = copy_pages(db, target, err);
	db_execute(db, "COMMIT", NULL);
	return result;
}

/* One file: without WAL, checked and on the disk. */
static int settle(struct target *target, struct error **err)
{
	int result =
		sqlite3_exec(target->sqlite, "PRAGMA journal_mode = DELETE",
			     NULL, NULL, NULL);
	int fd;

	if (result != SQLITE_OK)
		return target_failed(target, result, err);
	target->db.sqlite = target->sqlite;
	if (check(target->sqlite, &target->db, err))
		return -1;
	fd = open(target->path, O_RDONLY | O_CLOEXEC);
	result = fd < 0 || fsync(fd) ? -1 : 0;
	if (result)
		error_set(err, ERROR_IO, "cannot sync '%s': %s", target->path,
			  strerror(errno));
	if (fd >= 0)
		close(fd);
	return result;
}

static void sync_directory(const char *path)
{
	char *dir = path_dir(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	mem_free(dir);
}

static int open_target(struct target *target, struct error **err)
{
	int fd = open(target->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
		      0600);
	int result;

	if (fd < 0)
		return error_set(err, ERROR_IO, "cannot create '%s': %s",
				 target->path, strerror(errno));
	close(fd);
	result = sqlite3_open_v2(target->path, &target->sqlite,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
				 NULL);
	if (result != SQLITE_OK)
		return target_failed(target, result, err);
	return 0;
}

static int make_copy(struct db *db, struct target *target, struct error **err)
{
	int result = open_target(target, err);

	if (result == 0)
		result = copy_moment(db, target, err);
	if (result == 0)
		result = settle(target, err);
	sqlite3_close_v2(target->sqlite);
	return result;
}

/* What an older backup at `path` left in its log is not part of the new one. */
static void remove_logs(const char *path)
{
	char *wal = mem_printf("%s-wal", path);
	char *shm = mem_printf("%s-shm", path);

	unlink(wal);
	unlink(shm);
	mem_free(wal);
	mem_free(shm);
}

int db_backup(struct db *db, const char *path, struct error **err)
{
	struct target target = {
		.path = mem_printf("%s.%ld.part", path, (long)getpid())};
	int result = db_flush(db, err);

	if (result == 0 && db->depth > 0)
		result = error_set(err, ERROR_INVALID,
				   "no backup within a transaction");
	target.db.path = target.path;
	target.db.home = path_dir(path);
	if (result == 0) {
		result = make_copy(db, &target, err);
		if (result == 0)
			remove_logs(path);
		if (result == 0 && rename(target.path, path) != 0)
			result = error_set(err, ERROR_IO,
					   "cannot rename '%s' to '%s': %s",
					   target.path, path, strerror(errno));
		if (result == 0)
			sync_directory(path);
		else
			unlink(target.path);
	}
	mem_free(target.db.home);
	mem_free(target.path);
	return result;
}
