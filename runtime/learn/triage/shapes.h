/* Lines that differ only in numbers, addresses, times and directories. */
#pragma once

#include "runtime/learn/triage/lines.h"

/* Writes the line to `out` (of `room` bytes and one more) as it will be
 * tomorrow; returns its length. */
size_t triage_normal(const char *text, size_t length, char *out, size_t room);
/* FNV-1a; never 0. */
uint64_t triage_hash(const char *text, size_t length);
/* How often the shape of each line is there. */
void triage_shapes_count(struct triage_lines *lines);
