/* Base64 (RFC 4648), with '+' and '/', or '-' and '_' for URLs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/buf.h"

/* Append the text of `length` bytes; the URL form is not padded with '='. */
void base64_write(struct buf *out, const void *bytes, size_t length, bool url);

/*
 * Append the bytes of a text; both alphabets are read, blanks and line ends
 * are passed over, padding may be missing. False: it is no base64 (or `out`
 * is full).
 */
bool base64_read(struct buf *out, const char *text, size_t length);
