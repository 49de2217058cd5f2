#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "runtime/store/backup.h"
#include "runtime/store/commit.h"
#include "runtime/store/guard.h"
#include "runtime/store/retention.h"
#include "runtime/store/runs.h"
#include "runtime/store/settings.h"
#include "tests/unit/store_home.h"

static void write_forever(const char *path, int out)
{
	struct db *db = db_open(path, DB_WRITE, NULL);

	for (int64_t i = 1; db; i++) {
		if (db_begin(db, NULL) ||
		    db_run(db, NULL,
			   "INSERT INTO notes (run, at, text) VALUES (?, ?, "
			   "'x')",
			   "ii", i, i) ||
		    db_run(db, NULL,
			   "INSERT INTO notes (run, at, text) VALUES (?, ?, "
			   "'y')",
			   "ii", i, i) ||
		    db_commit(db, NULL))
			_exit(1);
		if (write(out, &i, sizeof(i)) != sizeof(i))
			_exit(1);
	}
	_exit(1);
}

/* Kill a writer after a while; returns the last write it was told is safe. */
static int64_t kill_writer(const char *path, long us)
{
	const struct timespec pause = {.tv_nsec = us * 1000};
	int64_t last = 0;
	int64_t i;
	int pipes[2];
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		write_forever(path, pipes[1]);
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &last, sizeof(last)), sizeof(last));
	nanosleep(&pause, NULL);
	kill(pid, SIGKILL);
	while (read(pipes[0], &i, sizeof(i)) == sizeof(i))
		last = i;
	close(pipes[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return last;
}

static void what_was_acknowledged_survives_a_kill(void **state)
{
	struct home *home = *state;

	db_close(home->db);
	for (int round = 0; round < 25; round++) {
		int64_t last = kill_writer(home->path, 500 + round * 300L);

		home->db = home_open(home->path, DB_WRITE);
		assert_true(db_number(home->db, 0, "SELECT max(run) FROM notes",
				      "") >= last);
		assert_int_equal(db_number(home->db, -1,
					   "SELECT count(*) FROM (SELECT run"
					   " FROM notes GROUP BY run HAVING"
					   " count(*) <> 2)",
					   ""),
				 0); /* both or none */
		assert_int_equal(db_check(home->db, NULL), 0);
		db_run(home->db, NULL, "DELETE FROM notes", "");
		db_close(home->db);
	}
	home->db = home_open(home->path, DB_WRITE);
}

static int files_in(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static void a_backup_is_one_checked_file(void **state)
{
	struct home *home = *state;
	char *dir = mem_printf("%s/copy", home->path);
	char *path = mem_printf("%s/tidemill.db", dir);
	struct error *err = NULL;
	struct db *copy;
	char *value;

	assert_int_equal(setting_set(home->db, "a", "1", NULL), 0);
	assert_int_equal(db_backup(home->db, path, &err), -1);
	home_error(&err, ERROR_IO, "cannot create");
	db_close(home_open(dir, DB_WRITE));
	assert_int_equal(db_backup(home->db, path, &err), 0);
	assert_int_equal(files_in(dir), 1);
	copy = home_open(dir, DB_WRITE);
	value = setting_get(copy, "a");
	assert_string_equal(value, "1");
	mem_free(value);
	db_close(copy);
	assert_int_equal(db_begin(home->db, NULL), 0);
	assert_int_equal(db_backup(home->db, path, &err), -1);
	home_error(&err, ERROR_INVALID, "within a transaction");
	db_rollback(home->db);
	mem_free(path);
	mem_free(dir);
}

static int64_t ended(struct db *db, const char *name, int64_t finished)
{
	struct run_new run = {.name = name, .path = "/r", .trigger = -1};
	int64_t id = run_create(db, &run, NULL);

	assert_int_equal(db_run(db, NULL,
				"UPDATE runs SET state = 'passed', finished = ?"
				" WHERE id = ?",
				"ii", finished, id),
			 0);
	return id;
}

static void retention_keeps_the_newest_and_the_living(void **state)
{
	struct home *home = *state;
	struct db *db = home->db;
	struct retention retention = {.keep = 2, .now = 1000000000};
	struct run_new child = {.name = "c", .path = "/c", .trigger = -1};
	int64_t ids[16], first, live;
	int count;

	live = run_create(db, &(struct run_new){.name = "a", .path = "/r"},
			  NULL);
	first = ended(db, "a", 1);
	child.parent = ended(db, "a", 1); /* its child is alive */
	run_create(db, &child, NULL);
	for (int i = 0; i < 3; i++)
		ended(db, "a", 1);
	ended(db, "b", 1);
	count = retention_pick(&retention, db, ids, 16, NULL);
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], first);
	assert_true(ids[1] != child.parent && ids[1] != live);
	assert_false(retention_more(&retention));
	assert_int_equal(retention_delete(db, ids, count, NULL), 0);
	assert_int_equal(retention_pick(&retention, db, ids, 16, NULL), 0);
	retention.keep = 0;
	retention.max_age = 1000;
	assert_int_equal(retention_pick(&retention, db, ids, 1, NULL), 1);
	assert_true(retention_more(&retention));
	assert_int_equal(retention_delete(db, ids, 1, NULL), 0);
	count = retention_pick(&retention, db, ids, 16, NULL);
	assert_int_equal(count, 2); /* the rest of a, and b's */
	assert_false(retention_more(&retention));
	retention_release(&retention);
}

