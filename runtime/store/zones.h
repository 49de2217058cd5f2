/* The time zones of this machine, each read once and shared. */
#pragma once

#include "runtime/base/error.h"
#include "runtime/base/map.h"
#include "runtime/text/zone.h"

struct zones {
	struct map zones; /* name -> struct zone */
};

void zones_init(struct zones *zones);
void zones_release(struct zones *zones); /* frees every zone it gave out */

/*
 * Store the zone called `name` ("Europe/Berlin") in `*zone`, borrowed until
 * zones_release. NULL or "" is the machine's own zone ($TZ, /etc/localtime,
 * else UTC); "UTC" needs no file and gives NULL, as zone.h has it.
 */
int zones_get(struct zones *zones, const char *name, const struct zone **zone,
	      struct error **err);
