/* A CSV text as the columns that training takes. */
#pragma once

#include "lua/model_input.h"
#include "runtime/base/map.h"
#include "runtime/learn/gbt/train.h"

/* What a column of the file is for. */
enum model_column_role {
	MODEL_IGNORED,
	MODEL_FEATURE,
	MODEL_CATEGORY, /* a feature of texts */
	MODEL_LABEL,
	MODEL_CLASS, /* a label that may be a text */
	MODEL_GROUP, /* numbers or texts that rows of a group have */
	MODEL_WEIGHT,
	MODEL_TIME,
};

struct model_column {
	char *name; /* owned */
	enum model_column_role role;
	double *values;   /* owned, a row; of a category its level */
	struct map known; /* of a category: its text to its level + 1 */
	char **levels;    /* owned list of owned texts */
	uint32_t level_count, level_room;
};

struct model_table {
	struct model_input input;
	struct model_column *columns; /* owned */
	size_t count, rows, room;
	uint32_t class_count; /* of a MODEL_CLASS */
	bool classes_named;   /* they are no numbers from 0 on */
};

/* Reads the header; all columns are features at first. 0 or -1. */
int model_table_open(struct model_table *table,
		     const struct model_source *source, struct error **err);
/* ERROR_INVALID when there is no such column. */
int model_table_use(struct model_table *table, const char *name,
		    enum model_column_role role, struct error **err);
/*
 * Reads all rows; levels are sorted by bytes; with a column of time so are the
 * rows. ERROR_INVALID "FILE:LINE: what, expected what".
 */
int model_table_read(struct model_table *table, struct error **err);
void model_table_close(struct model_table *table); /* idempotent */

/* What a group's rows have alike: the number, or one made of the text. */
double model_group_of(const struct csv_field *field);

/* The table as training takes it. */
struct model_view {
	struct gbt_table table; /* the rows are borrowed from the table */
	const double **columns; /* owned, as are the others */
	const char **names, **levels;
	uint32_t *level_first;
};

void model_view_init(struct model_view *view, const struct model_table *table);
void model_view_release(struct model_view *view); /* idempotent */
