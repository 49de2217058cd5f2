/* Processes told apart by pid and start time, and their end. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/loop/process.h"

static void count_done(struct op *op)
{
	++*(int *)op->waiter;
}

static pid_t start_pausing(const char *name)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_NAME, name);
		for (;;)
			pause();
	}
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void a_process_is_known_by_pid_and_start(void **state)
{
	pid_t pid = start_pausing(") S 1 (a b");
	uint64_t start = process_start_time(pid);

	(void)state;
	assert_true(start >= process_start_time(getpid()));
	assert_true(process_alive(pid, start));
	assert_false(process_alive(pid, start + 1));
	assert_false(process_alive(pid, 0));
	end(pid);
	assert_false(process_alive(pid, start));
	assert_int_equal(process_start_time(pid), 0);
}

static void a_zombie_is_not_alive(void **state)
{
	pid_t pid = start_pausing("zombie");
	uint64_t start = process_start_time(pid);
	siginfo_t info;

	(void)state;
	kill(pid, SIGKILL);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	assert_false(process_alive(pid, start));
	end(pid);
}

static void a_signal_reaches_only_the_right_one(void **state)
{
	pid_t pid = start_pausing("target");
	uint64_t start = process_start_time(pid);
	struct error *err = NULL;
	int status;

	(void)state;
	assert_int_equal(process_signal(pid, start + 1, SIGTERM, &err), -1);
	assert_int_equal(err->code, ERROR_NOT_FOUND);
	error_free(err);
	err = NULL;
	assert_int_equal(process_signal(pid, start, SIGTERM, &err), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_int_equal(process_signal(pid, start, SIGTERM, &err), -1);
	assert_int_equal(err->code, ERROR_NOT_FOUND);
	error_free(err);
}

static void the_end_of_any_process_is_seen(void **state)
{
	uv_loop_t loop;
	int done = 0;
	struct pidwatch watch = {.op = {.done = count_done, .waiter = &done}};
	pid_t pid = start_pausing("watched");

	(void)state;
	uv_loop_init(&loop);
	pidwatch_start(&watch, &loop, pid, process_start_time(pid));
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(done, 0);
	kill(pid, SIGKILL);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_null(watch.op.error);
	waitpid(pid, NULL, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void who_has_ended_before_is_seen_at_once(void **state)
{
	uv_loop_t loop;
	int done = 0;
	struct pidwatch watch = {.op = {.done = count_done, .waiter = &done}};

	(void)state;
	uv_loop_init(&loop);
	pidwatch_start(&watch, &loop, getpid(), 1);
	assert_int_equal(done, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_null(watch.op.error);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void waiting_can_be_cancelled(void **state)
{
	uv_loop_t loop;
	int done = 0;
	struct pidwatch watch = {.op = {.done = count_done, .waiter = &done}};

	(void)state;
	uv_loop_init(&loop);
	pidwatch_start(&watch, &loop, getpid(), process_start_time(getpid()));
	watch.op.cancel(&watch.op);
	watch.op.cancel(&watch.op);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_int_equal(watch.op.error->code, ERROR_CANCELLED);
	error_free(watch.op.error);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_known_by_pid_and_start),
		cmocka_unit_test(a_zombie_is_not_alive),
		cmocka_unit_test(a_signal_reaches_only_the_right_one),
		cmocka_unit_test(the_end_of_any_process_is_seen),
		cmocka_unit_test(who_has_ended_before_is_seen_at_once),
		cmocka_unit_test(waiting_can_be_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
