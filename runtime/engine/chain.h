/* Chains: the end of a run is an event for recipes that wait for it. */
#pragma once

#include "runtime/engine/engine.h"

/* Announce runs that have ended since. Returns whether there may be more. */
bool chain_run(struct engine *engine);
