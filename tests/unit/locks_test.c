#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/base/clock.h"
#include "runtime/loop/process.h"
#include "runtime/store/locks.h"
#include "runtime/store/runs.h"
#include "runtime/store/settings.h"
#include "tests/unit/store_home.h"

static int64_t running(struct db *db)
{
	struct run_new run = {.name = "shop", .path = "/r.lua", .trigger = -1};
	int64_t id = run_create(db, &run, NULL);

	assert_int_equal(run_claim(db, id, getpid(),
				   (int64_t)process_start_time(getpid()), NULL),
			 1);
	return id;
}

static int take(struct db *db, int64_t run, int64_t count, int64_t capacity)
{
	struct lock_request request = {.name = "db",
				       .run = run,
				       .step = "lock",
				       .count = count,
				       .capacity = capacity};

	return lock_try(db, &request, NULL);
}

static void give(struct db *db, int64_t run)
{
	assert_int_equal(lock_release(db, "db", run, "lock", NULL), 1);
}

static void an_exclusive_lock_goes_round_in_order(void **state)
{
	struct db *db = ((struct home *)*state)->db;
	int64_t a = running(db), b = running(db), c = running(db);
	int64_t ready[4];

	assert_int_equal(take(db, a, 1, 1), 1);
	assert_int_equal(take(db, a, 1, 1), 1); /* asking again */
	assert_int_equal(take(db, b, 1, 1), 0);
	assert_int_equal(take(db, c, 1, 1), 0);
	assert_int_equal(locks_ready(db, ready, 4, NULL), 0);
	give(db, a);
	assert_int_equal(locks_ready(db, ready, 4, NULL), 1);
	assert_int_equal(ready[0], b);
	assert_int_equal(take(db, c, 1, 1), 0); /* b is first */
	assert_int_equal(take(db, b, 1, 1), 1);
	give(db, b);
	assert_int_equal(take(db, c, 1, 1), 1);
}

static void nobody_is_overtaken_by_who_wants_less(void **state)
{
	struct db *db = ((struct home *)*state)->db;
	int64_t a = running(db), b = running(db), c = running(db);

	assert_int_equal(take(db, a, 2, 3), 1);
	assert_int_equal(take(db, b, LOCK_ALL, 3), 0);
	assert_int_equal(take(db, c, 1, 3), 0);
	give(db, a);
	assert_int_equal(take(db, c, 1, 3), 0);
	assert_int_equal(take(db, b, LOCK_ALL, 3), 1);
	assert_int_equal(take(db, c, 1, 3), 0);
	give(db, b);
	assert_int_equal(take(db, c, 1, 3), 1);
	assert_int_equal(take(db, a, 2, 3), 1);
}

static void the_capacity_is_read_when_granting(void **state)
{
	struct db *db = ((struct home *)*state)->db;
	int64_t a = running(db), b = running(db);

	assert_int_equal(take(db, a, 1, 1), 1);
	assert_int_equal(take(db, b, 1, 1), 0);
	assert_int_equal(setting_set(db, "lock:db", "2", NULL), 0);
	assert_int_equal(take(db, b, 1, 1), 1);
	give(db, b);
	assert_int_equal(setting_set(db, "lock:db", "0", NULL), 0);
	give(db, a);
	assert_int_equal(take(db, b, 1, 1), 0); /* closed */
}

static void a_lease_ends_by_itself_and_says_so(void **state)
{
	struct db *db = ((struct home *)*state)->db;
	int64_t a = running(db), b = running(db);
	struct lock_request request = {
		.name = "db", .run = a, .step = "lock", .lease = 1000};
	char *note;

	assert_int_equal(lock_try(db, &request, NULL), 1);
	assert_int_equal(take(db, b, 1, 1), 0);
	assert_true(lock_next_lease(db) > clock_now());
	assert_int_equal(lock_expire(db, clock_now(), NULL), 0);
	assert_int_equal(lock_expire(db, clock_now() + 1001, NULL), 1);
	assert_int_equal(lock_next_lease(db), 0);
	assert_int_equal(take(db, b, 1, 1), 1);
	note = db_text(db, NULL, "SELECT text FROM notes WHERE run = ?", "i",
		       a);
	assert_string_equal(
		note, "lock 'db' was freed: its lease ended after 1000 ms");
	mem_free(note);
}

static void a_run_that_ends_releases_and_wakes(void **state)
{
	struct db *db = ((struct home *)*state)->db;
	struct run_end end = {.state = "failed", .status = 1};
	int64_t a = running(db), b = running(db);

	assert_int_equal(take(db, a, 1, 1), 1);
	assert_int_equal(take(db, b, 1, 1), 0);
	assert_int_equal(run_wait(db, b, 0, "lock db", NULL), 1);
	assert_int_equal(run_finish(db, a, &end, NULL), 1);
	assert_int_equal(locks_wake(db, NULL), 1);
	assert_int_equal(db_number(db, 0,
				   "SELECT state = 'queued' FROM runs"
				   " WHERE id = ?",
				   "i", b),
			 1);
}

/* The lock becomes free between the last look of the runner and its parking. */
static void parking_does_not_miss_a_free_lock(void **state)
{
	struct db *db = ((struct home *)*state)->db;
	int64_t a = running(db), b = running(db);

	assert_int_equal(take(db, a, 1, 1), 1);
	assert_int_equal(take(db, b, 1, 1), 0);
	give(db, a);
	assert_int_equal(run_wait(db, b, 0, "lock db", NULL), 1);
	assert_int_equal(db_number(db, 0,
				   "SELECT state = 'queued' FROM runs"
				   " WHERE id = ?",
				   "i", b),
			 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(an_exclusive_lock_goes_round_in_order),
		HOME_TEST(nobody_is_overtaken_by_who_wants_less),
		HOME_TEST(the_capacity_is_read_when_granting),
		HOME_TEST(a_lease_ends_by_itself_and_says_so),
		HOME_TEST(a_run_that_ends_releases_and_wakes),
		HOME_TEST(parking_does_not_miss_a_free_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
