/* From the fields of a row to numbers and codes. */
#include "lua/model_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lua/model_table.h"
#include "runtime/base/mem.h"

enum {
	SHOWN = 40, /* characters of a wrong text */
};

static int64_t find_column(const struct model_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(rows->names[i], name) == 0)
			return (int64_t)i;
	return -1;
}

/* Has the model the names that libraries give when nobody does? */
static bool is_nameless(const struct gbt_model *model)
{
	for (uint32_t i = 0; i < model->features; i++) {
		char made[32];

		snprintf(made, sizeof(made), "Column_%u", i);
		if (strcmp(gbt_string(&model->names, i), made) != 0)
			return false;
	}
	return true;
}

static int find_by_name(struct model_rows *rows, struct error **err)
{
	const struct gbt_model *model = rows->model;

	for (uint32_t i = 0; i < model->features; i++) {
		const char *name = gbt_string(&model->names, i);
		int64_t column = find_column(rows, name);

		if (column < 0)
			return csv_error(&rows->input.csv, err,
					 "there is no column '%s', expected"
					 " one for each of the model's %u"
					 " features",
					 name, model->features);
		rows->columns[i] = (size_t)column;
	}
	return 0;
}

static int find_by_place(struct model_rows *rows, struct error **err)
{
	const struct gbt_model *model = rows->model;
	size_t used = rows->count - (rows->label >= 0) - (rows->weight >= 0) -
		      (rows->group >= 0);
	size_t at = 0;

	if (used != model->features)
		return csv_error(&rows->input.csv, err,
				 "%zu columns, expected %u: the model has no"
				 " names of features",
				 used, model->features);
	for (size_t i = 0; i < rows->count; i++)
		if ((int64_t)i != rows->label && (int64_t)i != rows->weight &&
		    (int64_t)i != rows->group)
			rows->columns[at++] = i;
	return 0;
}

/* Where the column `name` is that is no feature; NULL: nowhere. */
static int find_other(const struct model_rows *rows, const char *name,
		      const char *what, int64_t *column, struct error **err)
{
	if (!name)
		return 0;
	*column = find_column(rows, name);
	if (*column < 0)
		return csv_error(&rows->input.csv, err,
				 "there is no column '%s', expected that of"
				 " the %s",
				 name, what);
	return 0;
}

int model_rows_open(struct model_rows *rows, const struct model_source *source,
		    const char *label, struct error **err)
{
	const char *first =
		rows->model->features ? gbt_string(&rows->model->names, 0) : "";

	rows->label = rows->weight = rows->group = -1;
	if (model_input_open(&rows->input, source, err) < 0 ||
	    model_input_header(&rows->input, &rows->names, &rows->count, err) <
		    0)
		return -1;
	rows->columns = mem_array((size_t)rows->model->features + 1,
				  sizeof(*rows->columns));
	if (find_other(rows, label, "label", &rows->label, err) < 0 ||
	    find_other(rows, rows->weight_name, "weight", &rows->weight, err) <
		    0 ||
	    find_other(rows, rows->group_name, "group", &rows->group, err) < 0)
		return -1;
	if (is_nameless(rows->model) && find_column(rows, first) < 0)
		return find_by_place(rows, err);
	return find_by_name(rows, err);
}

void model_rows_close(struct model_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		mem_free(rows->names[i]);
	mem_free(rows->names);
	mem_free(rows->columns);
	model_input_close(&rows->input);
	rows->names = NULL;
	rows->columns = NULL;
	rows->count = 0;
}

static int read_number(const struct model_rows *rows, size_t column,
		       double *number, struct error **err)
{
	const struct csv_field *field = &rows->input.csv.fields[column];

	if (csv_number(field, number))
		return 0;
	return csv_error(&rows->input.csv, err,
			 "'%.*s' in column '%s', expected a number",
			 field->length > SHOWN ? SHOWN : (int)field->length,
			 field->data, rows->names[column]);
}

static int read_feature(const struct model_rows *rows, uint32_t feature,
			double *value, struct error **err)
{
	size_t column = rows->columns[feature];
	const struct csv_field *field = &rows->input.csv.fields[column];

	if (!gbt_level_count(rows->model, feature))
		return read_number(rows, column, value, err);
	*value = (double)gbt_level(rows->model, feature, field->data,
				   field->length);
	/* A level of that name wins over what else counts as missing. */
	if (*value < 0 && !field->length)
		csv_number(field, value);
	return 0;
}

/* A class by its name, else a number. */
static int read_label(const struct model_rows *rows, double *label,
		      struct error **err)
{
	const struct csv_field *field = &rows->input.csv.fields[rows->label];
	const struct gbt_strings *classes = &rows->model->classes;

	for (uint32_t i = 0; i < classes->count; i++) {
		const char *name = gbt_string(classes, i);

		if (strlen(name) == field->length &&
		    memcmp(name, field->data, field->length) == 0) {
			*label = i;
			return 0;
		}
	}
	return read_number(rows, (size_t)rows->label, label, err);
}

int model_rows_next(struct model_rows *rows, double *row, double *label,
		    struct error **err)
{
	int status = model_input_next(&rows->input, err);

	if (status < 1)
		return status;
	for (uint32_t i = 0; i < rows->model->features; i++)
		if (read_feature(rows, i, &row[i], err) < 0)
			return -1;
	if (label && rows->label >= 0 && read_label(rows, label, err) < 0)
		return -1;
	return 1;
}

int model_rows_group(const struct model_rows *rows, double *group,
		     struct error **err)
{
	*group = model_group_of(&rows->input.csv.fields[rows->group]);
	if (isnan(*group))
		return csv_error(&rows->input.csv, err,
				 "there is no group, expected one");
	return 0;
}

int model_rows_weight(const struct model_rows *rows, double *weight,
		      struct error **err)
{
	if (read_number(rows, (size_t)rows->weight, weight, err) < 0)
		return -1;
	if (*weight > 0 && isfinite(*weight))
		return 0;
	return csv_error(&rows->input.csv, err,
			 "the weight is %g, expected one above 0", *weight);
}
