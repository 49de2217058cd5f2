/* Processes: started, fed, read, limited in time and reaped. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/loop/proc.h"

static void count_done(struct op *op)
{
	++*(int *)op->waiter;
}

static unsigned count_fds(void)
{
	unsigned count = 0;
	DIR *dir = opendir("/proc/self/fd");

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* One process from start to end; everything must be as before afterwards. */
static void run_to_end(struct proc *proc, const struct proc_options *options)
{
	uv_loop_t loop;
	int done = 0;
	unsigned fds = count_fds();

	memset(proc, 0, sizeof(*proc));
	proc->op.done = count_done;
	proc->op.waiter = &done;
	uv_loop_init(&loop);
	proc_start(proc, &loop, options);
	assert_int_equal(done, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(count_fds(), fds);
	/* No zombie, no child. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void release(struct proc *proc)
{
	error_free(proc->op.error);
	proc->op.release(&proc->op);
}

static void output_and_status_are_captured(void **state)
{
	struct proc_options options = {
		.shell = "echo out; echo err >&2; exit 7"};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	assert_int_equal(proc.status, 7);
	assert_int_equal(proc.signal, 0);
	assert_string_equal(proc.out.captured.data, "out\n");
	assert_string_equal(proc.err.captured.data, "err\n");
	assert_true(proc.usage.max_rss > 0);
	release(&proc);
}

static void merged_streams_keep_their_order(void **state)
{
	struct proc_options options = {
		.shell = "for i in 1 2 3; do echo $i; echo -$i >&2; done",
		.err = PROC_OUTPUT_MERGE};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	assert_string_equal(proc.out.captured.data, "1\n-1\n2\n-2\n3\n-3\n");
	release(&proc);
}

static void it_gets_its_directory_environment_and_fresh_signals(void **state)
{
	static const char *const env[] = {"PATH=/usr/bin:/bin", "A=b", NULL};
	struct proc_options options = {
		.shell = "pwd; env | grep ^A; grep -E 'Sig(Blk|Ign)' "
			 "/proc/self/status; ls /proc/self/fd | wc -l",
		.cwd = "/usr",
		.env = env};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	/* ls itself has the directory open: 0, 1, 2 and that. */
	assert_string_equal(proc.out.captured.data,
			    "/usr\nA=b\nSigBlk:\t0000000000000000\n"
			    "SigIgn:\t0000000000000000\n4\n");
	release(&proc);
}

static void what_cannot_be_run_says_why(void **state)
{
	static const char *const missing[] = {"no-such-program", NULL};
	static const char *const absent[] = {"/no/such/program", NULL};
	static const char *const directory[] = {"/usr", NULL};
	static const char *const fine[] = {"true", NULL};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &(struct proc_options){.argv = missing});
	assert_int_equal(proc.op.error->code, ERROR_NOT_FOUND);
	assert_string_equal(proc.op.error->message,
			    "cannot run 'no-such-program': No such file or "
			    "directory");
	release(&proc);
	run_to_end(&proc, &(struct proc_options){.argv = absent});
	assert_int_equal(proc.op.error->code, ERROR_NOT_FOUND);
	release(&proc);
	run_to_end(&proc, &(struct proc_options){.argv = directory});
	assert_int_equal(proc.op.error->code, ERROR_IO);
	assert_string_equal(proc.op.error->message,
			    "cannot run '/usr': Permission denied");
	release(&proc);
	run_to_end(&proc,
		   &(struct proc_options){.argv = fine, .cwd = "/no/dir"});
	assert_string_equal(proc.op.error->message,
			    "cannot enter '/no/dir': No such file or "
			    "directory");
	release(&proc);
}

static void input_larger_than_a_pipe_is_fed(void **state)
{
	size_t length = 5 * 1024 * 1024;
	char *bytes = mem_alloc(length);
	struct proc_options options = {.shell = "cat",
				       .input = PROC_INPUT_BYTES,
				       .bytes = bytes,
				       .length = length,
				       .max = length};
	struct proc proc;

	(void)state;
	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)(i * 31 / 7);
	run_to_end(&proc, &options);
	assert_int_equal(proc.out.captured.length, length);
	assert_memory_equal(proc.out.captured.data, bytes, length);
	assert_false(proc.out.truncated);
	release(&proc);
	mem_free(bytes);
}

