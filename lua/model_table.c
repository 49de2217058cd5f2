/* From CSV to columns of numbers. */
#include "lua/model_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"

enum { LEVELS_MAX = 1 << 20 };

int model_table_open(struct model_table *table,
		     const struct model_source *source, struct error **err)
{
	char **names;

	*table = (struct model_table){0};
	if (model_input_open(&table->input, source, err) < 0 ||
	    model_input_header(&table->input, &names, &table->count, err) < 0)
		return -1;
	table->columns = mem_array(table->count, sizeof(*table->columns));
	for (size_t i = 0; i < table->count; i++) {
		table->columns[i].name = names[i];
		table->columns[i].role = MODEL_FEATURE;
		map_init(&table->columns[i].known);
	}
	mem_free(names);
	return 0;
}

void model_table_close(struct model_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		struct model_column *column = &table->columns[i];

		for (uint32_t k = 0; k < column->level_count; k++)
			mem_free(column->levels[k]);
		mem_free(column->levels);
		mem_free(column->values);
		mem_free(column->name);
		map_release(&column->known);
	}
	mem_free(table->columns);
	model_input_close(&table->input);
	*table = (struct model_table){0};
}

int model_table_use(struct model_table *table, const char *name,
		    enum model_column_role role, struct error **err)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(table->columns[i].name, name) == 0) {
			table->columns[i].role = role;
			return 0;
		}
	return csv_error(&table->input.csv, err, "there is no column '%s'",
			 name);
}

/* The level of the text, new if need be. */
static double level_of(struct model_column *column,
		       const struct csv_field *field)
{
	char *text = mem_copy_n(field->data, field->length);
	uintptr_t known = (uintptr_t)map_get(&column->known, text);

	if (known == 0 && column->level_count < LEVELS_MAX) {
		if (column->level_count == column->level_room) {
			column->level_room = column->level_room
						     ? column->level_room * 2
						     : 16;
			column->levels =
				mem_grow(column->levels,
					 column->level_room * sizeof(char *));
		}
		column->levels[column->level_count++] = mem_copy(text);
		known = column->level_count;
		map_put(&column->known, text, (void *)known);
	}
	mem_free(text);
	return known ? (double)(known - 1) : NAN;
}

static int read_field(struct model_table *table, size_t at, struct error **err)
{
	struct model_column *column = &table->columns[at];
	const struct csv_field *field = &table->input.csv.fields[at];
	double *value = &column->values[table->rows];

	if (column->role == MODEL_IGNORED)
		return 0;
	if (column->role == MODEL_CATEGORY || column->role == MODEL_CLASS)
		*value = field->length > 0 || field->quoted
				 ? level_of(column, field)
				 : NAN;
	else if (column->role == MODEL_GROUP)
		*value = model_group_of(field);
	else if (!csv_number(field, value))
		return csv_error(&table->input.csv, err,
				 "'%.*s' in column '%s', expected a number"
				 " (--categorical %s takes texts)",
				 (int)(field->length > 40 ? 40 : field->length),
				 field->data, column->name, column->name);
	if (!isnan(*value))
		return 0;
	if (column->role == MODEL_LABEL || column->role == MODEL_CLASS)
		return csv_error(&table->input.csv, err,
				 "there is no label, expected a %s in"
				 " column '%s'",
				 column->role == MODEL_LABEL ? "number"
							     : "class",
				 column->name);
	if (column->role == MODEL_GROUP)
		return csv_error(&table->input.csv, err,
				 "there is no group, expected one in column"
				 " '%s'",
				 column->name);
	return 0;
}

double model_group_of(const struct csv_field *field)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
	double number;

	if (csv_number(field, &number))
		return number;
	for (uint32_t i = 0; i < field->length; i++)
		hash = (hash ^ (unsigned char)field->data[i]) *
		       UINT64_C(1099511628211);
	return (double)(hash >> 11) + 0.5;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Gives the levels their places by bytes. */
static void sort_levels(struct model_table *table, struct model_column *column)
{
	double *places = mem_array(column->level_count + 1, sizeof(double));
	char **before = mem_array(column->level_count + 1, sizeof(char *));

	memcpy(before, column->levels, column->level_count * sizeof(char *));
	qsort(column->levels, column->level_count, sizeof(char *), by_text);
	for (uint32_t i = 0; i < column->level_count; i++) {
		char **found =
			bsearch(&before[i], column->levels, column->level_count,
				sizeof(char *), by_text);

		places[i] = (double)(found - column->levels);
	}
	for (size_t i = 0; i < table->rows; i++)
		if (!isnan(column->values[i]))
			column->values[i] = places[(size_t)column->values[i]];
	mem_free(before);
	mem_free(places);
}

/* The number that a class's name is, or one that no class can have. */
static uint32_t number_of(const char *name)
{
	struct csv_field field = {name, (uint32_t)strlen(name), false};
	double number;

	if (!csv_number(&field, &number) || !(number >= 0) ||
	    number >= GBT_OUTPUTS_MAX || number != floor(number))
		return GBT_OUTPUTS_MAX;
	return (uint32_t)number;
}

