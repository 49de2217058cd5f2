/* The sweeper: old runs, their logs and workspaces leave the disk. */
#pragma once

#include "runtime/engine/engine.h"

struct sweeper;

/* Sweeps soon, and then every hour. */
struct sweeper *sweeper_open(struct engine *engine);
void sweeper_close(struct sweeper *sweeper);
void sweeper_free(struct sweeper *sweeper);
