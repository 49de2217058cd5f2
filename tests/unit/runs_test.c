#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/wait.h>

#include "runtime/base/clock.h"
#include "runtime/loop/process.h"
#include "runtime/store/events.h"
#include "runtime/store/poke.h"
#include "runtime/store/runs.h"
#include "runtime/store/steps.h"
#include "tests/unit/store_home.h"

static int64_t create(struct db *db)
{
	struct run_new run = {.name = "shop", .path = "/r.lua", .trigger = -1};
	struct error *err = NULL;
	int64_t id = run_create(db, &run, &err);

	if (err)
		fprintf(stderr, "%s\n", err->message);
	assert_true(id > 0);
	return id;
}

static int claim(struct db *db, int64_t id)
{
	return run_claim(db, id, getpid(),
			 (int64_t)process_start_time(getpid()), NULL);
}

static void assert_state(struct db *db, int64_t id, const char *state)
{
	struct run run;

	assert_int_equal(run_get(db, id, &run, NULL), 1);
	assert_string_equal(run.state, state);
	run_release(&run);
}

static void an_event_makes_one_run_of_a_trigger(void **state)
{
	struct home *home = *state;
	struct run_new run = {.name = "shop",
			      .path = "tidemill.lua",
			      .event = 7,
			      .recipe = 3,
			      .trigger = 0,
			      .priority = 5,
			      .params = "{\"a\":1}",
			      .ref = "refs/heads/main"};
	struct run row;
	int64_t id = run_create(home->db, &run, NULL);

	assert_true(id > 0);
	assert_int_equal(run_create(home->db, &run, NULL), 0);
	run.trigger = -1; /* a retry */
	assert_true(run_create(home->db, &run, NULL) > id);
	assert_int_equal(run_get(home->db, id, &row, NULL), 1);
	assert_int_equal(row.trigger, 0);
	assert_int_equal(row.event, 7);
	assert_int_equal(row.status, -1);
	assert_int_equal(row.group_limit, 1);
	assert_int_equal(row.priority, 5);
	assert_string_equal(row.on_crash, "resume");
	assert_string_equal(row.params, "{\"a\":1}");
	assert_string_equal(row.ref, "refs/heads/main");
	assert_null(row.waits_for);
	run_release(&row);
	assert_int_equal(run_get(home->db, 999, &row, NULL), 0);
}

static void a_run_goes_from_state_to_state(void **state)
{
	struct home *home = *state;
	struct run_end end = {.state = "passed", .status = 0};
	int64_t id = create(home->db);

	assert_int_equal(run_waits_for(home->db, id, "turn", NULL), 1);
	assert_int_equal(run_waits_for(home->db, id, "turn", NULL), 0);
	assert_int_equal(claim(home->db, id), 1);
	assert_int_equal(claim(home->db, id), 0); /* its runner lives */
	assert_int_equal(
		run_wait(home->db, id, clock_now() + 60000, "sleep", NULL), 1);
	assert_state(home->db, id, "waiting");
	assert_int_equal(claim(home->db, id), 0); /* not due */
	assert_int_equal(run_requeue(home->db, id, NULL, NULL), 1);
	assert_int_equal(run_requeue(home->db, id, NULL, NULL), 0);
	assert_int_equal(claim(home->db, id), 1);
	assert_int_equal(run_wait(home->db, id, 1, "sleep", NULL), 1);
	assert_int_equal(claim(home->db, id), 1); /* due */
	assert_int_equal(run_finish(home->db, id, &end, NULL), 1);
	assert_int_equal(run_finish(home->db, id, &end, NULL), 0);
	assert_state(home->db, id, "passed");
	assert_int_equal(db_number(home->db, -1,
				   "SELECT attempt FROM runs WHERE id = ?", "i",
				   id),
			 3);
}

static void a_dead_runner_loses_its_run(void **state)
{
	struct home *home = *state;
	int64_t id = create(home->db);
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(0);
	assert_int_equal(run_claim(home->db, id, pid, 1, NULL), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(poke_run(home->db, id), 0);
	assert_int_equal(claim(home->db, id), 1);
}

static void cancelling_depends_on_the_state(void **state)
{
	struct home *home = *state;
	int64_t id = create(home->db);

	assert_int_equal(run_cancel(home->db, id, "anna", NULL), RUN_ENDED_NOW);
	assert_state(home->db, id, "cancelled");
	assert_int_equal(run_cancel(home->db, id, "anna", NULL),
			 RUN_ENDED_ALREADY);
	id = create(home->db);
	assert_int_equal(claim(home->db, id), 1);
	assert_int_equal(run_cancel(home->db, id, "anna", NULL), RUN_WILL_END);
	assert_state(home->db, id, "running");
	/* It parks without having seen that: it must come back. */
	assert_int_equal(run_wait(home->db, id, 0, "sleep", NULL), 1);
	assert_state(home->db, id, "queued");
	id = create(home->db);
	assert_int_equal(run_supersede(home->db, id, 99, NULL), RUN_ENDED_NOW);
	assert_state(home->db, id, "superseded");
}

static void one_of_many_processes_wins_a_run(void **state)
{
	enum { CHILDREN = 6, RUNS = 20 };
	struct home *home = *state;
	int winners = 0;
	int status;

	for (int i = 0; i < RUNS; i++)
		create(home->db);
	db_close(home->db); /* SQLite forbids to take one through a fork */
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0) {
			struct db *db = db_open(home->path, DB_WRITE, NULL);
			int won = 0;

			for (int64_t id = 1; id <= RUNS; id++)
				won += db ? claim(db, id) == 1 : 0;
			db_close(db);
			_exit(won);
		}
	for (int i = 0; i < CHILDREN; i++) {
		assert_true(wait(&status) > 0);
		winners += WEXITSTATUS(status);
	}
	home->db = home_open(home->path, DB_WRITE);
	/* Who ended early may have lost its run to a living one. */
	assert_true(winners >= RUNS);
	assert_int_equal(
		db_number(home->db, 0, "SELECT sum(attempt) FROM runs", ""),
		winners);
}

