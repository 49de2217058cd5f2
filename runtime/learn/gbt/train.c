#include "runtime/learn/gbt/train.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/boost/goss.h"
#include "runtime/learn/boost/kernel.h"
#include "runtime/learn/boost/ranking.h"
#include "runtime/learn/boost/softmax.h"
#include "runtime/learn/gbt/grow.h"
#include "runtime/learn/gbt/warm.h"

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
	/* Of each output: scores `rows` apart, the others `stride`. */
	uint32_t outputs;
	double *scores, *gradients, *hessians;
	size_t stride;
	double *start;                 /* of each output */
	struct boost_groups groups[2]; /* of rank: learned from, held out */
	uint8_t *used;                 /* which rows the tree sees; NULL: all */
	double *sizes;                 /* of their gradients, with GOSS */
	uint8_t *use;                  /* features */
	size_t learned;                /* rows before those that are held out */
	uint64_t chance;
	uint32_t former; /* trees of the model that is gone on with */
	uint32_t best;   /* trees, when the loss was lowest */
	double lowest;
};

/* How many scores a row has. */
static int count_outputs(struct training *training, struct error **err)
{
	const struct gbt_table *table = training->table;
	const struct gbt_options *options = training->options;
	uint32_t most = table->class_count;

	training->outputs = 1;
	if (options->objective == GBT_MULTICLASS) {
		for (size_t i = 0; i < table->rows; i++)
			if (table->label[i] >= most)
				most = (uint32_t)table->label[i] + 1;
		if (most < 2)
			return error_set(err, ERROR_INVALID,
					 "there is one class only, expected two"
					 " at least");
		training->outputs = most;
	}
	if (options->from && options->from->outputs != training->outputs)
		return error_set(err, ERROR_INVALID,
				 "the model to go on with has %u classes, the"
				 " table %u",
				 options->from->outputs, training->outputs);
	return 0;
}

static struct boost_softmax softmax_of(const struct training *training)
{
	return (struct boost_softmax){
		.classes = training->outputs,
		.label = training->table->label,
		.weight = training->table->weight,
		.scores = training->scores,
		.score_stride = training->table->rows,
		.gradients = training->gradients,
		.hessians = training->hessians,
		.stride = training->stride,
	};
}

static struct boost_ranking ranking_of(const struct training *training)
{
	return (struct boost_ranking){
		.label = training->table->label,
		.weight = training->table->weight,
		.scores = training->scores,
		.gradients = training->gradients,
		.hessians = training->hessians,
	};
}

/* Of the rows that are held out; of all, when none are. */
static double loss_of(const struct training *training)
{
	bool held = training->options->held_out > 0;
	size_t from = held ? training->learned : 0;
	struct boost_softmax softmax = softmax_of(training);
	struct boost_ranking ranking = ranking_of(training);

	switch (training->options->objective) {
	case GBT_MULTICLASS:
		return boost_softmax_mean(&softmax, from,
					  training->table->rows);
	case GBT_RANK:
		return boost_ranking_mean(&ranking, &training->groups[held]);
	default:
		return gbt_loss_mean(&training->loss, training->scores, from,
				     training->table->rows);
	}
}

/* Where scores begin. */
static void set_start(struct training *training)
{
	const struct gbt_options *options = training->options;
	struct boost_softmax softmax = softmax_of(training);

	if (options->balance)
		gbt_loss_balance(&training->loss, training->learned);
	if (options->objective == GBT_MULTICLASS)
		boost_softmax_start(&softmax, training->learned,
				    training->start);
	else if (options->objective != GBT_RANK)
		training->start[0] =
			gbt_loss_start(&training->loss, training->learned);
}

/* The trees of a model, where its scores are, and how good it is: new trees
 * that are not better are cut back to it. */
static void go_on(struct training *training, const struct gbt_model *from)
{
	for (uint32_t i = 0; i < from->tree_count; i++)
		gbt_builder_copy(training->builder, from, i);
	training->former = from->tree_count;
	training->best = from->tree_count;
	for (uint32_t k = 0; k < training->outputs; k++)
		training->start[k] = from->base[k];
	gbt_warm_scores(from, training->table, training->scores);
	training->lowest = loss_of(training);
}

static void make_room(struct training *training)
{
	const struct gbt_options *options = training->options;
	size_t rows = training->table->rows, outputs = training->outputs;
	bool some = options->row_share < 1 || options->goss_top > 0;

	training->stride = rows + BOOST_SLACK;
	training->scores = mem_array(rows, outputs * sizeof(double));
	training->gradients =
		mem_array(training->stride, outputs * sizeof(double));
	training->hessians =
		mem_array(training->stride, outputs * sizeof(double));
	training->start = mem_array(outputs, sizeof(double));
	training->used = some ? mem_array(rows, 1) : NULL;
	training->sizes =
		options->goss_top > 0 ? mem_array(rows, sizeof(double)) : NULL;
	training->use = mem_array(training->table->features, 1);
}

