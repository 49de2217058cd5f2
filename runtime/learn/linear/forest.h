/* The trees of a blend: settings that are tried, and how many trees. */
#pragma once

#include "runtime/learn/linear/folds.h"

enum { FOREST_SETTINGS = 4, FOREST_STAGES = 24 };

/* What is tried on new rows: settings, each with numbers of trees. */
struct forest_trial {
	struct gbt_options settings[FOREST_SETTINGS];
	uint32_t setting_count;
	uint32_t stages[FOREST_STAGES]; /* numbers of trees */
	uint32_t stage_count;
	double *scores; /* owned: [setting][stage][tested row] */
	size_t tested;
};

/* `given` alone is tried when it is fixed, else what suits few rows, too. */
void forest_trial_init(struct forest_trial *trial,
		       const struct gbt_options *given, bool fixed, size_t rows,
		       size_t tested);
void forest_trial_release(struct forest_trial *trial);

double *forest_trial_scores(const struct forest_trial *trial, uint32_t setting,
			    uint32_t stage);

/* Learn from the fold's rows, foresee the others from place `at` on. */
int forest_trial_fold(struct forest_trial *trial, const struct gbt_table *table,
		      const struct fold *fold, size_t at, struct error **err);

/* Rows of a table as one of its own; owned, freed with forest_table_free. */
struct gbt_table *forest_table_new(const struct gbt_table *table,
				   const uint32_t *rows, size_t count);
void forest_table_free(struct gbt_table *table);
