/* Writing TOML: what is read again is the same value. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/base/error.h"
#include "runtime/text/value.h"

/*
 * Append a dict as a TOML document: of each table first what is no table, then
 * its tables under headers of their own; lists of dicts as [[tables]]. Strings
 * of several lines are written as such. ERROR_INVALID for what TOML does not
 * have, with its path: null, integers beyond 64 bits, keys that are no text
 * (integers are written as text), strings that are no UTF-8.
 */
int toml_write(struct value value, struct buf *out, struct error **err);
