#include "runtime/learn/gbt/train.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/boost/kernel.h"
#include "runtime/learn/gbt/grow.h"
#include "runtime/learn/gbt/warm.h"

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

enum { CHUNK_ROWS = 8192 }; /* that one thread takes at a time */

/* What one training needs. */
struct training {
	const struct gbt_table *table;
	const struct gbt_options *options;
	struct gbt_loss loss;
	struct gbt_bins bins;
	struct gbt_pool *pool;
	struct gbt_grower *grower;
	struct gbt_builder *builder;
	double *scores, *gradients, *hessians;
	uint8_t *used;  /* which rows the tree sees; NULL: all */
	uint8_t *use;   /* features */
	size_t learned; /* rows before those that are held out */
	double start;
	uint64_t chance;
	uint32_t former; /* trees of the model that is gone on with */
	uint32_t best;   /* trees, when the loss was lowest */
	double lowest;
};

/* xorshift64* (Vigna 2016). */
static double draw(struct training *training)
{
	uint64_t x = training->chance;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	training->chance = x;
	return (double)((x * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
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

static int check_options(const struct gbt_table *table,
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
	return gbt_table_check(table, err);
}

/* Of the rows that are held out; of all, when none are. */
static double loss_of(const struct training *training)
{
	return gbt_loss_mean(&training->loss, training->scores,
			     training->options->held_out > 0 ? training->learned
							     : 0,
			     training->table->rows);
}

/* The trees of a model, where its scores are, and how good it is: new trees
 * that are not better are cut back to it. */
static void go_on(struct training *training, const struct gbt_model *from)
{
	for (uint32_t i = 0; i < from->tree_count; i++)
		gbt_builder_copy(training->builder, from, i);
	training->former = from->tree_count;
	training->best = from->tree_count;
	training->start = from->base[0];
	gbt_warm_scores(from, training->table, training->scores);
	training->lowest = loss_of(training);
}

static void begin(struct training *training)
{
	size_t rows = training->table->rows;

	training->pool = gbt_pool_new(training->options->threads);
	gbt_bins_init(&training->bins, training->table, training->options->bins,
		      training->pool);
	training->grower = gbt_grower_new(&training->bins, training->options,
					  training->pool);
	training->builder = gbt_builder_new();
	training->scores = mem_array(rows, sizeof(double));
	training->gradients = mem_array(rows + BOOST_SLACK, sizeof(double));
	training->hessians = mem_array(rows + BOOST_SLACK, sizeof(double));
	training->used =
		training->options->row_share < 1 ? mem_array(rows, 1) : NULL;
	training->use = mem_array(training->table->features, 1);
	training->learned = rows - training->options->held_out;
	if (training->options->balance)
		gbt_loss_balance(&training->loss, training->learned);
	training->start = gbt_loss_start(&training->loss, training->learned);
	training->chance = training->options->seed * 0x9e3779b97f4a7c15 + 1;
	training->lowest = INFINITY;
	for (size_t i = 0; i < rows; i++)
		training->scores[i] = training->start;
	if (training->options->from)
		go_on(training, training->options->from);
}

static void end(struct training *training)
{
	gbt_bins_release(&training->bins);
	gbt_grower_free(training->grower);
	gbt_pool_free(training->pool);
	gbt_builder_free(training->builder);
	mem_free(training->scores);
	mem_free(training->gradients);
	mem_free(training->hessians);
	mem_free(training->used);
	mem_free(training->use);
}

/* Which rows and features the next tree sees. */
static void choose(struct training *training)
{
	const struct gbt_options *options = training->options;
	uint32_t features = training->table->features, chosen = 0;

	for (size_t i = 0; training->used && i < training->learned; i++)
		training->used[i] = draw(training) < options->row_share;
	for (uint32_t f = 0; f < features; f++) {
		training->use[f] = options->feature_share >= 1 ||
				   draw(training) < options->feature_share;
		chosen += training->use[f];
	}
	if (chosen == 0)
		training->use[(uint32_t)(draw(training) * features)] = 1;
}

/* The derivatives of some rows. */
static void derive(void *context, uint32_t chunk, uint32_t worker)
{
	struct training *training = context;
	size_t from = (size_t)chunk * CHUNK_ROWS, to = from + CHUNK_ROWS;
	struct gbt_slopes slopes = {training->scores, training->gradients,
				    training->hessians};

	(void)worker;
	if (to > training->learned)
		to = training->learned;
	gbt_loss_derive(&training->loss, from, to, &slopes);
}

static void add_tree(struct training *training, uint32_t index)
{
	struct gbt_target target = {
		.loss = &training->loss,
		.gradients = training->gradients,
		.hessians = training->hessians,
		.learned = training->learned,
		.used = training->used,
		.use = training->use,
		.step = training->options->seed * 1000003 + index,
		.scores = training->scores,
	};

	gbt_pool_run(
		training->pool,
		(uint32_t)((training->learned + CHUNK_ROWS - 1) / CHUNK_ROWS),
		derive, training);
	choose(training);
	gbt_grow(training->grower, &target, training->builder);
}

/* The trees; 0, or -1 when it was cancelled. */
static int boost(struct training *training, struct error **err)
{
	const struct gbt_options *options = training->options;

	for (uint32_t i = 0; i < options->trees; i++) {
		double loss = 0;

		add_tree(training, training->former + i);
		if (options->held_out > 0 || options->progress)
			loss = loss_of(training);
		if (loss < training->lowest) {
			training->lowest = loss;
			training->best = training->former + i + 1;
		}
		if (options->progress &&
		    !options->progress(options->context, i + 1, loss))
			return error_set(err, ERROR_CANCELLED,
					 "the training was cancelled");
		if (options->early_stop > 0 && options->held_out > 0 &&
		    training->former + i + 1 - training->best >=
			    options->early_stop)
			break;
	}
	return 0;
}

/* The model of the trees in the builder. */
static struct gbt_model *build(struct training *training,
			       struct gbt_builder *builder, struct error **err)
{
	const struct gbt_table *table = training->table;
	struct gbt_shape shape = {
		.features = table->features,
		.outputs = 1,
		.objective = training->options->objective,
		.transform = gbt_loss_transform(training->options->objective),
		.sigmoid = 1,
		.alpha = training->options->alpha,
		.base = &training->start,
		.names = table->names,
		.levels = table->levels,
		.level_first = table->level_first,
	};

	return gbt_builder_finish(builder, &shape, err);
}

/* Without the trees that made it worse. */
static struct gbt_model *cut_back(struct training *training,
				  struct gbt_model *model, struct error **err)
{
	struct gbt_builder *builder;
	struct gbt_model *better;

	if (!model || training->options->early_stop == 0 ||
	    training->options->held_out == 0 ||
	    training->best >= model->tree_count)
		return model;
	builder = gbt_builder_new();
	for (uint32_t i = 0; i < training->best; i++)
		gbt_builder_copy(builder, model, i);
	better = build(training, builder, err);
	gbt_builder_free(builder);
	gbt_model_free(model);
	return better;
}

struct gbt_model *gbt_train(const struct gbt_table *table,
			    const struct gbt_options *options,
			    struct error **err)
{
	struct training training = {
		.table = table,
		.options = options,
		.loss = {.objective = options->objective,
			 .alpha = options->alpha,
			 .label = table->label,
			 .weight = table->weight},
	};
	struct gbt_model *model = NULL;

	if (check_options(table, options, err) < 0 ||
	    gbt_loss_check(&training.loss, table->rows, err) < 0)
		return NULL;
	if (options->from &&
	    gbt_warm_check(options->from, table, options, err) < 0)
		return NULL;
	begin(&training);
	if (boost(&training, err) == 0)
		model = cut_back(&training,
				 build(&training, training.builder, err), err);
	end(&training);
	return model;
}
