/* Rows of a CSV text as a model takes them. */
#pragma once

#include "lua/model_input.h"
#include "runtime/learn/gbt/model.h"

struct model_rows {
	struct model_input input;
	const struct gbt_model *model; /* borrowed */
	char **names;                  /* owned: of the columns */
	size_t count;
	size_t *columns;         /* owned: where each feature is */
	int64_t label;           /* where the label is; -1: it is not wanted */
	const char *weight_name; /* borrowed; NULL: rows weigh the same */
	const char *group_name;  /* borrowed; NULL: there are no groups */
	int64_t weight, group;   /* where they are; -1 */
};

/*
 * Read the header of `source`, which must outlive the rows. Features are found
 * by name; in a model without names of its own, by their place among the
 * columns that are not the label. `rows` is all 0 but for `model`
 *, `weight_name` and `group_name`. 0 or -1
 * with ERROR_INVALID "FILE:1: …".
 */
int model_rows_open(struct model_rows *rows, const struct model_source *source,
		    const char *label, struct error **err);
void model_rows_close(struct model_rows *rows); /* idempotent */

/*
 * The next row's features, and its label unless `label` is NULL. 1; 0 at the
 * end; -1 with ERROR_INVALID "FILE:LINE: what, expected what".
 */
int model_rows_next(struct model_rows *rows, double *row, double *label,
		    struct error **err);

/* The group of the row that was read: a number. 0, or -1 likewise. */
int model_rows_group(const struct model_rows *rows, double *group,
		     struct error **err);
/* The weight of the row that was read: above 0. 0, or -1 likewise. */
int model_rows_weight(const struct model_rows *rows, double *weight,
		      struct error **err);
