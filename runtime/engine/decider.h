/* The decider: makes runs of events, and writes down why or why not. */
#pragma once

#include "runtime/engine/engine.h"

struct decider;

struct decider *decider_open(struct engine *engine);
void decider_close(struct decider *decider);
void decider_free(struct decider *decider);

/* Look at what is new; what needs the disk or a child goes on by itself. */
void decider_run(struct decider *decider);