static void add_result(struct db *db, int64_t run, int64_t test,
		       int64_t last_run)
{
	db_run(db, NULL,
	       "INSERT OR REPLACE INTO test_history (id, recipe, label, suite,"
	       " name, first_run, last_run, last_outcome, last_seen)"
	       " VALUES (?1, 'a', 'unit', '', 't' || ?1, 1, ?2, 'passed', 1)",
	       "ii", test, last_run);
	assert_int_equal(db_run(db, NULL,
				"INSERT INTO tests (run, step, attempt, number,"
				" test, outcome) VALUES (?, 1, 1, ?2, ?2,"
				" 'passed')",
				"ii", run, test),
			 0);
}

static void tests_go_with_the_last_run_that_had_them(void **state)
{
	struct home *home = *state;
	struct db *db = home->db;
	int64_t first = ended(db, "a", 1);
	int64_t second = ended(db, "a", 1);

	add_result(db, first, 1, first);
	add_result(db, first, 2, first);
	add_result(db, second, 2, second);
	assert_int_equal(retention_delete(db, &first, 1, NULL), 0);
	assert_int_equal(db_number(db, -1, "SELECT count(*) FROM tests", ""),
			 1);
	assert_int_equal(db_number(db, -1, "SELECT id FROM test_history", ""),
			 2);
	assert_int_equal(retention_delete(db, &second, 1, NULL), 0);
	assert_int_equal(
		db_number(db, -1, "SELECT count(*) FROM test_history", ""), 0);
}

static void retention_of_events_goes_on_where_it_was(void **state)
{
	struct home *home = *state;
	struct db *db = home->db;
	struct retention retention = {0};

	assert_int_equal(
		db_run(db, NULL,
		       "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1"
		       " FROM c WHERE x < 5000) INSERT INTO events (kind,"
		       " dedupe, created, due, state) SELECT 'emit', x, x, x,"
		       " iif(x % 2, 'done', 'new') FROM c",
		       ""),
		0);
	for (int i = 0; i < 40; i++)
		assert_true(retention_events(&retention, db, 4000, 100, NULL) >=
			    0);
	assert_int_equal(db_number(db, 0, "SELECT count(*) FROM events", ""),
			 3000);
}

static void a_guarded_connection_only_reads(void **state)
{
	struct home *home = *state;
	struct db *db = home_open(home->path, DB_READ_ONLY);
	struct error *err = NULL;
	struct rows *rows;

	assert_int_equal(db_guard(db, 100, NULL), 0);
	assert_null(db_prepare(db, &err, "DELETE FROM runs"));
	home_error(&err, ERROR_INVALID, "only reading is allowed");
	rows = db_prepare(db, &err,
			  "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL"
			  " SELECT x + 1 FROM c) SELECT max(x) FROM c");
	assert_non_null(rows);
	assert_int_equal(rows_next(rows, &err), -1);
	home_error(&err, ERROR_TIMEOUT, "longer than 100 ms");
	rows_close(rows);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(what_was_acknowledged_survives_a_kill),
		HOME_TEST(a_backup_is_one_checked_file),
		HOME_TEST(retention_keeps_the_newest_and_the_living),
		HOME_TEST(tests_go_with_the_last_run_that_had_them),
		HOME_TEST(retention_of_events_goes_on_where_it_was),
		HOME_TEST(a_guarded_connection_only_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
