/* Pokes: telling other processes that something in the database changed. */
#pragma once

#include "runtime/store/db.h"

/*
 * SIGUSR1 to the runner of `run`, after checking that it is still the same
 * process. 1: sent, 0: it has no living runner.
 */
int poke_run(struct db *db, int64_t run);

/*
 * "wake" to the server of this home, best effort, without waiting. 1: told,
 * 0: there is no server (what changed waits in the database).
 */
int poke_server(const char *home);
