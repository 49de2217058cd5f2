/* Timers, readable descriptors, work on the thread pool, signals: the smallest
 * operations. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/clock.h"
#include "runtime/loop/readable.h"
#include "runtime/loop/signal.h"
#include "runtime/loop/timer.h"
#include "runtime/loop/work.h"

static void count_done(struct op *op)
{
	++*(int *)op->waiter;
}

static void a_timer_waits_at_least_its_time(void **state)
{
	uv_loop_t loop;
	int done = 0;
	struct timer timer = {.op = {.done = count_done, .waiter = &done}};
	int64_t before = clock_monotonic_us();

	(void)state;
	uv_loop_init(&loop);
	timer_start(&timer, &loop, 20);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_null(timer.op.error);
	assert_true(clock_monotonic_us() - before >= 19000);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void cancel_completes_a_timer_with_an_error(void **state)
{
	uv_loop_t loop;
	int done = 0;
	struct timer timer = {.op = {.done = count_done, .waiter = &done}};

	(void)state;
	uv_loop_init(&loop);
	timer_start(&timer, &loop, 60000);
	timer.op.cancel(&timer.op);
	timer.op.cancel(&timer.op);
	assert_int_equal(done, 0); /* never from inside the call */
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_int_equal(timer.op.error->code, ERROR_CANCELLED);
	error_free(timer.op.error);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_pipe_is_readable_when_something_is_in_it(void **state)
{
	uv_loop_t loop;
	int done = 0;
	int fds[2];
	struct readable readable = {
		.op = {.done = count_done, .waiter = &done}};

	(void)state;
	uv_loop_init(&loop);
	assert_int_equal(pipe(fds), 0);
	readable_start(&readable, &loop, fds[0]);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(done, 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_null(readable.op.error);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void waiting_for_input_can_be_cancelled_or_refused(void **state)
{
	uv_loop_t loop;
	int done = 0;
	int fds[2];
	int file = open("/dev/null", O_RDONLY);
	struct readable readable = {
		.op = {.done = count_done, .waiter = &done}};
	struct readable refused = {.op = {.done = count_done, .waiter = &done}};

	(void)state;
	uv_loop_init(&loop);
	assert_int_equal(pipe(fds), 0);
	readable_start(&readable, &loop, fds[0]);
	readable_start(&refused, &loop, file);
	readable.op.cancel(&readable.op);
	readable.op.cancel(&readable.op);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 2);
	assert_int_equal(readable.op.error->code, ERROR_CANCELLED);
	assert_int_equal(refused.op.error->code, ERROR_IO);
	error_free(readable.op.error);
	error_free(refused.op.error);
	close(fds[0]);
	close(fds[1]);
	close(file);
	assert_int_equal(uv_loop_close(&loop), 0);
}

struct sum {
	struct work work;
	int a;
	int b;
	int result;
};

static void add(struct work *work)
{
	struct sum *sum = (struct sum *)work;

	sum->result = sum->a + sum->b;
	if (sum->result < 0)
		error_set(&work->op.error, ERROR_INVALID, "negative");
}

static void until_cancelled(struct work *work)
{
	while (!work_cancelled(work))
		usleep(1000);
	error_set(&work->op.error, ERROR_IO, "interrupted");
}

static void work_runs_and_reports_its_error(void **state)
{
	uv_loop_t loop;
	int done = 0;
	struct sum well = {.work.op = {.done = count_done, .waiter = &done},
			   .a = 2,
			   .b = 3};
	struct sum badly = {.work.op = {.done = count_done, .waiter = &done},
			    .a = -7};

	(void)state;
	uv_loop_init(&loop);
	work_start(&well.work, &loop, add);
	work_start(&badly.work, &loop, add);
	assert_int_equal(done, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 2);
	assert_int_equal(well.result, 5);
	assert_null(well.work.op.error);
	assert_int_equal(badly.work.op.error->code, ERROR_INVALID);
	error_free(badly.work.op.error);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void cancelled_work_says_so_queued_or_running(void **state)
{
	enum { MANY = 8 };
	uv_loop_t loop;
	int done = 0;
	struct work works[MANY] = {0};

	(void)state;
	uv_loop_init(&loop);
	for (int i = 0; i < MANY; i++) {
		works[i].op.done = count_done;
		works[i].op.waiter = &done;
		work_start(&works[i], &loop, until_cancelled);
	}
	for (int i = 0; i < MANY; i++)
		works[i].op.cancel(&works[i].op);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, MANY);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(works[i].op.error->code, ERROR_CANCELLED);
		error_free(works[i].op.error);
	}
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void the_first_of_several_signals_completes_the_wait(void **state)
{
	static const int numbers[] = {SIGUSR1, SIGUSR2};
	uv_loop_t loop;
	int done = 0;
	struct signal_wait wait = {.op = {.done = count_done, .waiter = &done}};

	(void)state;
	uv_loop_init(&loop);
	signal_wait_start(&wait, &loop, numbers, 2);
	raise(SIGUSR2);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_int_equal(wait.number, SIGUSR2);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void count_signal(void *context, int number)
{
	assert_int_equal(number, SIGUSR1);
	++*(int *)context;
}

static void on_idle(uv_idle_t *idle)
{
	(void)idle;
}

static void a_watch_is_called_for_each_signal(void **state)
{
	static const int numbers[] = {SIGUSR1};
	uv_loop_t loop;
	uv_idle_t idle; /* keeps the loop alive, as a watch does not */
	int count = 0;
	struct signal_watch watch = {.callback = count_signal,
				     .context = &count};

	(void)state;
	uv_loop_init(&loop);
	uv_idle_init(&loop, &idle);
	uv_idle_start(&idle, on_idle);
	signal_watch_start(&watch, &loop, numbers, 1);
	for (int i = 1; i <= 3; i++) {
		raise(SIGUSR1);
		while (count < i)
			uv_run(&loop, UV_RUN_NOWAIT);
	}
	signal_watch_stop(&watch, NULL);
	uv_close((uv_handle_t *)&idle, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(count, 3);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void signals_have_names_and_numbers(void **state)
{
	(void)state;
	assert_int_equal(signal_number("TERM"), SIGTERM);
	assert_int_equal(signal_number("sigusr1"), SIGUSR1);
	assert_int_equal(signal_number("9"), SIGKILL);
	assert_int_equal(signal_number("NOPE"), 0);
	assert_int_equal(signal_number(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timer_waits_at_least_its_time),
		cmocka_unit_test(cancel_completes_a_timer_with_an_error),
		cmocka_unit_test(a_pipe_is_readable_when_something_is_in_it),
		cmocka_unit_test(waiting_for_input_can_be_cancelled_or_refused),
		cmocka_unit_test(work_runs_and_reports_its_error),
		cmocka_unit_test(cancelled_work_says_so_queued_or_running),
		cmocka_unit_test(
			the_first_of_several_signals_completes_the_wait),
		cmocka_unit_test(a_watch_is_called_for_each_signal),
		cmocka_unit_test(signals_have_names_and_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
