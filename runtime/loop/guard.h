/* The guard: when a runner dies, even by SIGKILL, its children die too. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "runtime/base/buf.h"
#include "runtime/base/error.h"

enum guard_kind {
	GUARD_NAMESPACE, /* a PID namespace whose init dies with us */
	GUARD_GROUPS,    /* a guardian that kills process groups at the end */
};

/*
 * One a process, because namespaces belong to processes; made before its first
 * child. Processes started with proc_options.guard are in it.
 */
struct guard;

struct guard_options {
	/*
	 * The run: put as TIDEMILL_RUN into environments. What runs with the
	 * same cookie is taken for a dead runner's and killed.
	 */
	const char *cookie;
	bool no_namespace; /* use GUARD_GROUPS even where there are rights */
	bool no_cgroup;
};

/*
 * Start the guardian. Uses the best that this machine allows and fails only if
 * no guardian could be started at all. As a user other than root it must be
 * called before the process has threads. TIDEMILL_GUARD=groups in the
 * environment means no_namespace.
 */
struct guard *guard_init(const struct guard_options *options,
			 struct error **err);

/* Kills whatever is left inside, ends the guardian, removes the cgroups. */
void guard_end(struct guard *guard); /* NULL is fine */

enum guard_kind guard_kind(const struct guard *guard);
pid_t guard_pid(const struct guard *guard); /* the guardian's */

/*
 * After a crash: kill every process whose environment has
 * TIDEMILL_RUN=`cookie`, and everything in the run's cgroups. Returns how many
 * processes were killed.
 */
unsigned guard_sweep(const char *cookie);

/* What this machine can do, a line of text each, for `tidemill doctor`. */
void guard_describe(struct buf *text);
