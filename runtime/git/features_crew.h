/* Threads that compare commits while others are still being found. */
#pragma once

#include "runtime/git/features_differ.h"

struct crew;

/* Starts as many threads as there are other processors, 15 at most. */
struct crew *crew_start(const struct repo *repo);

/* Hand a commit to whoever is free. */
void crew_add(struct crew *crew, const struct differ_job *job);

bool crew_failed(struct crew *crew); /* no use to go on */

/*
 * Nothing follows: help until all is done, move what was found into `history`
 * if there was no failure, and free the crew.
 */
int crew_finish(struct crew *crew, struct history *history, struct error **err);

/* Stop as soon as possible and free it. */
void crew_abandon(struct crew *crew);
