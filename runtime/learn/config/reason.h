/* Why a value looks wrong, in one sentence for people. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/learn/config/scan.h"

/*
 * Appends "5 -> 500: never above 40 in 63 revisions; staging has 8": what was
 * changed, and the one or two strongest reasons by `shares` (how much each
 * feature adds to the score). The scan must be as it was when the row was
 * made.
 */
void config_reason(const struct config_scan *scan, const struct config_row *row,
		   const double *shares, struct buf *out);
