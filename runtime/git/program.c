#include "runtime/git/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/loop/spawn.h"

#define GLANCE 50 /* ms between looks at `cancelled` */
#define CHUNK 16384
#define KEPT ((size_t)64 * 1024) /* of complaints */

/* Nobody is there to answer. */
static const char *const quiet[] = {
	"GIT_TERMINAL_PROMPT=0",     "GIT_ASKPASS=true", "SSH_ASKPASS=true",
	"SSH_ASKPASS_REQUIRE=never", "LC_ALL=C",         NULL};

/* A child while it runs. */
struct running {
	struct program *program;
	pid_t pid;
	int pidfd;
	int out;
	int error;
};

static bool is_named(const char *entry, const char *const *others)
{
	size_t length = strcspn(entry, "=") + 1;

	for (; others && *others; others++)
		if (strncmp(entry, *others, length) == 0)
			return true;
	return false;
}

static size_t add_all(const char **env, size_t count, const char *const *from,
		      const char *const *over)
{
	for (; from && *from; from++)
		if (!is_named(*from, over))
			env[count++] = *from;
	return count;
}

/* Ours, over it what keeps programs quiet, over that the program's own. */
static const char **make_environment(const struct program *program)
{
	size_t count = sizeof(quiet) / sizeof(*quiet);
	const char **env;
	size_t used = 0;

	for (char **entry = environ; *entry; entry++)
		count++;
	for (const char *const *e = program->env; e && *e; e++)
		count++;
	env = mem_array(count + 1, sizeof(*env));
	for (char **entry = environ; *entry; entry++)
		if (!is_named(*entry, quiet) && !is_named(*entry, program->env))
			env[used++] = *entry;
	used = add_all(env, used, quiet, program->env);
	add_all(env, used, program->env, NULL);
	return env;
}

static int make_input(const char *text)
{
	size_t length;
	int fd;

	if (!text)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	length = strlen(text);
	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd >= 0 && (write(fd, text, length) != (ssize_t)length ||
			lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static void close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Look the program up and start it with these streams. */
static int launch(struct running *running, const int streams[3],
		  const char *const *env)
{
	const struct program *program = running->program;
	struct spawn spawn = {.env = (char *const *)env,
			      .fds = {streams[0], streams[1], streams[2]},
			      .cgroup = -1,
			      .mounts = -1};
	const char **argv;
	size_t count = 0;
	int status = -1;

	while (program->argv[count])
		count++;
	argv = mem_array(count + 2, sizeof(*argv));
	memcpy(argv + 1, program->argv, count * sizeof(*argv));
	spawn.argv = (char **)argv + 1;
	spawn.path = spawn_lookup(program->argv[0], getenv("PATH"));
	if (spawn.path) {
		status = spawn_run(&spawn);
		if (status != 0)
			errno = spawn.why;
	}
	running->pid = spawn.pid;
	running->pidfd = spawn.pidfd;
	mem_free((char *)spawn.path);
	mem_free(argv);
	return status;
}

static int start(struct running *running, struct error **err)
{
	const char **env = make_environment(running->program);
	int fds[5] = {-1, -1, -1, -1, -1}; /* input, out, error */
	int status = -1;
	int why;

	fds[0] = make_input(running->program->input);
	if (fds[0] >= 0 && pipe2(fds + 1, O_CLOEXEC) == 0 &&
	    pipe2(fds + 3, O_CLOEXEC) == 0)
		status = launch(running, (int[3]){fds[0], fds[2], fds[4]}, env);
	why = errno;
	mem_free(env);
	running->out = fds[1];
	running->error = fds[3];
	close_all((int[3]){fds[0], fds[2], fds[4]}, 3);
	if (status == 0)
		return 0;
	close_all((int[2]){fds[1], fds[3]}, 2);
	return error_set(err, why == ENOENT ? ERROR_NOT_FOUND : ERROR_IO,
			 "cannot run '%s': %s", running->program->argv[0],
			 strerror(why));
}

/* Take what there is; the fd is closed and becomes -1 at its end. */
static void drain(int *fd, struct buf *into, bool last)
{
	char bytes[CHUNK];
	ssize_t got = read(*fd, bytes, sizeof(bytes));

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		close(*fd);
		*fd = -1;
		return;
	}
	if (last && into->length + (size_t)got > into->max)
		buf_clear(into);
	buf_append(into, bytes, (size_t)got);
}

/* Read until both streams have ended or it has to stop: then -1. */
static int watch(struct running *running, struct error **err)
{
	struct program *program = running->program;
	int64_t end = clock_monotonic() + program->patience;

	while (running->out >= 0 || running->error >= 0) {
		struct pollfd fds[2] = {
			{.fd = running->out, .events = POLLIN},
			{.fd = running->error, .events = POLLIN}};

		if (program->cancelled && atomic_load(program->cancelled))
			return error_set(err, ERROR_CANCELLED, "cancelled");
		if (program->patience > 0 && clock_monotonic() > end)
			return error_set(err, ERROR_TIMEOUT,
					 "'%s' did not end within %lld s",
					 program->argv[0],
					 (long long)program->patience / 1000);
		if (poll(fds, 2, GLANCE) <= 0)
			continue;
		if (fds[0].revents)
			drain(&running->out, &program->out, false);
		if (fds[1].revents)
			drain(&running->error, &program->error, true);
	}
	return 0;
}

int program_run(struct program *program, struct error **err)
{
	struct running running = {.program = program};
	siginfo_t info = {0};
	int status;

	buf_init(&program->out, PROGRAM_OUTPUT_MAX);
	buf_init(&program->error, KEPT);
	buf_puts(&program->out, "");
	buf_puts(&program->error, "");
	if (start(&running, err) != 0)
		return -1;
	status = watch(&running, err);
	if (status != 0)
		kill(-running.pid, SIGKILL); /* it leads its group */
	close_all((int[2]){running.out, running.error}, 2);
	while (waitid(P_PID, (id_t)running.pid, &info, WEXITED) != 0 &&
	       errno == EINTR)
		;
	close(running.pidfd);
	program->status = info.si_code == CLD_EXITED ? info.si_status : -1;
	return status;
}

void program_release(struct program *program)
{
	buf_release(&program->out);
	buf_release(&program->error);
}

static bool is_noise(const char *line)
{
	static const char *const noise[] = {
		"Cloning into", "warning: ", "hint: ", "remote: \n",
		"From ",        "To ",       "\n"};

	for (size_t i = 0; i < sizeof(noise) / sizeof(*noise); i++)
		if (strncmp(line, noise[i], strlen(noise[i])) == 0)
			return true;
	return false;
}

const char *program_complaint(struct program *program)
{
	static const char *const words[] = {
		"fatal: ", "error: ", "ERROR: ", "remote: "};
	char *line;

	buf_printf(&program->error, "\n");
	line = program->error.data;
	for (char *c = line; *c; c++)
		if (*c == '\r')
			*c = '\n';
	while (*line && is_noise(line))
		line += strcspn(line, "\n") + 1;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strncmp(line, words[i], strlen(words[i])) == 0)
			line += strlen(words[i]);
	line[strcspn(line, "\n")] = '\0';
	return *line ? line : "it did not say why";
}
