/* What the queue grants, as decisions over a database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/mem.h"
#include "runtime/engine/queue.h"
#include "runtime/store/runs.h"

static char home[64];
static struct db *db;

static int open_home(void **state)
{
	(void)state;
	snprintf(home, sizeof(home), "/tmp/grants-XXXXXX");
	assert_non_null(mkdtemp(home));
	db = db_open(home, DB_WRITE, NULL);
	assert_non_null(db);
	return 0;
}

static int close_home(void **state)
{
	char command[128];

	(void)state;
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", home);
	return system(command); /* NOLINT: of a test */
}

static int64_t add(const struct run_new *like)
{
	struct run_new run = *like;

	run.name = "r";
	run.path = "/r.lua";
	run.trigger = -1;
	return run_create(db, &run, NULL);
}

static void start(int64_t run)
{
	assert_int_equal(run_claim(db, run, getpid(), 1, NULL), 1);
}

static bool none(void *context, int64_t run)
{
	(void)context;
	(void)run;
	return false;
}

static int64_t granted[8];
static bool left; /* somebody found no place */

static int grant(unsigned limit)
{
	struct grant_options options = {.limit = limit, .taken = none};

	int count;

	memset(granted, 0, sizeof(granted));
	count = queue_grants(db, &options, granted, 8, NULL);
	left = options.left;
	return count;
}

static void check_reason(int64_t id, const char *wanted)
{
	struct run run;

	assert_int_equal(run_get(db, id, &run, NULL), 1);
	assert_string_equal(run.waits_for, wanted);
	run_release(&run);
}

static void priority_comes_before_age(void **state)
{
	int64_t old = add(&(struct run_new){.priority = 0});
	int64_t urgent = add(&(struct run_new){.priority = 5});

	(void)state;
	add(&(struct run_new){.priority = 0});
	assert_int_equal(grant(2), 2);
	assert_int_equal(granted[0], urgent);
	assert_int_equal(granted[1], old);
	assert_true(left);
}

static void a_group_is_first_come_first_served(void **state)
{
	struct run_new run = {.concurrency = "g"};
	int64_t first = add(&run);
	int64_t second = add(&run);
	char reason[64];

	(void)state;
	assert_int_equal(grant(4), 1);
	assert_int_equal(granted[0], first);
	start(first);
	assert_int_equal(grant(4), 0);
	snprintf(reason, sizeof(reason), "run %lld in group 'g'",
		 (long long)first);
	check_reason(second, reason);
	run_finish(db, first, &(struct run_end){.state = "passed"}, NULL);
	assert_int_equal(grant(4), 1);
	assert_int_equal(granted[0], second);
}

static void a_run_that_waits_keeps_its_group(void **state)
{
	struct run_new run = {.concurrency = "g"};
	int64_t first = add(&run);
	int64_t second = add(&run);

	(void)state;
	start(first);
	assert_int_equal(run_wait(db, first, 0, "a person", NULL), 1);
	assert_int_equal(grant(4), 0);
	assert_int_equal(run_requeue(db, first, NULL, NULL), 1);
	assert_int_equal(grant(4), 1);
	assert_int_equal(granted[0], first);
	(void)second;
}

static void a_parent_lends_its_place(void **state)
{
	int64_t parent = add(&(struct run_new){0});
	int64_t child;
	int64_t other;

	(void)state;
	start(parent);
	child = add(&(struct run_new){.parent = parent});
	other = add(&(struct run_new){.parent = parent});
	assert_int_equal(grant(1), 1);
	assert_int_equal(granted[0], child);
	start(child);
	assert_int_equal(grant(1), 0);
	run_finish(db, child, &(struct run_end){.state = "passed"}, NULL);
	assert_int_equal(grant(1), 1);
	assert_int_equal(granted[0], other);
}

static void a_newer_run_replaces_older_ones(void **state)
{
	struct run_new run = {.concurrency = "g", .supersede = "queued"};
	int64_t running = add(&run);
	int64_t old;
	int64_t after = 0;
	struct run row;

	(void)state;
	start(running);
	old = add(&run);
	add(&run);
	assert_int_equal(queue_supersede(db, &after, NULL), 0);
	assert_int_equal(run_get(db, old, &row, NULL), 1);
	assert_string_equal(row.state, "superseded");
	run_release(&row);
	assert_int_equal(db_number(db, 0,
				   "SELECT count(*) FROM decisions WHERE run ="
				   " ? AND verdict = 'superseded'",
				   "i", old),
			 1);
	run.supersede = "running";
	add(&run);
	assert_int_equal(queue_supersede(db, &after, NULL), 1);
	assert_int_equal(run_get(db, running, &row, NULL), 1);
	assert_non_null(row.cancel);
	run_release(&row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(priority_comes_before_age,
						open_home, close_home),
		cmocka_unit_test_setup_teardown(
			a_group_is_first_come_first_served, open_home,
			close_home),
		cmocka_unit_test_setup_teardown(
			a_run_that_waits_keeps_its_group, open_home,
			close_home),
		cmocka_unit_test_setup_teardown(a_parent_lends_its_place,
						open_home, close_home),
		cmocka_unit_test_setup_teardown(a_newer_run_replaces_older_ones,
						open_home, close_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
