/* Columns as small numbers: what histograms are made of. */
#pragma once

#include "runtime/learn/gbt/pool.h"
#include "runtime/learn/gbt/train.h"

enum {
	BIN_MISSING = 0,
	BIN_ROOM = 256,
	BLOCK_FEATURES =
		16, /* whose histograms fit a processor's first cache */
};

struct gbt_column_bins {
	uint32_t count;   /* bins, with that of missing values */
	double *upper;    /* owned: bin b >= 1 ends with upper[b - 1] */
	bool categorical; /* bin b >= 1 is code b - 1; more codes: missing */
};

/* Some features side by side, row after row. */
struct gbt_block {
	uint32_t first, width;
	uint8_t *bytes; /* owned */
};

/* Bins twice: by columns, for parting rows, and by rows, for histograms. */
struct gbt_bins {
	size_t rows;
	uint32_t features, block_count;
	struct gbt_column_bins *columns; /* owned */
	uint8_t *bytes;                  /* owned: column after column, … */
	size_t stride;                   /* … that begin so far apart */
	struct gbt_block *blocks;        /* owned */
};

/* Values between two thresholds are alike: `most` kinds and missing. */
void gbt_bins_init(struct gbt_bins *bins, const struct gbt_table *table,
		   uint32_t most, struct gbt_pool *pool);
void gbt_bins_release(struct gbt_bins *bins);
