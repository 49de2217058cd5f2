/* The guard: a runner that is killed leaves nothing behind. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/loop/guard.h"
#include "runtime/loop/proc.h"

enum { DEADLINE = 10000, USER = 65534, SLEEPS = 6 };

static char cookie[64];

/* What the kernel says in /proc/PID/NAME; its length. */
static size_t read_proc(const char *pid, const char *name, char *text,
			size_t size)
{
	char path[512];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? 0 : read(fd, text, size);
	if (fd >= 0)
		close(fd);
	return length > 0 ? (size_t)length : 0;
}

/* How many sleeping programs carry our mark in their environment. */
static unsigned count_marked(const char *mark, bool sleeping)
{
	unsigned count = 0;
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	while ((entry = readdir(dir)) != NULL) {
		char text[65536];
		size_t length;

		if ((int)strtol(entry->d_name, NULL, 10) <= 0 ||
		    (int)strtol(entry->d_name, NULL, 10) == getpid())
			continue;
		length =
			read_proc(entry->d_name, "environ", text, sizeof(text));
		if (!length || !memmem(text, length, mark, strlen(mark)))
			continue;
		length = read_proc(entry->d_name, "comm", text, sizeof(text));
		if (!sleeping || (length == 6 && !memcmp(text, "sleep\n", 6)))
			count++;
	}
	closedir(dir);
	return count;
}

static bool comes_to(const char *mark, bool sleeping, unsigned wanted)
{
	int64_t end = clock_monotonic() + DEADLINE;

	while (count_marked(mark, sleeping) != wanted) {
		if (clock_monotonic() > end)
			return false;
		usleep(2000);
	}
	return true;
}

static void ignore(struct op *op)
{
	(void)op;
}

/* What runs in the runner: the kinds of leaks there are. */
static void run_leaky(const struct guard_options *options)
{
	static const char *const lines[] = {
		"sleep 1001", "setsid sleep 1002 & sleep 1003",
		"(setsid sh -c 'sleep 1004 & sleep 1005' >/dev/null 2>&1 &)",
		"trap '' TERM HUP INT; sleep 1006"};
	static struct proc procs[4];
	struct proc_options request = {0};
	uv_loop_t loop;

	signal(SIGPIPE, SIG_IGN);
	uv_loop_init(&loop);
	request.guard = guard_init(options, NULL);
	if (!request.guard)
		_exit(1);
	for (int i = 0; i < 4; i++) {
		procs[i].op.done = ignore;
		request.shell = lines[i];
		proc_start(&procs[i], &loop, &request);
		if (procs[i].pid == 0)
			_exit(2);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	for (;;)
		pause();
}

static void kill_a_runner(const struct guard_options *options, bool as_user)
{
	char *mark = mem_printf("TIDEMILL_RUN=%s", options->cookie);
	pid_t runner = fork();

	if (runner == 0) {
		if (as_user && (setgid(USER) != 0 || setuid(USER) != 0))
			_exit(3);
		run_leaky(options);
	}
	assert_true(comes_to(mark, true, SLEEPS));
	kill(runner, SIGKILL);
	assert_int_equal(waitpid(runner, NULL, 0), runner);
	assert_true(comes_to(mark, false, 0));
	mem_free(mark);
}

static void a_killed_runner_leaves_nothing(void **state)
{
	struct guard_options options = {.cookie = cookie};

	(void)state;
	kill_a_runner(&options, false);
}

static void nor_does_one_without_a_namespace(void **state)
{
	struct guard_options options = {.cookie = cookie, .no_namespace = true};

	(void)state;
	kill_a_runner(&options, false);
}

static void nor_does_one_of_a_user(void **state)
{
	struct guard_options options = {.cookie = cookie};

	(void)state;
	if (getuid() != 0)
		skip();
	kill_a_runner(&options, true);
}

static void count_done(struct op *op)
{
	++*(int *)op->waiter;
}

/* In a child: the guard belongs to a process. */
static void look_around(const struct guard_options *options)
{
	struct guard *guard = guard_init(options, NULL);
	struct proc_options request = {
		.shell = "echo $TIDEMILL_RUN; test -d /proc/$$ && echo found; "
			 "pwd",
		.cwd = "/usr",
		.guard = guard};
	int done = 0;
	struct proc proc = {.op = {.done = count_done, .waiter = &done}};
	char *wanted = mem_printf("%s\nfound\n/usr\n", options->cookie);
	uv_loop_t loop;

	uv_loop_init(&loop);
	proc_start(&proc, &loop, &request);
	uv_run(&loop, UV_RUN_DEFAULT);
	if (done != 1 || proc.op.error ||
	    strcmp(proc.out.captured.data, wanted) != 0)
		_exit(1);
	proc.op.release(&proc.op);
	mem_free(wanted);
	guard_end(guard);
	_exit(uv_loop_close(&loop) == 0 && waitpid(-1, NULL, 0) < 0 ? 0 : 2);
}

static void programs_inside_see_themselves(void **state)
{
	struct guard_options options = {.cookie = cookie};

	(void)state;
	for (int user = 0; user < 2; user++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			if (user && getuid() == 0 &&
			    (setgid(USER) != 0 || setuid(USER) != 0))
				_exit(3);
			look_around(&options);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

static void a_sweep_kills_by_the_cookie_alone(void **state)
{
	char *entry = mem_printf("TIDEMILL_RUN=%s", cookie);
	char *other = mem_printf("TIDEMILL_RUN=%s-other", cookie);
	pid_t meant = fork();
	pid_t spared;
	int status;

	(void)state;
	if (meant == 0)
		execle("/bin/sleep", "sleep", "1000", NULL,
		       (char *[]){entry, NULL});
	spared = fork();
	if (spared == 0)
		execle("/bin/sleep", "sleep", "1000", NULL,
		       (char *[]){other, NULL});
	assert_true(comes_to(other, true, 1));
	assert_true(comes_to(entry, true, 2)); /* "x" is in "x-other" too */
	assert_int_equal(guard_sweep(cookie), 1);
	assert_int_equal(waitpid(meant, &status, 0), meant);
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_int_equal(waitpid(spared, &status, WNOHANG), 0);
	kill(spared, SIGKILL);
	waitpid(spared, NULL, 0);
	mem_free(entry);
	mem_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_runner_leaves_nothing),
		cmocka_unit_test(nor_does_one_without_a_namespace),
		cmocka_unit_test(nor_does_one_of_a_user),
		cmocka_unit_test(programs_inside_see_themselves),
		cmocka_unit_test(a_sweep_kills_by_the_cookie_alone),
	};

	snprintf(cookie, sizeof(cookie), "guard-test-%d", (int)getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
