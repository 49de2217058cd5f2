/* What proc needs of the guard. */
#pragma once

#include "runtime/loop/cgroup.h"
#include "runtime/loop/guard.h"
#include "runtime/loop/spawn.h"

/*
 * spawn_run inside `guard`, or outside when it is NULL. `spawn->cgroup` is -1
 * afterwards when the kernel did not allow it.
 */
int guard_spawn(struct guard *guard, struct spawn *spawn);

/* Its control groups; NULL: none. */
struct cgroup_pool *guard_cgroups(const struct guard *guard);

/* The process that was started and its group have ended. */
void guard_ended(struct guard *guard, pid_t pid);

/*
 * `env` with TIDEMILL_RUN set to the guard's cookie, as a new array (freed
 * with mem_free) of borrowed strings; NULL when nothing is to be added.
 */
const char **guard_environment(const struct guard *guard,
			       const char *const *env);
