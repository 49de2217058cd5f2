/* Zygotes. The zygote is this program, started again under another name. */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/clock.h"
#include "runtime/loop/zygote.h"

enum { PATIENCE_MS = 20000 };

/* The zygote's prepared state: each child has its own copy. */
static int counter;

static int be_zygote(const char *kind)
{
	int64_t number;

	if (strcmp(kind, "fails") == 0)
		return 1;
	counter = 40;
	number = zygote_serve();
	counter += (int)number;
	fprintf(stderr, "%d %d %d %s\n", counter, getsid(0) == getpid(),
		getppid(), getenv("MARK"));
	return counter;
}

static struct zygote *open_zygote(char *kind)
{
	char name[] = "zygote";
	char *argv[] = {name, kind, NULL};
	char mark[] = "MARK=here";
	char *env[] = {mark, NULL};
	struct zygote_options options = {
		.path = "/proc/self/exe", .argv = argv, .env = env};

	return zygote_open(&options);
}

static enum zygote_state await_state(struct zygote *zygote)
{
	int64_t till = clock_monotonic() + PATIENCE_MS;
	enum zygote_state state;

	do {
		state = zygote_state(zygote);
		poll(NULL, 0, 1);
	} while (state == ZYGOTE_PREPARES && clock_monotonic() < till);
	return state;
}

static struct zygote *open_ready(void)
{
	char kind[] = "serves";
	struct zygote *zygote = open_zygote(kind);

	assert_non_null(zygote);
	assert_int_equal(await_state(zygote), ZYGOTE_READY);
	return zygote;
}

static int exit_status(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void children_are_ours_and_start_from_what_was_prepared(void **state)
{
	struct zygote *zygote = open_ready();
	int log = memfd_create("log", MFD_CLOEXEC);
	char text[200] = "";
	char wanted[200];

	(void)state;
	for (int i = 1; i <= 2; i++) {
		pid_t pid = zygote_fork(zygote, i, log);

		assert_true(pid > 0);
		assert_int_equal(exit_status(pid), 40 + i);
	}
	assert_true(pread(log, text, sizeof(text) - 1, 0) > 0);
	snprintf(wanted, sizeof(wanted), "41 1 %d here\n42 1 %d here\n",
		 getpid(), getpid());
	assert_string_equal(text, wanted);
	close(log);
	zygote_close(zygote);
}

static void many_children_live_at_once(void **state)
{
	struct zygote *zygote = open_ready();
	int log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid_t pids[50];

	(void)state;
	for (int i = 0; i < 50; i++)
		pids[i] = zygote_fork(zygote, i, log);
	zygote_close(zygote); /* they live on */
	for (int i = 0; i < 50; i++)
		assert_int_equal(exit_status(pids[i]), 40 + i);
	close(log);
}

static pid_t zygote_pid(void)
{
	char path[64];
	FILE *file;
	int pid = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "re");
	if (file && fscanf(file, "%d", &pid) != 1) /* NOLINT: its own pid */
		pid = 0;
	if (file)
		fclose(file);
	return pid;
}

static void a_killed_zygote_makes_no_children(void **state)
{
	struct zygote *zygote = open_ready();
	int log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid_t pid = zygote_pid();

	(void)state;
	if (pid > 0) {
		kill(pid, SIGKILL);
		assert_int_equal(zygote_fork(zygote, 1, log), 0);
		assert_int_equal(zygote_state(zygote), ZYGOTE_ENDED);
	}
	close(log);
	zygote_close(zygote);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void a_stopped_zygote_is_given_up(void **state)
{
	struct zygote *zygote = open_ready();
	int log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid_t pid = zygote_pid();

	(void)state;
	if (pid > 0) {
		kill(pid, SIGSTOP);
		assert_int_equal(zygote_fork(zygote, 1, log), 0);
		assert_int_equal(zygote_state(zygote), ZYGOTE_ENDED);
	}
	close(log);
	zygote_close(zygote);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void one_that_cannot_prepare_has_ended(void **state)
{
	char kind[] = "fails";
	struct zygote *zygote = open_zygote(kind);

	(void)state;
	assert_int_equal(await_state(zygote), ZYGOTE_ENDED);
	zygote_close(zygote);
}

int main(int count, char **words)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			children_are_ours_and_start_from_what_was_prepared),
		cmocka_unit_test(many_children_live_at_once),
		cmocka_unit_test(a_killed_zygote_makes_no_children),
		cmocka_unit_test(a_stopped_zygote_is_given_up),
		cmocka_unit_test(one_that_cannot_prepare_has_ended),
	};

	if (count > 1 && strcmp(words[0], "zygote") == 0)
		return be_zygote(words[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
