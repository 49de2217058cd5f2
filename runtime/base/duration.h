/* Durations: "1h30m" as milliseconds, and back. */
#pragma once

#include <stdint.h>

#include "runtime/base/error.h"

/*
 * Read a duration: one or more numbers with a unit each, the largest first by
 * custom, not by rule: "250ms", "10s", "5m", "2h", "1d", "1w", "1h30m", "1.5s".
 * A bare number counts milliseconds. Fails with ERROR_INVALID.
 */
int duration_parse(const char *text, int64_t *ms, struct error **err);

/* At least 24 bytes of room for duration_format. */
#define DURATION_SIZE 24

/* Write it for people, two units at most: "0ms", "1.5s", "2m 5s", "1d 3h". */
void duration_format(int64_t ms, char *text);
