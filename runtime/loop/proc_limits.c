#include <signal.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/loop/proc_parts.h"

static bool passed(int64_t point, int64_t now)
{
	return point && point <= now;
}

static int64_t total_at(const struct proc *proc)
{
	return proc->timeout ? proc->started / 1000 + (int64_t)proc->timeout + 1
			     : 0;
}

static int64_t silent_at(const struct proc *proc)
{
	/* While nobody listens it cannot be heard. */
	if (!proc->silent_after || proc->out.paused || proc->err.paused)
		return 0;
	return proc->spoke + (int64_t)proc->silent_after;
}

/* Its pipes are held open by others: enough. */
static void give_up(struct proc *proc)
{
	proc->lingered = true;
	proc_kill(proc, SIGKILL);
	proc_stream_drain(&proc->out);
	proc_stream_drain(&proc->err);
	proc_stream_close(&proc->out);
	proc_stream_close(&proc->err);
	proc_settle(proc);
}

static void on_timer(uv_timer_t *handle)
{
	struct proc *proc = handle->data;
	struct proc_limits *limits = proc->limits;
	int64_t now = clock_monotonic();

	if (passed(limits->linger_at, now)) {
		give_up(proc);
		return;
	}
	if (passed(limits->kill_at, now)) {
		limits->kill_at = 0;
		proc_kill(proc, SIGKILL);
		if (proc->exited) {
			give_up(proc);
			return;
		}
	}
	if (!limits->stopping && passed(total_at(proc), now)) {
		proc->timed_out = PROC_TIMEOUT_TOTAL;
		proc_stop(proc);
	} else if (!limits->stopping && passed(silent_at(proc), now)) {
		proc->timed_out = PROC_TIMEOUT_SILENT;
		proc_stop(proc);
	}
	proc_schedule(proc);
}

static int64_t earlier(int64_t a, int64_t b)
{
	if (!a || !b)
		return a ? a : b;
	return a < b ? a : b;
}

void proc_schedule(struct proc *proc)
{
	struct proc_limits *limits = proc->limits;
	int64_t at = earlier(limits->kill_at, limits->linger_at);
	int64_t now = clock_monotonic();

	if (!limits->stopping && !proc->op.error) {
		at = earlier(at, total_at(proc));
		at = earlier(at, proc->exited ? 0 : silent_at(proc));
	}
	if (!at || proc->finishing) {
		uv_timer_stop(&limits->timer);
		return;
	}
	uv_update_time(proc->loop);
	uv_timer_start(&limits->timer, on_timer,
		       at > now ? (uint64_t)(at - now) : 0, 0);
}

void proc_limits_open(struct proc *proc)
{
	if (proc->limits)
		return;
	proc->limits = mem_alloc(sizeof(*proc->limits));
	proc->limits->timer.data = proc;
	uv_timer_init(proc->loop, &proc->limits->timer);
	proc->open++;
}
