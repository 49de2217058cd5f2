/* Backup: a checked copy of the database while everybody works on it. */
#pragma once

#include "runtime/store/db.h"

/*
 * Copy the database to `path`: one consistent moment of it, checked with
 * integrity_check, synced, then renamed into place (mode 0600), so `path` is
 * never half a copy. Nobody is blocked meanwhile. Returns -1 on errors, which
 * leave nothing behind.
 */
int db_backup(struct db *db, const char *path, struct error **err);

/* integrity_check and foreign_key_check of the open database. */
int db_check(struct db *db, struct error **err);
