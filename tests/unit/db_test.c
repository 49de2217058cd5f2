#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/store/db.h"
#include "runtime/store/private.h"
#include "tests/unit/store_home.h"

static void opening_makes_a_private_home_and_the_schema(void **state)
{
	struct home *home = *state;
	char *deep = mem_printf("%s/a/b", home->path);
	struct db *db = home_open(deep, DB_WRITE);
	struct stat info;

	assert_int_equal(stat(deep, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	assert_string_equal(db_home(db), deep);
	assert_int_equal(db_number(db, -1, "SELECT count(*) FROM runs", ""), 0);
	assert_int_equal(db_number(db, -1, "PRAGMA synchronous", ""), 2);
	assert_int_equal(db_number(db, -1, "PRAGMA foreign_keys", ""), 1);
	db_close(db);
	db = home_open(deep, DB_WRITE); /* and once more: nothing to do */
	db_close(db);
	mem_free(deep);
}

static void values_come_back_as_they_went_in(void **state)
{
	struct home *home = *state;
	struct rows *rows;

	rows = db_query(home->db, NULL, "SELECT ?, ?, ?, ?, ?, ?, ?", "itdznob",
			(int64_t)1 << 60, "text", 0.5, (int64_t)0, (int64_t)0,
			"ab", (size_t)2);
	assert_int_equal(rows_next(rows, NULL), 1);
	assert_int_equal(rows_int(rows, 0), (int64_t)1 << 60);
	assert_string_equal(rows_text(rows, 1), "text");
	assert_true(rows_double(rows, 2) == 0.5);
	assert_true(rows_null(rows, 3));
	assert_true(rows_null(rows, 4));
	assert_int_equal(rows_int(rows, 5), 0);
	assert_int_equal(rows_type(rows, 6), ROWS_BLOB);
	assert_int_equal(rows_bytes(rows, 6), 2);
	assert_int_equal(rows_next(rows, NULL), 0);
	rows_close(rows);
}

static void the_same_statement_may_be_open_twice(void **state)
{
	static const char sql[] = "SELECT 1 UNION SELECT 2";
	struct home *home = *state;
	struct rows *outer = db_query(home->db, NULL, sql, "");
	struct rows *inner;

	assert_int_equal(rows_next(outer, NULL), 1);
	inner = db_query(home->db, NULL, sql, "");
	assert_int_equal(rows_next(inner, NULL), 1);
	assert_int_equal(rows_int(inner, 0), 1);
	rows_close(inner);
	assert_int_equal(rows_next(outer, NULL), 1);
	assert_int_equal(rows_int(outer, 0), 2);
	rows_close(outer);
}

static void texts_of_any_number_are_compiled(void **state)
{
	struct home *home = *state;

	for (int i = 0; i < 200; i++) {
		char *sql = mem_printf("SELECT %d + ?", i);
		struct rows *rows = db_prepare(home->db, NULL, sql);

		assert_int_equal(rows_parameters(rows), 1);
		rows_bind_int(rows, 1, 1);
		assert_int_equal(rows_next(rows, NULL), 1);
		assert_int_equal(rows_int(rows, 0), i + 1);
		rows_close(rows);
		mem_free(sql);
	}
}

static void two_statements_at_once_are_refused(void **state)
{
	struct home *home = *state;
	struct error *err = NULL;

	assert_null(db_prepare(home->db, &err, "SELECT 1; SELECT 2"));
	home_error(&err, ERROR_INVALID, "more than one statement");
	assert_null(db_prepare(home->db, &err, " -- nothing"));
	home_error(&err, ERROR_INVALID, "no statement");
	rows_close(db_prepare(home->db, &err, "SELECT 1; -- end\n /* x */ "));
	assert_null(err);
}

static void set(struct db *db, const char *key)
{
	assert_int_equal(db_run(db, NULL,
				"INSERT INTO settings VALUES (?, 'x')", "t",
				key),
			 0);
}

static int64_t settings(struct db *db)
{
	return db_number(db, -1,
			 "SELECT count(*) FROM settings WHERE value = 'x'", "");
}

static void a_rollback_undoes_and_an_inner_one_dooms(void **state)
{
	struct home *home = *state;
	struct error *err = NULL;

	assert_int_equal(db_begin(home->db, NULL), 0);
	set(home->db, "a");
	db_rollback(home->db);
	assert_int_equal(settings(home->db), 0);
	assert_int_equal(db_begin(home->db, NULL), 0);
	set(home->db, "b");
	assert_int_equal(db_begin(home->db, NULL), 0);
	db_rollback(home->db);
	assert_int_equal(db_commit(home->db, &err), -1);
	home_error(&err, ERROR_INVALID, "undone");
	assert_int_equal(settings(home->db), 0);
	assert_false(db_in_transaction(home->db));
}

static void a_locked_database_says_how_long_it_waited(void **state)
{
	struct home *home = *state;
	struct db *other = home_open(home->path, DB_WRITE);
	struct error *err = NULL;

	other->patience = 200000;
	assert_int_equal(db_begin(home->db, NULL), 0);
	assert_int_equal(db_begin(other, &err), -1);
	home_error(&err, ERROR_BUSY, "waited 0.2 s");
	db_rollback(home->db);
	assert_int_equal(db_begin(other, &err), 0);
	db_rollback(other);
	db_close(other);
}

static void a_full_disk_keeps_what_was_accepted(void **state)
{
	struct home *home = *state;
	struct error *err = NULL;
	int64_t before;
	int result;

	db_number(home->db, 0, "PRAGMA max_page_count = 1", "");
	do {
		before = settings(home->db);
		result = db_run(home->db, &err,
				"INSERT INTO settings VALUES"
				" (hex(randomblob(1000)), 'x')",
				"");
	} while (result == 0 && before < 10000);
	assert_int_equal(result, -1);
	home_error(&err, ERROR_IO, "the disk is full");
	assert_int_equal(settings(home->db), before);
	db_number(home->db, 0, "PRAGMA max_page_count = 1000000", "");
	set(home->db, "after");
}

static void other_files_are_told_apart(void **state)
{
	struct home *home = *state;
	char *dir = mem_printf("%s/other", home->path);
	char *path = mem_printf("%s/tidemill.db", dir);
	char text[4096];
	struct error *err = NULL;
	struct db *db;
	FILE *file;

	assert_null(db_open(dir, DB_READ_ONLY, &err));
	home_error(&err, ERROR_NOT_FOUND, "there is no database");
	db_close(home_open(dir, DB_WRITE));
	db = home_open(dir, DB_WRITE);
	db_number(db, 0, "PRAGMA user_version = 99", "");
	db_close(db);
	assert_null(db_open(dir, DB_WRITE, &err));
	home_error(&err, ERROR_INVALID, "schema version 99, this tidemill");
	memset(text, 'x', sizeof(text));
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, sizeof(text), 1, file), 1);
	assert_int_equal(fclose(file), 0);
	assert_null(db_open(dir, DB_WRITE, &err));
	home_error(&err, ERROR_INVALID, "is not a database");
	mem_free(path);
	mem_free(dir);
}