/* Classes that are called 0, 1, … without a gap are these numbers. */
static void settle_classes(struct model_table *table,
			   struct model_column *column)
{
	uint8_t *seen = mem_array(GBT_OUTPUTS_MAX + 1, 1);
	uint32_t most = 0, kinds = 0;

	for (uint32_t i = 0; i < column->level_count; i++) {
		uint32_t number = number_of(column->levels[i]);

		kinds += !seen[number];
		seen[number] = 1;
		most = number > most ? number : most;
	}
	mem_free(seen);
	table->classes_named = most + 1 != kinds;
	table->class_count = table->classes_named ? column->level_count : kinds;
	for (size_t i = 0; !table->classes_named && i < table->rows; i++)
		column->values[i] =
			number_of(column->levels[(uint32_t)column->values[i]]);
}

struct moment {
	double time;
	size_t row;
};

/* Rows of one time keep their order. */
static int by_time(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static void sort_rows(struct model_table *table, const double *times)
{
	struct moment *moments = mem_array(table->rows, sizeof(*moments));
	double *sorted;

	for (size_t i = 0; i < table->rows; i++)
		moments[i] = (struct moment){
			isnan(times[i]) ? -INFINITY : times[i], i};
	qsort(moments, table->rows, sizeof(*moments), by_time);
	for (size_t c = 0; c < table->count; c++) {
		struct model_column *column = &table->columns[c];

		if (column->role == MODEL_IGNORED)
			continue;
		sorted = mem_array(table->rows, sizeof(double));
		for (size_t i = 0; i < table->rows; i++)
			sorted[i] = column->values[moments[i].row];
		mem_free(column->values);
		column->values = sorted;
	}
	mem_free(moments);
}

static void make_room(struct model_table *table)
{
	if (table->rows < table->room)
		return;
	table->room = table->room ? table->room * 2 : 1024;
	for (size_t i = 0; i < table->count; i++)
		if (table->columns[i].role != MODEL_IGNORED)
			table->columns[i].values =
				mem_grow(table->columns[i].values,
					 table->room * sizeof(double));
}

int model_table_read(struct model_table *table, struct error **err)
{
	int more;

	while ((more = model_input_next(&table->input, err)) > 0) {
		make_room(table);
		for (size_t i = 0; i < table->count; i++)
			if (read_field(table, i, err) < 0)
				return -1;
		table->rows++;
	}
	if (more < 0)
		return -1;
	model_input_close(&table->input);
	for (size_t i = 0; i < table->count; i++)
		if (table->columns[i].level_count > 0) {
			sort_levels(table, &table->columns[i]);
			if (table->columns[i].role == MODEL_CLASS)
				settle_classes(table, &table->columns[i]);
		}
	for (size_t i = 0; i < table->count && table->rows > 0; i++)
		if (table->columns[i].role == MODEL_TIME) {
			sort_rows(table, table->columns[i].values);
			break;
		}
	return 0;
}

static bool is_feature(const struct model_column *column)
{
	return column->role == MODEL_FEATURE || column->role == MODEL_CATEGORY;
}

static void collect(struct model_view *view, const struct model_table *table)
{
	struct gbt_table *given = &view->table;
	uint32_t levels = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct model_column *column = &table->columns[i];

		if (column->role == MODEL_LABEL || column->role == MODEL_CLASS)
			given->label = column->values;
		if (column->role == MODEL_CLASS && table->classes_named)
			given->classes = (const char *const *)column->levels;
		if (column->role == MODEL_GROUP)
			given->group = column->values;
		if (column->role == MODEL_WEIGHT)
			given->weight = column->values;
		if (!is_feature(column))
			continue;
		view->columns[given->features] = column->values;
		view->names[given->features] = column->name;
		for (uint32_t k = 0; k < column->level_count; k++)
			view->levels[levels++] = column->levels[k];
		view->level_first[++given->features] = levels;
	}
}

void model_view_init(struct model_view *view, const struct model_table *table)
{
	uint32_t levels = 0;

	for (size_t i = 0; i < table->count; i++)
		if (is_feature(&table->columns[i]))
			levels += table->columns[i].level_count;
	*view = (struct model_view){.table.rows = table->rows,
				    .table.class_count = table->class_count};
	view->columns = mem_array(table->count + 1, sizeof(double *));
	view->names = mem_array(table->count + 1, sizeof(char *));
	view->levels = mem_array((size_t)levels + 1, sizeof(char *));
	view->level_first = mem_array(table->count + 1, sizeof(uint32_t));
	collect(view, table);
	view->table.columns = view->columns;
	view->table.names = view->names;
	if (levels > 0) {
		view->table.levels = view->levels;
		view->table.level_first = view->level_first;
	}
}

void model_view_release(struct model_view *view)
{
	mem_free(view->columns);
	mem_free(view->names);
	mem_free(view->levels);
	mem_free(view->level_first);
	*view = (struct model_view){0};
}
