#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <uv.h>

#include "runtime/store/commit.h"
#include "runtime/store/settings.h"
#include "tests/unit/store_home.h"

struct waiter {
	struct commit commit;
	int done;
};

static void on_done(struct op *op)
{
	((struct waiter *)op)->done++;
}

static void put(struct db *db, int i)
{
	assert_int_equal(db_write(db, NULL,
				  "INSERT INTO settings VALUES (?, 'x')", "i",
				  (int64_t)i),
			 0);
}

static int64_t seen_by(struct db *db)
{
	return db_number(db, -1,
			 "SELECT count(*) FROM settings WHERE value = 'x'", "");
}

static void one_commit_is_for_all_of_an_iteration(void **state)
{
	struct home *home = *state;
	struct db *other = home_open(home->path, DB_READ_ONLY);
	struct waiter waiters[3] = {0};
	uv_loop_t loop;

	uv_loop_init(&loop);
	db_group(home->db, &loop);
	for (int i = 0; i < 3; i++) {
		put(home->db, i);
		waiters[i].commit.op.done = on_done;
		commit_start(&waiters[i].commit, home->db);
	}
	assert_int_equal(seen_by(home->db), 3);
	assert_int_equal(seen_by(other), 0);
	assert_int_equal(waiters[0].done, 0); /* never from the start */
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(seen_by(other), 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(waiters[i].done, 1);
		assert_null(waiters[i].commit.op.error);
	}
	db_ungroup(home->db);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	db_close(other);
}

static void run_makes_the_group_durable_too(void **state)
{
	struct home *home = *state;
	struct db *other = home_open(home->path, DB_READ_ONLY);
	uv_loop_t loop;

	uv_loop_init(&loop);
	db_group(home->db, &loop);
	put(home->db, 1);
	assert_int_equal(setting_set(home->db, "a", "x", NULL), 0);
	assert_int_equal(seen_by(other), 2);
	put(home->db, 2);
	assert_int_equal(db_begin(home->db, NULL), 0);
	put(home->db, 3);
	db_rollback(home->db); /* the group itself survives that */
	put(home->db, 4);
	assert_int_equal(db_begin(home->db, NULL), 0);
	put(home->db, 5);
	assert_int_equal(db_commit(home->db, NULL), 0);
	assert_int_equal(seen_by(other), 5);
	db_close(home->db); /* without db_ungroup */
	home->db = NULL;
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	db_close(other);
}

static void every_waiter_learns_of_a_failure(void **state)
{
	struct home *home = *state;
	struct waiter waiters[2] = {0};
	uv_loop_t loop;
	int result = 0;

	uv_loop_init(&loop);
	db_group(home->db, &loop);
	put(home->db, -1);
	for (int i = 0; i < 2; i++) {
		waiters[i].commit.op.done = on_done;
		commit_start(&waiters[i].commit, home->db);
	}
	db_number(home->db, 0, "PRAGMA max_page_count = 1", "");
	for (int i = 0; i < 1000 && result == 0; i++)
		result = db_write(home->db, NULL,
				  "INSERT INTO settings VALUES"
				  " (hex(randomblob(2000)), 'y')",
				  "");
	assert_int_equal(result, -1);
	if (!db_number(home->db, 0,
		       "SELECT count(*) FROM settings WHERE value = 'x'", ""))
		result = 1; /* SQLite undid the group: they must be told */
	uv_run(&loop, UV_RUN_DEFAULT);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waiters[i].done, 1);
		assert_int_equal(waiters[i].commit.op.error != NULL,
				 result == 1);
		error_free(waiters[i].commit.op.error);
	}
	db_ungroup(home->db);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_closed_database_completes_its_waiters(void **state)
{
	struct home *home = *state;
	struct waiter waiter = {.commit = {.op = {.done = on_done}}};
	uv_loop_t loop;

	uv_loop_init(&loop);
	db_group(home->db, &loop);
	put(home->db, 1);
	commit_start(&waiter.commit, home->db);
	waiter.commit.op.cancel(&waiter.commit.op);
	db_close(home->db);
	home->db = home_open(home->path, DB_WRITE);
	assert_int_equal(waiter.done, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(waiter.done, 1);
	assert_int_equal(seen_by(home->db), 1);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(one_commit_is_for_all_of_an_iteration),
		HOME_TEST(run_makes_the_group_durable_too),
		HOME_TEST(every_waiter_learns_of_a_failure),
		HOME_TEST(a_closed_database_completes_its_waiters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
