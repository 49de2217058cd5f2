/* Sub-runs: runs that wait, without a process, for others to end. */
#pragma once

#include <stdint.h>

#include "runtime/store/db.h"

/*
 * A run that is parked until a sub-run ends has that step (kind `run`, command
 * "run ID") in state `waiting`. All of these take part in the caller's
 * transaction and return -1 on failure.
 */

/* Queue the runs that wait for `ended`. */
int subrun_wake(struct db *db, int64_t ended, struct error **err);

/* Has a run for which `run` waits ended already? 1 or 0. */
int subrun_ready(struct db *db, int64_t run, struct error **err);

/* `run` has a process again, which waits by itself. */
int subrun_resume(struct db *db, int64_t run, struct error **err);
