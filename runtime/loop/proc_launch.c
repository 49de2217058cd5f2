#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/guard_spawn.h"
#include "runtime/loop/proc_parts.h"

enum { OURS, THEIRS };

/* Every fd that start opens; -1 where there is none. */
struct ends {
	int in[2]; /* ours, theirs */
	int out[2];
	int err[2];
	int null;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_side(struct ends *ends, int side)
{
	close_fd(&ends->in[side]);
	close_fd(&ends->out[side]);
	close_fd(&ends->err[side]);
}

static int open_pipe(int *ends, bool we_write)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return -1;
	ends[OURS] = fds[we_write];
	ends[THEIRS] = fds[!we_write];
	return 0;
}

static int open_terminal(struct ends *ends, const struct proc_pty *size)
{
	struct winsize window = {.ws_row = size->rows, .ws_col = size->columns};
	char name[64];
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	ends->out[OURS] = fd;
	if (fd < 0 || grantpt(fd) != 0 || unlockpt(fd) != 0)
		return -1;
	errno = ptsname_r(fd, name, sizeof(name));
	if (errno)
		return -1;
	ends->out[THEIRS] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ends->out[THEIRS] < 0)
		return -1;
	return ioctl(fd, TIOCSWINSZ, &window);
}

static int open_null(struct ends *ends)
{
	if (ends->null < 0)
		ends->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	return ends->null;
}

static int choose_output(struct ends *ends, int *pair, enum proc_output how,
			 int number, int fd)
{
	switch (how) {
	case PROC_OUTPUT_PIPE:
		return open_pipe(pair, false) == 0 ? pair[THEIRS] : -1;
	case PROC_OUTPUT_NULL:
		return open_null(ends);
	case PROC_OUTPUT_FD:
		return fd;
	case PROC_OUTPUT_INHERIT:
	case PROC_OUTPUT_MERGE:
		break;
	}
	return number;
}

/* Fill spawn->fds. A negative one means failure, with errno. */
static int open_streams(struct ends *ends, struct spawn *spawn,
			const struct proc_options *options)
{
	int *fds = spawn->fds;

	if (options->pty.rows) {
		spawn->terminal = spawn->session = true;
		if (open_terminal(ends, &options->pty) != 0)
			return -1;
		fds[0] = fds[1] = fds[2] = ends->out[THEIRS];
		if (options->input != PROC_INPUT_NULL)
			ends->in[OURS] =
				fcntl(ends->out[OURS], F_DUPFD_CLOEXEC, 3);
		return 0;
	}
	if (options->input == PROC_INPUT_INHERIT)
		fds[0] = STDIN_FILENO;
	else if (options->input == PROC_INPUT_NULL)
		fds[0] = open_null(ends);
	else
		fds[0] = open_pipe(ends->in, true) ? -1 : ends->in[THEIRS];
	fds[1] = choose_output(ends, ends->out, options->out, STDOUT_FILENO,
			       options->out_fd);
	fds[2] = options->err == PROC_OUTPUT_MERGE
			 ? fds[1]
			 : choose_output(ends, ends->err, options->err,
					 STDERR_FILENO, options->err_fd);
	return fds[0] < 0 || fds[1] < 0 || fds[2] < 0 ? -1 : 0;
}

static void describe(struct proc *proc, const struct spawn *spawn,
		     const char *name, const char *cwd)
{
	enum error_code code = spawn->why == ENOENT || spawn->why == ENOTDIR
				       ? ERROR_NOT_FOUND
				       : ERROR_IO;
	const char *why = strerror(spawn->why);

	switch (spawn->stage) {
	case SPAWN_EXEC:
		error_set(&proc->op.error, code, "cannot run '%s': %s", name,
			  why);
		break;
	case SPAWN_CWD:
		error_set(&proc->op.error, code, "cannot enter '%s': %s",
			  cwd ? cwd : ".", why);
		break;
	case SPAWN_CLONE:
		if (spawn->why == ENOMEM && proc->guard)
			why = "its guardian has ended";
		/* fall through */
	case SPAWN_SESSION:
	case SPAWN_NAMESPACE:
	case SPAWN_STREAMS:
		error_set(&proc->op.error, ERROR_IO, "cannot start '%s': %s",
			  name, why);
		break;
	}
}

static int spawn_in_group(struct proc *proc, struct spawn *spawn)
{
	struct cgroup_pool *groups = guard_cgroups(proc->guard);
	int group = cgroup_take(groups);
	int status;

	spawn->cgroup = cgroup_fd(groups, group);
	status = guard_spawn(proc->guard, spawn);
	proc->cgroup = group;
	if (status == 0 && spawn->cgroup >= 0)
		return 0;
	cgroup_give(groups, group);
	proc->cgroup = -1;
	return status;
}

static int run(struct proc *proc, struct spawn *spawn, struct ends *ends,
	       const struct proc_options *options)
{
	int status;

	spawn->stage = SPAWN_STREAMS;
	status = open_streams(ends, spawn, options);
	if (status != 0)
		spawn->why = errno;
	else
		status = spawn_in_group(proc, spawn);
	close_side(ends, THEIRS);
	close_fd(&ends->null);
	return status;
}

static const char *find_path(const char *const *env)
{
	for (; env && *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return NULL;
}

/* A spare slot, then the arguments: see struct spawn. */
static char **copy_argv(const struct proc_options *options)
{
	const char *const shell[] = {"/bin/sh", "-c", options->shell, NULL};
	const char *const *from = options->shell ? shell : options->argv;
	size_t count = 0;
	char **argv;

	while (from[count])
		count++;
	argv = mem_array(count + 2, sizeof(*argv));
	memcpy(argv + 1, from, count * sizeof(*argv));
	return argv;
}

static int start(struct proc *proc, struct spawn *spawn,
		 const struct proc_options *options)
{
	struct ends ends = {{-1, -1}, {-1, -1}, {-1, -1}, -1};

	if (run(proc, spawn, &ends, options) != 0) {
		close_side(&ends, OURS);
		return -1;
	}
	proc->pid = spawn->pid;
	proc->pidfd = spawn->pidfd;
	proc_stream_open(&proc->out, proc, ends.out[OURS]);
	proc_stream_open(&proc->err, proc, ends.err[OURS]);
	if (ends.in[OURS] >= 0)
		proc_input_open(proc, ends.in[OURS], options);
	return 0;
}

int proc_launch(struct proc *proc, const struct proc_options *options)
{
	char **argv = copy_argv(options);
	const char *const *env =
		options->env ? options->env : (const char *const *)environ;
	const char **guarded = guard_environment(proc->guard, env);
	char *path = spawn_lookup(argv[1], find_path(env));
	struct spawn spawn = {
		.path = path,
		.argv = argv + 1,
		.env = (char *const *)(uintptr_t)(guarded ? guarded : env),
		.cwd = options->cwd,
		.session = options->detached,
		.detached = options->detached,
		.cgroup = -1,
		.mounts = -1,
		.stage = SPAWN_EXEC,
		.why = errno,
	};
	int status = path ? start(proc, &spawn, options) : -1;

	if (status != 0)
		describe(proc, &spawn, argv[1], options->cwd);
	mem_free(path);
	mem_free(guarded);
	mem_free(argv);
	return status;
}
