/* Options of training: what suits, and what cannot be. */
#include "runtime/learn/gbt/loss.h"
#include "runtime/learn/gbt/pool.h"
#include "runtime/learn/gbt/train.h"

void gbt_options_init(struct gbt_options *options, size_t rows)
{
	*options = (struct gbt_options){
		.objective = GBT_BINARY,
		.alpha = 0.5,
		.trees = rows < 2000    ? 60
			 : rows < 20000 ? 120
					: 200,
		.leaves = rows < 2000    ? 6
			  : rows < 20000 ? 15
					 : 31,
		.bins = GBT_BINS_MAX,
		.rate = rows < 2000 ? 0.05 : 0.1,
		.min_data = rows < 2000 ? 10 : 20,
		.min_hessian = 1e-3,
		.l2 = rows < 2000 ? 5 : 1,
		.row_share = 1,
		.feature_share = 1,
		.seed = 1,
	};
}

int gbt_table_check(const struct gbt_table *table, struct error **err)
{
	if (table->rows == 0 || table->rows > UINT32_MAX ||
	    table->features == 0 || table->features > GBT_FEATURES_MAX)
		return error_set(err, ERROR_INVALID,
				 "%zu rows of %u features, expected one of"
				 " each at least",
				 table->rows, table->features);
	return 0;
}

static int check_ranges(const struct gbt_table *table,
			const struct gbt_options *options, struct error **err)
{
	const struct {
		const char *name;
		double value, least, most;
	} ranges[] = {
		{"trees", options->trees, 1, GBT_TREES_MAX},
		{"leaves", options->leaves, 2, GBT_LEAVES_MAX},
		{"bins", options->bins, 2, GBT_BINS_MAX},
		{"rate", options->rate, 1e-6, 1},
		{"alpha", options->alpha, 1e-6, 1e9},
		{"min_data", options->min_data, 0, 1e9},
		{"min_hessian", options->min_hessian, 0, 1e9},
		{"l1", options->l1, 0, 1e9},
		{"l2", options->l2, 0, 1e9},
		{"min_gain", options->min_gain, 0, 1e300},
		{"row_share", options->row_share, 1e-6, 1},
		{"feature_share", options->feature_share, 1e-6, 1},
		{"threads", options->threads ? options->threads : 1, 1,
		 GBT_THREADS_MAX},
		{"held_out", (double)options->held_out, 0,
		 table->rows > 0 ? (double)table->rows - 1 : 0},
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (!(ranges[i].value >= ranges[i].least &&
		      ranges[i].value <= ranges[i].most))
			return error_set(err, ERROR_INVALID,
					 "%s is %g, expected %g to %g",
					 ranges[i].name, ranges[i].value,
					 ranges[i].least, ranges[i].most);
	return 0;
}

static int check_sampling(const struct gbt_options *options, struct error **err)
{
	if (options->goss_top > 0 && options->row_share < 1)
		return error_set(err, ERROR_INVALID,
				 "rows are chosen by chance or by 'goss', not"
				 " by both");
	if (options->goss_top + options->goss_other > 1 ||
	    (options->goss_top > 0 && options->goss_other <= 0))
		return error_set(err, ERROR_INVALID,
				 "goss takes shares of %g and %g, expected both"
				 " above 0 and 1 at most together",
				 options->goss_top, options->goss_other);
	return 0;
}

static int check_objective(const struct gbt_table *table,
			   const struct gbt_options *options,
			   struct error **err)
{
	if (options->objective == GBT_QUANTILE && options->alpha >= 1)
		return error_set(err, ERROR_INVALID,
				 "alpha is %g, expected a share below 1",
				 options->alpha);
	if (options->balance && options->objective != GBT_BINARY)
		return error_set(err, ERROR_INVALID,
				 "balance is of the objective 'binary', not of"
				 " '%s'",
				 gbt_objective_name(options->objective));
	if (!gbt_loss_known(options->objective))
		return error_set(err, ERROR_INVALID,
				 "training knows no objective '%s'",
				 gbt_objective_name(options->objective));
	if (options->objective == GBT_RANK && !table->group)
		return error_set(err, ERROR_INVALID,
				 "the objective 'rank' needs groups of rows");
	return 0;
}

int gbt_options_check(const struct gbt_table *table,
		      const struct gbt_options *options, struct error **err)
{
	if (check_ranges(table, options, err) < 0 ||
	    check_sampling(options, err) < 0 ||
	    check_objective(table, options, err) < 0)
		return -1;
	return gbt_table_check(table, err);
}
