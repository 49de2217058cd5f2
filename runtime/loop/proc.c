#include "runtime/loop/proc.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/loop/guard_spawn.h"
#include "runtime/loop/proc_parts.h"

enum { DEFAULT_GRACE = 10000, DEFAULT_MAX = 1024 * 1024, KIB = 1024 };

static int64_t to_ms(struct timeval time)
{
	return (int64_t)time.tv_sec * 1000 + time.tv_usec / 1000;
}

static void kill_all(struct proc *proc)
{
	kill(-proc->pid, SIGKILL);
	/* Also those that have made a group or session of their own. */
	cgroup_kill(guard_cgroups(proc->guard), proc->cgroup);
}

/* The group also knows what children used that nobody has waited for. */
static void leave_group(struct proc *proc)
{
	struct cgroup_pool *groups = guard_cgroups(proc->guard);
	int64_t user;
	int64_t system;

	if (cgroup_usage(groups, proc->cgroup, &user, &system)) {
		proc->usage.cpu_user = user;
		proc->usage.cpu_system = system;
	}
	cgroup_give(groups, proc->cgroup);
}

/*
 * The zombie is kept until everything is closed: until then its pid, which is
 * its group's number too, cannot become somebody else's.
 */
static void reap(struct proc *proc)
{
	struct rusage used;
	int status = 0;

	if (proc->pid == 0)
		return;
	if ((proc->limits && proc->limits->stopping) || proc->lingered)
		kill_all(proc);
	while (wait4(proc->pid, &status, __WALL, &used) < 0) {
		if (errno != EINTR)
			return;
	}
	proc->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	proc->status = proc->signal ? 128 + proc->signal : WEXITSTATUS(status);
	proc->usage.cpu_user = to_ms(used.ru_utime);
	proc->usage.cpu_system = to_ms(used.ru_stime);
	proc->usage.max_rss = (int64_t)used.ru_maxrss * KIB;
	leave_group(proc);
	guard_ended(proc->guard, proc->pid);
	proc->guard = NULL;
	proc->usage.read_bytes = (int64_t)used.ru_inblock * 512;
	proc->usage.write_bytes = (int64_t)used.ru_oublock * 512;
}

static void cut(struct proc_stream *stream)
{
	if (stream->captured.length <= stream->proc->max)
		return;
	buf_consume(&stream->captured,
		    stream->captured.length - stream->proc->max);
	stream->truncated = true;
}

static void close_handles(struct proc *proc)
{
	proc->finishing = true;
	proc_stream_close(&proc->out);
	proc_stream_close(&proc->err);
	proc_input_close(proc);
	if (proc->limits)
		uv_close((uv_handle_t *)&proc->limits->timer, proc_on_close);
}

static void finish(struct proc *proc)
{
	close_handles(proc);
	reap(proc);
	if (proc->pid) {
		cut(&proc->out);
		cut(&proc->err);
	}
}

void proc_on_close(uv_handle_t *handle)
{
	struct proc *proc = handle->data;

	if (--proc->open > 0 || !proc->finishing)
		return;
	if (proc->in)
		mem_free(proc->in->bytes);
	mem_free(proc->in);
	mem_free(proc->limits);
	proc->in = NULL;
	proc->limits = NULL;
	proc->op.done(&proc->op);
}

void proc_settle(struct proc *proc)
{
	if (!proc->exited || proc->finishing)
		return;
	if (proc->out.fd < 0 && proc->err.fd < 0) {
		finish(proc);
		return;
	}
	if (proc->out.paused || proc->err.paused)
		return; /* our reader is late, not the process */
	proc_limits_open(proc);
	if (!proc->limits->linger_at)
		proc->limits->linger_at =
			clock_monotonic() + (int64_t)proc->grace;
	proc_schedule(proc);
}

