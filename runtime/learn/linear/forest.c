#include "runtime/learn/linear/forest.h"

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/predict.h"

enum { FEW_ROWS = 3000, FIRST_STAGE = 5 };

static void add_setting(struct forest_trial *trial, uint32_t leaves,
			double shares, double l2)
{
	struct gbt_options *options = &trial->settings[trial->setting_count++];

	*options = trial->settings[0];
	options->leaves = leaves;
	options->row_share = shares;
	options->feature_share = shares;
	options->l2 = l2;
}

static void add_stages(struct forest_trial *trial, uint32_t trees)
{
	uint32_t next = FIRST_STAGE;

	while (next < trees && trial->stage_count < FOREST_STAGES - 1) {
		trial->stages[trial->stage_count++] = next;
		next += next < 10 ? 5 : next / 2;
	}
	trial->stages[trial->stage_count++] = trees;
}

void forest_trial_init(struct forest_trial *trial,
		       const struct gbt_options *given, bool fixed, size_t rows,
		       size_t tested)
{
	*trial = (struct forest_trial){.tested = tested, .setting_count = 1};
	trial->settings[0] = *given;
	trial->settings[0].early_stop = 0;
	trial->settings[0].held_out = 0;
	if (!fixed && rows < FEW_ROWS) {
		trial->settings[0].trees = 300;
		add_setting(trial, 3, 1, 10);
		add_setting(trial, 8, 0.5, 5);
		add_setting(trial, 15, 0.5, 1);
		trial->settings[3].rate = 0.1;
		trial->settings[3].min_data = 3;
	}
	add_stages(trial, trial->settings[0].trees);
	trial->scores = mem_array(
		(size_t)trial->setting_count * trial->stage_count * tested + 1,
		sizeof(double));
}

void forest_trial_release(struct forest_trial *trial)
{
	mem_free(trial->scores);
	trial->scores = NULL;
}

double *forest_trial_scores(const struct forest_trial *trial, uint32_t setting,
			    uint32_t stage)
{
	size_t list = (size_t)setting * trial->stage_count + stage;

	return trial->scores + list * trial->tested;
}

struct gbt_table *forest_table_new(const struct gbt_table *table,
				   const uint32_t *rows, size_t count)
{
	struct gbt_table *part = mem_alloc(sizeof(*part));
	double **columns =
		mem_array((size_t)table->features + 1, sizeof(*columns));
	double *label = mem_array(count + 1, sizeof(double));
	double *weight = mem_array(count + 1, sizeof(double));

	for (uint32_t f = 0; f < table->features; f++) {
		columns[f] = mem_array(count + 1, sizeof(double));
		for (size_t i = 0; i < count; i++)
			columns[f][i] = table->columns[f][rows[i]];
	}
	for (size_t i = 0; i < count; i++) {
		label[i] = table->label[rows[i]];
		weight[i] = linear_weight(table, rows[i]);
	}
	*part = *table;
	part->rows = count;
	part->columns = (const double *const *)columns;
	part->label = label;
	part->weight = weight;
	return part;
}

void forest_table_free(struct gbt_table *table)
{
	if (!table)
		return;
	for (uint32_t f = 0; f < table->features; f++)
		mem_free((void *)table->columns[f]);
	mem_free((void *)table->columns);
	mem_free((void *)table->label);
	mem_free((void *)table->weight);
	mem_free(table);
}

/* What the model says of the fold's other rows, into the lists at `at`. */
static void foresee(const struct forest_trial *trial,
		    const struct gbt_model *model,
		    const struct gbt_table *table, const struct fold *fold,
		    double *at)
{
	double *row = mem_array((size_t)table->features + 1, sizeof(*row));

	for (size_t i = 0; i < fold->tested; i++) {
		for (uint32_t f = 0; f < table->features; f++)
			row[f] = table->columns[f][fold->test[i]];
		for (uint32_t s = 0; s < trial->stage_count; s++)
			gbt_raw_staged(model, row, trial->stages[s],
				       at + s * trial->tested + i);
	}
	mem_free(row);
}

int forest_trial_fold(struct forest_trial *trial, const struct gbt_table *table,
		      const struct fold *fold, size_t at, struct error **err)
{
	struct gbt_table *part =
		forest_table_new(table, fold->train, fold->trained);
	int result = 0;

	for (uint32_t i = 0; i < trial->setting_count && result == 0; i++) {
		struct gbt_model *model =
			gbt_train(part, &trial->settings[i], err);

		if (model)
			foresee(trial, model, table, fold,
				forest_trial_scores(trial, i, 0) + at);
		else
			result = -1;
		gbt_model_free(model);
	}
	forest_table_free(part);
	return result;
}