static void input_that_nobody_reads_is_dropped(void **state)
{
	size_t length = 5 * 1024 * 1024;
	char *bytes = mem_alloc(length);
	struct proc_options options = {.shell = "exit 3",
				       .input = PROC_INPUT_BYTES,
				       .bytes = bytes,
				       .length = length};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	assert_int_equal(proc.status, 3);
	release(&proc);
	mem_free(bytes);
}

static void the_last_bytes_are_kept(void **state)
{
	struct proc_options options = {.shell = "seq 200000", .max = 14};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	assert_string_equal(proc.out.captured.data, "199999\n200000\n");
	assert_true(proc.out.truncated);
	release(&proc);
}

static void count_bytes(void *context, int stream, const char *bytes,
			size_t length)
{
	(void)bytes;
	assert_int_equal(stream, 1);
	*(size_t *)context += length;
}

static void much_output_takes_little_memory(void **state)
{
	size_t sum = 0;
	struct rusage before;
	struct rusage after;
	struct proc_options options = {.shell = "head -c 104857600 /dev/zero",
				       .on_output = count_bytes,
				       .context = &sum};
	struct proc proc;

	(void)state;
	getrusage(RUSAGE_SELF, &before);
	run_to_end(&proc, &options);
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(sum, 104857600);
	assert_true(after.ru_maxrss - before.ru_maxrss < 8 * 1024);
	release(&proc);
}

static void the_total_time_is_limited(void **state)
{
	struct proc_options options = {.shell = "echo hi; sleep 100",
				       .timeout = 60};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	assert_int_equal(proc.timed_out, PROC_TIMEOUT_TOTAL);
	assert_int_equal(proc.signal, SIGTERM);
	assert_string_equal(proc.out.captured.data, "hi\n");
	assert_true(proc.usage.wall < 5000);
	release(&proc);
}

static void silence_is_limited_but_talking_is_not(void **state)
{
	struct proc_options options = {
		.shell = "for i in 1 2 3 4; do echo; sleep 0.05; done; "
			 "sleep 100",
		.silent_after = 150};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	assert_int_equal(proc.timed_out, PROC_TIMEOUT_SILENT);
	assert_string_equal(proc.out.captured.data, "\n\n\n\n");
	release(&proc);
}

static void who_ignores_term_is_killed(void **state)
{
	struct proc_options options = {
		.shell = "trap '' TERM; while :; do sleep 0.2; done",
		.timeout = 100,
		.grace = 100};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	assert_int_equal(proc.signal, SIGKILL);
	assert_int_equal(proc.status, 128 + SIGKILL);
	release(&proc);
}

static void a_grandchild_cannot_hold_the_pipe_for_ever(void **state)
{
	struct proc_options options = {.shell = "echo early; sleep 1000 &",
				       .grace = 100};
	struct proc proc;
	int64_t before = clock_monotonic();

	(void)state;
	run_to_end(&proc, &options);
	assert_int_equal(proc.status, 0);
	assert_true(proc.lingered);
	assert_string_equal(proc.out.captured.data, "early\n");
	assert_true(clock_monotonic() - before < 5000);
	release(&proc);
}

static void a_grandchild_that_ends_in_time_is_heard(void **state)
{
	struct proc_options options = {
		.shell = "(sleep 0.1; echo late) & echo early"};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	assert_false(proc.lingered);
	assert_string_equal(proc.out.captured.data, "early\nlate\n");
	release(&proc);
}

static void a_terminal_has_a_size_and_ends(void **state)
{
	struct proc_options options = {
		.shell = "test -t 0 && test -t 2 && stty size",
		.pty = {.rows = 33, .columns = 101}};
	struct proc proc;

	(void)state;
	run_to_end(&proc, &options);
	assert_int_equal(proc.status, 0);
	assert_string_equal(proc.out.captured.data, "33 101\r\n");
	release(&proc);
}