static void begin(struct training *training)
{
	const struct gbt_options *options = training->options;
	const struct gbt_table *table = training->table;

	training->pool = gbt_pool_new(options->threads);
	gbt_bins_init(&training->bins, table, options->bins, training->pool);
	training->grower =
		gbt_grower_new(&training->bins, options, training->pool);
	training->builder = gbt_builder_new();
	make_room(training);
	training->learned = table->rows - options->held_out;
	training->chance = options->seed * 0x9e3779b97f4a7c15 + 1;
	training->lowest = INFINITY;
	if (options->objective == GBT_RANK) {
		boost_groups_init(&training->groups[0], table->group, 0,
				  training->learned);
		boost_groups_init(&training->groups[1], table->group,
				  training->learned, table->rows);
	}
	set_start(training);
	for (uint32_t k = 0; k < training->outputs; k++)
		for (size_t i = 0; i < table->rows; i++)
			training->scores[k * table->rows + i] =
				training->start[k];
	if (options->from)
		go_on(training, options->from);
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
	mem_free(training->start);
	boost_groups_release(&training->groups[0]);
	boost_groups_release(&training->groups[1]);
	mem_free(training->used);
	mem_free(training->sizes);
	mem_free(training->use);
}

/* Which rows and features the next tree sees. */
static void choose(struct training *training)
{
	const struct gbt_options *options = training->options;
	uint32_t features = training->table->features, chosen = 0;

	for (size_t i = 0; options->row_share < 1 && i < training->learned; i++)
		training->used[i] =
			boost_draw(&training->chance) < options->row_share;
	for (uint32_t f = 0; f < features; f++) {
		training->use[f] =
			options->feature_share >= 1 ||
			boost_draw(&training->chance) < options->feature_share;
		chosen += training->use[f];
	}
	if (chosen == 0)
		training->use[(uint32_t)(boost_draw(&training->chance) *
					 features)] = 1;
}

/* The derivatives of some rows. */
static void derive_chunk(void *context, uint32_t chunk, uint32_t worker)
{
	struct training *training = context;
	size_t from = (size_t)chunk * CHUNK_ROWS, to = from + CHUNK_ROWS;
	struct gbt_slopes slopes = {training->scores, training->gradients,
				    training->hessians};
	struct boost_softmax softmax = softmax_of(training);

	(void)worker;
	if (to > training->learned)
		to = training->learned;
	if (training->options->objective == GBT_MULTICLASS)
		boost_softmax_derive(&softmax, from, to);
	else
		gbt_loss_derive(&training->loss, from, to, &slopes);
}

static void derive(struct training *training)
{
	struct boost_ranking ranking = ranking_of(training);

	if (training->options->objective == GBT_RANK)
		boost_ranking_derive(&ranking, &training->groups[0],
				     training->pool);
	else
		gbt_pool_run(training->pool,
			     (uint32_t)((training->learned + CHUNK_ROWS - 1) /
					CHUNK_ROWS),
			     derive_chunk, training);
}

/* The first trees find what is wrong at all, from all rows. */
static void choose_by_size(struct training *training, uint32_t round)
{
	const struct gbt_options *options = training->options;
	struct boost_goss goss = {
		.top = options->goss_top,
		.other = options->goss_other,
		.rows = training->learned,
		.outputs = training->outputs,
		.gradients = training->gradients,
		.hessians = training->hessians,
		.stride = training->stride,
		.sizes = training->sizes,
		.used = training->used,
	};

	if (training->used && round < 1 / options->rate)
		memset(training->used, 1, training->learned);
	else if (training->used)
		boost_goss(&goss, &training->chance);
}

/* A tree for each output. */
static void add_trees(struct training *training, uint32_t round)
{
	struct gbt_target target = {
		.loss = &training->loss,
		.learned = training->learned,
		.used = training->used,
		.use = training->use,
	};

	derive(training);
	choose(training);
	if (training->options->goss_top > 0)
		choose_by_size(training, round);
	for (uint32_t k = 0; k < training->outputs; k++) {
		target.gradients = training->gradients + k * training->stride;
		target.hessians = training->hessians + k * training->stride;
		target.scores = training->scores + k * training->table->rows;
		target.output = k;
		target.step = training->options->seed * 1000003 +
			      training->former +
			      (uint64_t)round * training->outputs + k;
		gbt_grow(training->grower, &target, training->builder);
	}
}

/* The trees; 0, or -1 when it was cancelled. */
static int boost(struct training *training, struct error **err)
{
	const struct gbt_options *options = training->options;

	for (uint32_t i = 0; i < options->trees; i++) {
		uint32_t trees = training->former + (i + 1) * training->outputs;
		double loss = NAN;

		add_trees(training, i);
		if (options->held_out > 0)
			loss = loss_of(training);
		if (loss < training->lowest) {
			training->lowest = loss;
			training->best = trees;
		}
		if (options->progress &&
		    !options->progress(options->context, i + 1, loss))
			return error_set(err, ERROR_CANCELLED,
					 "the training was cancelled");
		if (options->early_stop > 0 && options->held_out > 0 &&
		    (trees - training->best) / training->outputs >=
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
		.outputs = training->outputs,
		.objective = training->options->objective,
		.transform = gbt_loss_transform(training->options->objective),
		.sigmoid = 1,
		.alpha = training->options->alpha,
		.base = training->start,
		.names = table->names,
		.levels = table->levels,
		.level_first = table->level_first,
		.classes = table->classes,
		.class_count = table->classes ? table->class_count : 0,
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

	if (gbt_options_check(table, options, err) < 0 ||
	    gbt_loss_check(&training.loss, table->rows, err) < 0 ||
	    count_outputs(&training, err) < 0)
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
