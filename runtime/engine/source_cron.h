/* Cron and intervals: events when a clock says so. */
#pragma once

#include "runtime/engine/engine.h"

struct cron_source;
struct recipe;

struct cron_source *cron_open(struct engine *engine, struct error **err);
void cron_close(struct cron_source *cron);
void cron_free(struct cron_source *cron);

/*
 * A recipe has a new spec (or none): its schedules are those of it. One whose
 * definition is the same as before goes on where it was, also after a restart,
 * and what it missed is caught up as it says.
 */
void cron_update(struct cron_source *cron, struct recipe *recipe);
