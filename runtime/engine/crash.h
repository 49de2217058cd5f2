/* Crashes: what becomes of the run of a runner that has ended. */
#pragma once

#include "runtime/engine/engine.h"

struct crashes;

struct crash {
	int64_t run;
	bool claimed; /* the runner had taken the run */
	int status;   /* as from waitpid */
	int problem;  /* errno: it could not be started at all */
};

struct crashes *crashes_open(struct engine *engine);
void crashes_free(struct crashes *crashes);

/*
 * Look at the run's row. A runner that ended as it should has changed it, then
 * nothing is to be done. Otherwise what it left behind is killed, and the run
 * is resumed, fails or waits, as the recipe says. One that dies again and
 * again without getting anywhere fails, too.
 */
void crash_settle(struct crashes *crashes, const struct crash *crash);
