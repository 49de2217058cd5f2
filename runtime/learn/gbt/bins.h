/* Columns as small numbers: what histograms are made of. */
#pragma once

#include "runtime/learn/gbt/train.h"

enum { BIN_MISSING = 0, BIN_ROOM = 256 };

struct gbt_column_bins {
	uint32_t count;   /* bins, with that of missing values */
	double *upper;    /* owned: bin b >= 1 ends with upper[b - 1] */
	bool categorical; /* bin b >= 1 is code b - 1; more codes: missing */
};

struct gbt_bins {
	size_t rows;
	uint32_t features;
	struct gbt_column_bins *columns; /* owned */
	uint8_t *bytes; /* owned: row after row, `features` each */
};

/* Values between two thresholds are alike: `most` kinds and missing. */
void gbt_bins_init(struct gbt_bins *bins, const struct gbt_table *table,
		   uint32_t most);
void gbt_bins_release(struct gbt_bins *bins);
