/* Guard: a connection for SQL of strangers that can only read, for a while. */
#pragma once

#include "runtime/store/db.h"

/*
 * From now on `db` refuses everything but reading: writes, ATTACH, PRAGMA but
 * harmless ones, functions that touch files. Each statement may take `ms` of
 * time (ERROR_TIMEOUT). There is no way back.
 */
int db_guard(struct db *db, int64_t ms, struct error **err);
