/* Tips: what is in a repository when it is registered does not count as new. */
#pragma once

#include <stdint.h>

#include "runtime/base/error.h"
#include "runtime/store/db.h"

/* Record all present tips as seen. Returns how many there are, or -1. */
int tips_record_in(struct db *db, int64_t repo, const char *path,
		   struct error **err);

/* The same for a row of `repos` in the database of `home`. */
int tips_record(const char *home, int64_t repo, struct error **err);
