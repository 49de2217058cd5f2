/* Text of commits: UTF-8, or what people used before. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/buf.h"

#define UTF8_BROKEN 0xfffd

/* The character at `text`, which ends with a NUL, and its length in bytes. */
uint32_t utf8_character(const unsigned char *text, size_t *length);

/*
 * Replace what is in `utf8` by the text. One that is no UTF-8 is taken for
 * Latin-1, which most of those are. `data` is never NULL afterwards.
 */
void utf8_take(struct buf *utf8, const char *text, size_t length);