static void on_exited(uv_poll_t *handle, int status, int events)
{
	struct proc *proc = handle->data;

	(void)status;
	(void)events;
	proc->exited = true;
	proc->usage.wall = (clock_monotonic_us() - proc->started) / 1000;
	uv_close((uv_handle_t *)handle, proc_on_close);
	close(proc->pidfd);
	proc->pidfd = -1;
	proc_stream_drain(&proc->out);
	proc_stream_drain(&proc->err);
	proc_settle(proc);
}

static void on_failed(uv_timer_t *handle)
{
	finish(handle->data);
}

void proc_kill(struct proc *proc, int number)
{
	if (proc->pid == 0 || proc->finishing)
		return;
	if (number == SIGKILL)
		kill_all(proc);
	else
		kill(-proc->pid, number);
	/* A session's foreground jobs have groups of their own. */
	if (number == SIGTERM || number == SIGKILL)
		kill(-proc->pid, SIGCONT);
}

void proc_stop(struct proc *proc)
{
	proc_limits_open(proc);
	if (proc->limits->stopping)
		return;
	proc->limits->stopping = true;
	proc->limits->kill_at = clock_monotonic() + (int64_t)proc->grace;
	proc_kill(proc, SIGTERM);
	proc_schedule(proc);
}

static void cancel(struct op *op)
{
	struct proc *proc = (struct proc *)op;

	if (op->error || proc->finishing || proc->pid == 0)
		return;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	proc_stop(proc);
}

static void release(struct op *op)
{
	struct proc *proc = (struct proc *)op;

	buf_release(&proc->out.captured);
	buf_release(&proc->err.captured);
}

static void watch_exit(struct proc *proc)
{
	proc->exit_poll.data = proc;
	if (uv_poll_init(proc->loop, &proc->exit_poll, proc->pidfd) != 0) {
		close(proc->pidfd);
		proc_kill(proc, SIGKILL);
		error_set(&proc->op.error, ERROR_IO, "cannot watch a process");
		proc_limits_open(proc);
		uv_timer_start(&proc->limits->timer, on_failed, 0, 0);
		return;
	}
	proc->open++;
	uv_poll_start(&proc->exit_poll, UV_READABLE, on_exited);
	if (proc->timeout || proc->silent_after) {
		proc_limits_open(proc);
		proc_schedule(proc);
	}
}

void proc_ref(struct proc *proc, bool ref)
{
	void (*change)(uv_handle_t * handle) = ref ? uv_ref : uv_unref;

	if (proc->pidfd >= 0)
		change((uv_handle_t *)&proc->exit_poll);
	if (proc->out.fd >= 0)
		change((uv_handle_t *)&proc->out.poll);
	if (proc->err.fd >= 0)
		change((uv_handle_t *)&proc->err.poll);
}

void proc_abandon(struct proc *proc)
{
	if (proc->finishing)
		return;
	close_handles(proc);
	if (proc->pidfd < 0)
		return;
	uv_close((uv_handle_t *)&proc->exit_poll, proc_on_close);
	close(proc->pidfd);
	proc->pidfd = -1;
}

void proc_start(struct proc *proc, uv_loop_t *loop,
		const struct proc_options *options)
{
	proc->op.cancel = cancel;
	proc->op.release = release;
	proc->loop = loop;
	proc->on_output = options->on_output;
	proc->context = options->context;
	proc->timeout = options->timeout;
	proc->silent_after = options->silent_after;
	proc->grace = options->grace ? options->grace : DEFAULT_GRACE;
	proc->max = options->max ? options->max : DEFAULT_MAX;
	proc->detached = options->detached;
	proc->guard = options->detached ? NULL : options->guard;
	proc->out.fd = proc->err.fd = proc->pidfd = proc->cgroup = -1;
	proc->started = clock_monotonic_us();
	proc->spoke = clock_monotonic();
	if (proc_launch(proc, options) == 0) {
		watch_exit(proc);
		return;
	}
	proc_limits_open(proc);
	uv_timer_start(&proc->limits->timer, on_failed, 0, 0);
}