static void cancelling_kills_the_group(void **state)
{
	uv_loop_t loop;
	int done = 0;
	struct proc proc = {.op = {.done = count_done, .waiter = &done}};
	struct proc_options options = {.shell = "sleep 1000 & sleep 1000"};

	(void)state;
	uv_loop_init(&loop);
	proc_start(&proc, &loop, &options);
	proc.op.cancel(&proc.op);
	proc.op.cancel(&proc.op);
	assert_int_equal(done, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	assert_int_equal(proc.op.error->code, ERROR_CANCELLED);
	/* Orphans are zombies until the system's init has reaped them. */
	while (kill(-proc.pid, 0) == 0)
		usleep(1000);
	assert_int_equal(errno, ESRCH);
	release(&proc);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void writes_complete_in_order_and_fail_when_closed(void **state)
{
	uv_loop_t loop;
	int done = 0;
	size_t length = 300000;
	char *bytes = mem_alloc(length);
	struct proc proc = {.op = {.done = count_done, .waiter = &done}};
	struct proc_write first = {.op = {.done = count_done, .waiter = &done}};
	struct proc_write second = first;
	struct proc_write late = first;
	struct proc_options options = {.shell = "wc -c",
				       .input = PROC_INPUT_PIPE};

	(void)state;
	uv_loop_init(&loop);
	proc_start(&proc, &loop, &options);
	proc_write_start(&first, &proc, bytes, length);
	proc_write_start(&second, &proc, bytes, 5);
	proc_close_input(&proc);
	proc_write_start(&late, &proc, bytes, 5);
	assert_int_equal(done, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 4);
	assert_null(first.op.error);
	assert_null(second.op.error);
	assert_int_equal(late.op.error->code, ERROR_IO);
	assert_string_equal(proc.out.captured.data, "300005\n");
	error_free(late.op.error);
	release(&proc);
	mem_free(bytes);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void many_at_once_leave_nothing(void **state)
{
	enum { MANY = 64 };
	static struct proc procs[MANY];
	uv_loop_t loop;
	int done = 0;
	unsigned fds = count_fds();
	struct proc_options options = {.shell = "echo $$"};

	(void)state;
	uv_loop_init(&loop);
	for (int i = 0; i < MANY; i++) {
		procs[i].op.done = count_done;
		procs[i].op.waiter = &done;
		proc_start(&procs[i], &loop, &options);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, MANY);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(
			(int)strtol(procs[i].out.captured.data, NULL, 10),
			procs[i].pid);
		release(&procs[i]);
	}
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(count_fds(), fds);
}

/* libuv opens the pipe of its signals once, with the first loop. */
static void open_what_stays_open(void)
{
	uv_loop_t loop;

	uv_loop_init(&loop);
	uv_loop_close(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status_are_captured),
		cmocka_unit_test(merged_streams_keep_their_order),
		cmocka_unit_test(
			it_gets_its_directory_environment_and_fresh_signals),
		cmocka_unit_test(what_cannot_be_run_says_why),
		cmocka_unit_test(input_larger_than_a_pipe_is_fed),
		cmocka_unit_test(input_that_nobody_reads_is_dropped),
		cmocka_unit_test(the_last_bytes_are_kept),
		cmocka_unit_test(much_output_takes_little_memory),
		cmocka_unit_test(the_total_time_is_limited),
		cmocka_unit_test(silence_is_limited_but_talking_is_not),
		cmocka_unit_test(who_ignores_term_is_killed),
		cmocka_unit_test(a_grandchild_cannot_hold_the_pipe_for_ever),
		cmocka_unit_test(a_grandchild_that_ends_in_time_is_heard),
		cmocka_unit_test(a_terminal_has_a_size_and_ends),
		cmocka_unit_test(cancelling_kills_the_group),
		cmocka_unit_test(writes_complete_in_order_and_fail_when_closed),
		cmocka_unit_test(many_at_once_leave_nothing),
	};

	signal(SIGPIPE, SIG_IGN);
	open_what_stays_open();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
