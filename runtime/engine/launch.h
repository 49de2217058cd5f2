/* Launching runners: forked from a zygote, or started as a program. */
#pragma once

#include "runtime/engine/engine.h"

struct launcher;

struct launcher *launcher_open(struct engine *engine);
void launcher_free(struct launcher *launcher);

/* The configuration is new: the environment of runners to come. */
void launcher_configure(struct launcher *launcher);

/*
 * Start the runner of a run, in a session of its own; it is our child. Returns
 * 0 or an errno.
 */
int launcher_start(struct launcher *launcher, int64_t run, pid_t *pid);
