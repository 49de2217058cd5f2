/* The supervisor: a runner for each run, watched until its end. */
#pragma once

#include "runtime/engine/engine.h"

struct supervisor;

struct supervisor *supervisor_open(struct engine *engine);

/* Stops watching; the runners live on. */
void supervisor_close(struct supervisor *supervisor);
void supervisor_free(struct supervisor *supervisor);

/* At start: watch living runners, and settle the runs of dead ones. */
void supervisor_adopt(struct supervisor *supervisor);

/* The configuration is new: the environment of runners to come. */
void supervisor_configure(struct supervisor *supervisor);

void supervisor_start(struct supervisor *supervisor, int64_t run);
bool supervisor_has(const struct supervisor *supervisor, int64_t run);

/* Runners that were started and have not claimed their run yet. */
unsigned supervisor_pending(struct supervisor *supervisor);

/* The runs that have a runner, as a JSON array; owned. */
char *supervisor_runs(const struct supervisor *supervisor);

unsigned supervisor_count(const struct supervisor *supervisor);

/* Poke the runners whose runs were asked to stop; kill those that do not. */
void supervisor_cancel(struct supervisor *supervisor);
