#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "runtime/loop/process.h"
#include "runtime/store/poke.h"
#include "runtime/store/runs.h"
#include "tests/unit/store_home.h"

static int listen_at(const char *dir)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX,
				      .sun_path = "server.sock"};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char before[256];

	assert_true(fd >= 0);
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)),
			 0);
	assert_int_equal(chdir(before), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

static void assert_told(const char *dir)
{
	char line[16] = "";
	int fd, client;

	assert_int_equal(poke_server(dir), 0);
	fd = listen_at(dir);
	assert_int_equal(poke_server(dir), 1);
	client = accept(fd, NULL, NULL);
	assert_true(client >= 0);
	assert_int_equal(read(client, line, sizeof(line) - 1), 5);
	assert_string_equal(line, "wake\n");
	assert_int_equal(read(client, line, sizeof(line)), 0);
	close(client);
	close(fd);
}

static void the_server_is_told_at_any_length_of_path(void **state)
{
	struct home *home = *state;
	char *dir = mem_printf("%s/%0120d", home->path, 7);

	assert_told(home->path);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_told(dir);
	mem_free(dir);
}

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
	(void)number;
	signals = signals + 1;
}

static void only_the_runner_itself_is_poked(void **state)
{
	struct home *home = *state;
	struct run_new new = {.name = "a", .path = "/a.lua", .trigger = -1};
	int64_t start = (int64_t)process_start_time(getpid());
	int64_t id = run_create(home->db, &new, NULL);
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGUSR1, &action, NULL);
	assert_int_equal(poke_run(home->db, id), 0); /* nobody has it */
	assert_int_equal(run_claim(home->db, id, getpid(), start, NULL), 1);
	assert_int_equal(poke_run(home->db, id), 1);
	assert_int_equal(signals, 1);
	/* Another process got its pid. */
	assert_int_equal(run_claim(home->db, id, getpid(), start, NULL), 0);
	assert_int_equal(db_run(home->db, NULL,
				"UPDATE runs SET pid_start = pid_start - 1",
				""),
			 0);
	assert_int_equal(poke_run(home->db, id), 0);
	assert_int_equal(signals, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(the_server_is_told_at_any_length_of_path),
		HOME_TEST(only_the_runner_itself_is_poked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
