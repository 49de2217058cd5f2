/* Secrets: values sealed in the database under a key that is beside it. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/store/db.h"

enum {
	SECRET_NAME_MAX = 128,
	SECRET_MAX = 64 * 1024, /* bytes of a value */
};

/* May this be a secret's name? Letters, digits and "_", as of a variable. */
bool secret_name_ok(const char *name);

/*
 * Seal `bytes` as the value of `name`, instead of a former one. The key,
 * HOME/secret.key (mode 0600), is made for the first one. A key file that
 * others may read, or that is gone although there are sealed values, is
 * ERROR_INVALID.
 */
int secret_put(struct db *db, const char *name, const void *bytes,
	       size_t length, struct error **err);

/*
 * Append the value of `name` to `value`, which must take SECRET_MAX bytes;
 * wipe it with secret_wipe. Returns 1; 0 when nothing is sealed under that
 * name, -1 on error.
 */
int secret_get(struct db *db, const char *name, struct buf *value,
	       struct error **err);

/* Overwrite and release the bytes of a value. */
void secret_wipe(struct buf *value);

/*
 * Seal all values anew under a new key; the former one is forgotten. A crash at
 * any instant leaves every value readable. Returns how many there were, or -1.
 */
int64_t secret_rotate(struct db *db, struct error **err);
