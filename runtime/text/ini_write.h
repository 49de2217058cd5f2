/* Writing INI files, in the dialect of ini_read.h. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/base/error.h"
#include "runtime/text/value.h"

/*
 * Append a dict: keys without section first, then a section for each dict in
 * it. A list of scalars becomes its key several times. Numbers and booleans
 * are written as text, and strings are read again as they were. ERROR_INVALID
 * for what INI does not have: deeper nesting, null, keys that no line can
 * begin with.
 */
int ini_write(struct value value, struct buf *out, struct error **err);