static void steps_start_again_until_they_have_passed(void **state)
{
	struct home *home = *state;
	struct step_new step = {.run = 1, .name = "build", .kind = "command"};
	struct step_end end = {.state = "failed",
			       .status = 2,
			       .signal = -1,
			       .wall = 12,
			       .max_rss = -1,
			       .error = "{}"};
	struct error *err = NULL;
	int64_t id = step_start(home->db, &step, NULL);

	assert_true(id > 0);
	assert_int_equal(step_finish(home->db, id, &end, NULL), 1);
	assert_int_equal(step_finish(home->db, id, &end, NULL), 0);
	step.attempt = 2;
	assert_int_equal(step_start(home->db, &step, NULL), id);
	assert_int_equal(step_wait(home->db, id, 5, NULL), 1);
	assert_int_equal(db_number(home->db, -1,
				   "SELECT status IS NULL AND attempt = 2"
				   " AND wake_at = 5 FROM steps",
				   ""),
			 1);
	end.state = "passed";
	end.result = "[1]";
	assert_int_equal(step_finish(home->db, id, &end, NULL), 1);
	assert_int_equal(step_start(home->db, &step, &err), -1);
	home_error(&err, ERROR_INVALID, "'build' of run 1 has passed");
	assert_int_equal(step_undone(home->db, id, NULL), 0);
	assert_int_equal(note_add(home->db, 1, NULL, "hm", NULL), 0);
	assert_int_equal(note_add(home->db, 1, NULL, "hm", NULL), 0);
	assert_int_equal(
		db_number(home->db, 0, "SELECT count(*) FROM notes", ""), 1);
}

static void the_same_tip_twice_is_one_event(void **state)
{
	struct home *home = *state;
	struct db *db = home->db;
	int64_t first, second;
	char *tip;

	assert_int_equal(db_run(db, NULL,
				"INSERT INTO repos (id, name, url, added)"
				" VALUES (1, 'r', '/r', 0)",
				""),
			 0);
	assert_int_equal(ref_record(db, 1, "refs/heads/main", "aa", NULL), 0);
	assert_int_equal(ref_advance(db, 1, "refs/heads/main", "aa", NULL), 0);
	first = ref_advance(db, 1, "refs/heads/main", "bb", NULL);
	assert_true(first > 0);
	assert_int_equal(ref_advance(db, 1, "refs/heads/main", "bb", NULL), 0);
	second = ref_advance(db, 1, "refs/heads/main", "aa", NULL);
	assert_true(second > first);
	assert_true(ref_advance(db, 1, "refs/heads/main", NULL, NULL) > second);
	assert_int_equal(ref_advance(db, 1, "refs/heads/main", NULL, NULL), 0);
	assert_null(ref_tip(db, 1, "refs/heads/main"));
	assert_true(ref_advance(db, 1, "refs/tags/v1", "cc", NULL) > 0);
	tip = db_text(db, NULL, "SELECT kind || old FROM events WHERE id = ?",
		      "i", second);
	assert_string_equal(tip, "pushbb");
	mem_free(tip);
	assert_int_equal(event_supersede(db, first, second, NULL), 1);
	assert_int_equal(event_done(db, first, NULL, NULL), 0);
	assert_int_equal(event_done(db, second, NULL, NULL), 1);
	assert_int_equal(db_number(db, 0,
				   "SELECT count(*) FROM decisions"
				   " WHERE verdict = 'superseded'",
				   ""),
			 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(an_event_makes_one_run_of_a_trigger),
		HOME_TEST(a_run_goes_from_state_to_state),
		HOME_TEST(a_dead_runner_loses_its_run),
		HOME_TEST(cancelling_depends_on_the_state),
		HOME_TEST(one_of_many_processes_wins_a_run),
		HOME_TEST(steps_start_again_until_they_have_passed),
		HOME_TEST(the_same_tip_twice_is_one_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
