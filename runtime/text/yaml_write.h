/* Writing YAML: what is read again is the same value, in 1.1 and in 1.2. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/base/error.h"
#include "runtime/text/value.h"

/*
 * Append `value` as one document in block style, indented by two blanks, with a
 * line end. Strings are quoted where a reader of YAML 1.2 or 1.1 would take
 * them for something else; of several lines they are blocks ("|"); of bytes
 * that are no UTF-8, !!binary. ERROR_INVALID for what YAML does not have:
 * objects, keys that are tuples, values nested more than 256 levels deep.
 */
int yaml_write(struct value value, struct buf *out, struct error **err);
