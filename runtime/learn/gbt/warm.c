#include "runtime/learn/gbt/warm.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/predict.h"

static int check_kind(const struct gbt_model *from,
		      const struct gbt_options *options, struct error **err)
{
	if (from->average || from->added.first || from->linear.first ||
	    from->sigmoid != 1)
		return error_set(err, ERROR_INVALID,
				 "only a model of trees can be gone on with");
	if (from->objective != options->objective)
		return error_set(err, ERROR_INVALID,
				 "the model to go on with is of '%s', not '%s'",
				 gbt_objective_name(from->objective),
				 gbt_objective_name(options->objective));
	return 0;
}

static uint32_t levels_of(const uint32_t *first, uint32_t feature)
{
	return first ? first[feature + 1] - first[feature] : 0;
}

/* The same texts, in the same order, have the same codes. */
static bool same_levels(const struct gbt_model *from,
			const struct gbt_table *table, uint32_t feature)
{
	uint32_t count = levels_of(from->level_first, feature);

	if (count != levels_of(table->level_first, feature))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (strcmp(gbt_string(&from->levels,
				      from->level_first[feature] + i),
			   table->levels[table->level_first[feature] + i]) != 0)
			return false;
	return true;
}

static int check_classes(const struct gbt_model *from,
			 const struct gbt_table *table, struct error **err)
{
	uint32_t count = table->classes ? table->class_count : 0;
	bool same = from->classes.count == count;

	for (uint32_t i = 0; same && i < count; i++)
		same = strcmp(gbt_string(&from->classes, i),
			      table->classes[i]) == 0;
	return same ? 0
		    : error_set(err, ERROR_INVALID,
				"the model to go on with has other classes");
}

int gbt_warm_check(const struct gbt_model *from, const struct gbt_table *table,
		   const struct gbt_options *options, struct error **err)
{
	if (check_kind(from, options, err) < 0 ||
	    check_classes(from, table, err) < 0)
		return -1;
	if (from->features != table->features)
		return error_set(err, ERROR_INVALID,
				 "the model to go on with has %u features, the "
				 "table %u",
				 from->features, table->features);
	for (uint32_t f = 0; f < table->features; f++) {
		const char *name = gbt_string(&from->names, f);

		if (table->names && strcmp(name, table->names[f]) != 0)
			return error_set(
				err, ERROR_INVALID,
				"feature %u of the model to go on with "
				"is '%s', of the table '%s'",
				f + 1, name, table->names[f]);
		if (!same_levels(from, table, f))
			return error_set(err, ERROR_INVALID,
					 "'%s' has other categories than the "
					 "model to go on with",
					 name);
	}
	return 0;
}

void gbt_warm_scores(const struct gbt_model *from,
		     const struct gbt_table *table, double *scores)
{
	double *row = mem_array(table->features, sizeof(double));
	double *raw = mem_array(from->outputs, sizeof(double));

	for (size_t i = 0; i < table->rows; i++) {
		for (uint32_t f = 0; f < table->features; f++)
			row[f] = table->columns[f][i];
		gbt_raw(from, row, raw);
		for (uint32_t k = 0; k < from->outputs; k++)
			scores[k * table->rows + i] = raw[k];
	}
	mem_free(row);
	mem_free(raw);
}
