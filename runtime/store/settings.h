/* Settings: small values by key (mode, id, lock:NAME) in the database. */
#pragma once

#include "runtime/store/db.h"

/*
 * `id` names this home (16 hex digits, made with the database), `mode` is run,
 * pause or drain, `lock:NAME` overrides a lock's capacity.
 */
char *setting_get(struct db *db, const char *key); /* owned, or NULL */

/* NULL removes it. */
int setting_set(struct db *db, const char *key, const char *value,
		struct error **err);
