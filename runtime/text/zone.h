/* Time zones: offsets from UTC, read from the bytes of a TZif file. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"

struct zone; /* immutable, may be shared; NULL stands for UTC everywhere */

/* A stretch of time, in seconds since 1970 UTC, without a change of offset. */
struct zone_span {
	int64_t start;  /* first second, or INT64_MIN */
	int64_t end;    /* first second of the next span, or INT64_MAX */
	int32_t offset; /* local time minus UTC in seconds */
};

/*
 * Read a TZif file (RFC 8536, version 1 to 4), with the POSIX rule at its end
 * for the times after the last listed change. Freed with zone_free.
 */
struct zone *zone_new(const void *bytes, size_t length, struct error **err);
void zone_free(struct zone *zone);

/* The span that holds the second `at`. */
struct zone_span zone_span(const struct zone *zone, int64_t at);
