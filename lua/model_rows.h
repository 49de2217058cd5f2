/* Rows of a CSV text as a model takes them. */
#pragma once

#include "runtime/learn/gbt/model.h"
#include "runtime/text/csv.h"

struct model_rows {
	struct csv csv;
	const struct gbt_model *model; /* borrowed */
	char **names;                  /* owned: of the columns */
	size_t count;
	size_t *columns; /* owned: where each feature is */
	int64_t label;   /* where the label is; -1: it is not wanted */
};

/*
 * Read the header of `text`, which must outlive the rows. Features are found
 * by name; in a model without names of its own, by their place among the
 * columns that are not the label. 0 or -1 with ERROR_INVALID "FILE:1: …".
 */
int model_rows_open(struct model_rows *rows, const char *text, size_t length,
		    const char *label, struct error **err);
void model_rows_close(struct model_rows *rows); /* idempotent */

/*
 * The next row's features, and its label unless `label` is NULL. 1; 0 at the
 * end; -1 with ERROR_INVALID "FILE:LINE: what, expected what".
 */
int model_rows_next(struct model_rows *rows, double *row, double *label,
		    struct error **err);