static void a_foreign_database_is_left_alone(void **state)
{
	struct home *home = *state;
	struct error *err = NULL;

	db_number(home->db, 0, "PRAGMA user_version = 0", "");
	assert_null(db_open(home->path, DB_WRITE, &err));
	home_error(&err, ERROR_INVALID, "is not a tidemill database");
}

static void damage_is_reported_with_the_way_out(void **state)
{
	struct home *home = *state;
	struct error *err = NULL;
	char *path = mem_printf("%s/tidemill.db", home->path);
	char junk[4096];
	struct db *db;
	int fd;

	db_close(home->db);
	home->db = NULL;
	memset(junk, 0x5a, sizeof(junk));
	fd = open(path, O_RDWR | O_CLOEXEC);
	for (int page = 1; page < 30; page++)
		assert_int_equal(pwrite(fd, junk, sizeof(junk),
					(off_t)page * (off_t)sizeof(junk)),
				 sizeof(junk));
	close(fd);
	db = db_open(home->path, DB_WRITE, &err);
	if (db) {
		struct rows *rows = db_query(
			db, &err, "SELECT * FROM settings ORDER BY key", "");

		if (rows)
			assert_int_equal(rows_next(rows, &err), -1);
		rows_close(rows);
		db_close(db);
	}
	home_error(&err, ERROR_IO, "tidemill backup");
	mem_free(path);
}

static void reading_only_never_writes(void **state)
{
	struct home *home = *state;
	struct db *db = home_open(home->path, DB_READ_ONLY);
	struct error *err = NULL;

	assert_int_equal(db_run(db, &err, "DELETE FROM settings", ""), -1);
	home_error(&err, ERROR_INVALID, "opened for reading only");
	db_close(db);
}

static void a_directory_without_rights_says_so(void **state)
{
	struct home *home = *state;
	struct error *err = NULL;
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		chmod(home->path, 0500);
		if (geteuid() == 0 && setresuid(65534, 65534, 65534))
			_exit(2);
		_exit(db_open(home->path, DB_WRITE, &err) || !err ||
		      err->code != ERROR_IO);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	chmod(home->path, 0700);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(opening_makes_a_private_home_and_the_schema),
		HOME_TEST(values_come_back_as_they_went_in),
		HOME_TEST(the_same_statement_may_be_open_twice),
		HOME_TEST(texts_of_any_number_are_compiled),
		HOME_TEST(two_statements_at_once_are_refused),
		HOME_TEST(a_rollback_undoes_and_an_inner_one_dooms),
		HOME_TEST(a_locked_database_says_how_long_it_waited),
		HOME_TEST(a_full_disk_keeps_what_was_accepted),
		HOME_TEST(other_files_are_told_apart),
		HOME_TEST(a_foreign_database_is_left_alone),
		HOME_TEST(damage_is_reported_with_the_way_out),
		HOME_TEST(reading_only_never_writes),
		HOME_TEST(a_directory_without_rights_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
