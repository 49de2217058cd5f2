#include "runtime/engine/launch.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/log.h"
#include "runtime/base/mem.h"
#include "runtime/loop/zygote.h"

enum { ZYGOTES_MAX = 3 }; /* that served nobody, before we do without */

struct launcher {
	struct engine *engine;
	char **env;            /* owned, the texts are borrowed */
	struct zygote *zygote; /* owned; NULL: none yet */
	unsigned useless;      /* zygotes since one was of use */
};

/* Ours, with what the configuration adds. */
static char **make_env(const struct config *config)
{
	size_t count = 0;
	size_t filled = 0;
	char **env;

	while (environ[count])
		count++;
	env = mem_array(count + config->env.count + 1, sizeof(char *));
	for (size_t i = 0; i < count; i++) {
		size_t name = strcspn(environ[i], "=") + 1;
		bool replaced = false;

		for (size_t j = 0; j < config->env.count; j++)
			replaced = replaced || strncmp(config->env.items[j],
						       environ[i], name) == 0;
		if (!replaced &&
		    strncmp(environ[i], "NOTIFY_SOCKET=", 14) != 0 &&
		    strncmp(environ[i], "WATCHDOG_", 9) != 0)
			env[filled++] = environ[i];
	}
	for (size_t j = 0; j < config->env.count; j++)
		env[filled++] = config->env.items[j];
	return env;
}

static int open_log(const char *home, int64_t run)
{
	char *dir = mem_printf("%s/logs/%lld", home, (long long)run);
	char *path = mem_printf("%s/runner.log", dir);
	int file;

	mkdir(dir, 0700);
	file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	mem_free(path);
	mem_free(dir);
	return file;
}

static int spawn(struct launcher *launcher, int64_t run, int log, pid_t *pid)
{
	char id[24];
	const char *argv[] = {"tidemill", "--data",   launcher->engine->home,
			      "run",      "--attach", id,
			      NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	sigset_t all;
	int status;

	snprintf(id, sizeof(id), "%lld", (long long)run);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (log >= 0)
		posix_spawn_file_actions_adddup2(&actions, log, 2);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID |
						      POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
	status = posix_spawn(pid, launcher->engine->exe, &actions, &attributes,
			     (char *const *)argv, launcher->env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

static void open_zygote(struct launcher *launcher)
{
	char name[] = "tidemill-zygote";
	char data[] = "--data";
	char run[] = "run";
	char attach[] = "--attach";
	char number[] = "00000000000000000000"; /* room for a run's number */
	char *argv[] = {name,   data, launcher->engine->home, run, attach,
			number, NULL};
	struct zygote_options options = {.path = launcher->engine->exe,
					 .argv = argv,
					 .env = launcher->env};

	/* In development each runner reads the library anew. */
	if (getenv("TIDEMILL_STDLIB") || launcher->useless == ZYGOTES_MAX)
		return;
	launcher->useless++;
	launcher->zygote = zygote_open(&options);
}

static void close_zygote(struct launcher *launcher)
{
	zygote_close(launcher->zygote);
	launcher->zygote = NULL;
}

/* While a zygote prepares, runners are started without it. */
static bool fork_runner(struct launcher *launcher, int64_t run, int log,
			pid_t *pid)
{
	if (!launcher->zygote)
		open_zygote(launcher);
	if (!launcher->zygote || log < 0)
		return false;
	if (zygote_state(launcher->zygote) == ZYGOTE_PREPARES)
		return false;
	if (zygote_state(launcher->zygote) == ZYGOTE_READY) {
		*pid = zygote_fork(launcher->zygote, run, log);
		if (*pid > 0) {
			launcher->useless = 0;
			return true;
		}
	}
	log_warn("the process that runners are made of has ended");
	close_zygote(launcher);
	open_zygote(launcher); /* for the runs after this one */
	return false;
}

int launcher_start(struct launcher *launcher, int64_t run, pid_t *pid)
{
	int log = open_log(launcher->engine->home, run);
	int status = 0;

	if (!fork_runner(launcher, run, log, pid))
		status = spawn(launcher, run, log, pid);
	if (log >= 0)
		close(log);
	return status;
}

void launcher_configure(struct launcher *launcher)
{
	close_zygote(launcher);
	launcher->useless = 0;
	mem_free(launcher->env);
	launcher->env = make_env(launcher->engine->config);
}

struct launcher *launcher_open(struct engine *engine)
{
	struct launcher *launcher = mem_alloc(sizeof(*launcher));

	launcher->engine = engine;
	launcher_configure(launcher);
	return launcher;
}

void launcher_free(struct launcher *launcher)
{
	close_zygote(launcher);
	mem_free(launcher->env);
	mem_free(launcher);
}
