/* Clocks: the wall's, for people and records, and one that never jumps. */
#pragma once

#include <stdint.h>

int64_t clock_now(void);       /* milliseconds since 1970, UTC */
int64_t clock_monotonic(void); /* milliseconds; only differences mean a thing */
int64_t clock_monotonic_us(void); /* the same in microseconds */
