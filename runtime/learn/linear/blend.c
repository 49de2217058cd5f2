/* Choosing what a blend is made of, on rows that are new to it. */
#include "runtime/learn/linear/blend.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/linear/compose.h"
#include "runtime/learn/linear/folds.h"
#include "runtime/learn/linear/rates.h"
#include "runtime/learn/linear/stack.h"

enum { EXPECTED_ROWS = 40 };

_Static_assert(FOREST_SETTINGS + BLEND_PARTS - 1 <= STACK_MAX,
	       "all parts are stacked at once");

/* What was said of the rows that are tested, a fold behind the other. */
struct trial {
	struct linear_rows all;
	const struct blend_options *options;
	struct folds folds;
	struct forest_trial forest;
	double *linear; /* owned: [penalty][tested row] */
	double *rates, *constant;
	double *target, *weights;
	size_t tested;
};

const char *blend_part_name(enum blend_part part)
{
	static const char *const names[] = {"trees", "linear", "rates",
					    "constant"};

	return names[part];
}

static int check_table(const struct gbt_table *table, bool binary,
		       struct error **err)
{
	if (gbt_table_check(table, err) < 0)
		return -1;
	for (size_t i = 0; i < table->rows; i++) {
		double label = table->label[i];
		double weight = linear_weight(table, i);

		if (!isfinite(label) || (binary && label != 0 && label != 1))
			return error_set(err, ERROR_INVALID,
					 "the label of row %zu is %g, expected"
					 " %s",
					 i + 1, label,
					 binary ? "0 or 1" : "a number");
		if (!(weight > 0) || !isfinite(weight))
			return error_set(err, ERROR_INVALID,
					 "the weight of row %zu is %g, expected"
					 " one above 0",
					 i + 1, weight);
	}
	return 0;
}

static int check_objective(enum gbt_objective objective, struct error **err)
{
	if (objective == GBT_BINARY || objective == GBT_REGRESSION)
		return 0;
	return error_set(err, ERROR_INVALID,
			 "a blend cannot have the objective '%s', expected"
			 " 'binary' or 'regression'",
			 gbt_objective_name(objective));
}

static void trial_init(struct trial *trial)
{
	const struct gbt_table *table = trial->all.table;
	size_t tested;
	size_t at = 0;

	folds_init(&trial->folds, &trial->all, 0, trial->options->ordered,
		   trial->options->trees.seed);
	tested = trial->tested = trial->folds.tested;
	forest_trial_init(&trial->forest, &trial->options->trees,
			  trial->options->fixed, table->rows, tested);
	trial->linear = mem_array(tested * LINEAR_PATH + 1, sizeof(double));
	trial->rates = mem_array(tested + 1, sizeof(double));
	trial->constant = mem_array(tested + 1, sizeof(double));
	trial->target = mem_array(tested + 1, sizeof(double));
	trial->weights = mem_array(tested + 1, sizeof(double));
	for (uint32_t f = 0; f < trial->folds.count; f++) {
		const struct fold *fold = &trial->folds.list[f];

		for (size_t i = 0; i < fold->tested; i++, at++) {
			trial->target[at] = table->label[fold->test[i]];
			trial->weights[at] =
				linear_weight(table, fold->test[i]);
		}
	}
}

static void trial_release(struct trial *trial)
{
	folds_release(&trial->folds);
	forest_trial_release(&trial->forest);
	mem_free(trial->linear);
	mem_free(trial->rates);
	mem_free(trial->constant);
	mem_free(trial->target);
	mem_free(trial->weights);
}

static void foresee(const struct linear_sum *sum, const struct gbt_table *table,
		    const struct fold *fold, double *scores)
{
	for (size_t i = 0; i < fold->tested; i++)
		scores[i] = linear_sum_score(sum, table, fold->test[i]);
}

static void try_linear(struct trial *trial, const struct linear_rows *part,
		       const struct fold *fold, size_t at)
{
	struct linear_sum sums[LINEAR_PATH];

	for (int i = 0; i < LINEAR_PATH; i++)
		linear_sum_init(&sums[i], part->table);
	linear_fit_path(part, LINEAR_PATH, sums);
	for (size_t i = 0; i < LINEAR_PATH; i++) {
		foresee(&sums[i], part->table, fold,
			trial->linear + i * trial->tested + at);
		linear_sum_release(&sums[i]);
	}
}

static int try_fold(struct trial *trial, const struct fold *fold, size_t at,
		    struct error **err)
{
	struct linear_rows part = trial->all;
	struct linear_sum rates;
	double base;

	part.rows = fold->train;
	part.count = fold->trained;
	base = linear_base(&part);
	for (size_t i = 0; i < fold->tested; i++)
		trial->constant[at + i] = base;
	linear_sum_init(&rates, part.table);
	linear_rates(&part, &rates);
	foresee(&rates, part.table, fold, trial->rates + at);
	linear_sum_release(&rates);
	try_linear(trial, &part, fold, at);
	return forest_trial_fold(&trial->forest, part.table, fold, at, err);
}

static double loss_of(const struct trial *trial, const double *scores)
{
	const double *const list[] = {scores};
	struct stack stack = {.models = 1,
			      .rows = trial->tested,
			      .scores = list,
			      .target = trial->target,
			      .weights = trial->weights,
			      .binary = trial->all.binary};
	double share = 1;

	return stack_loss(&stack, &share);
}

static uint32_t best_penalty(const struct trial *trial)
{
	double lowest = INFINITY;
	uint32_t best = 0;

	for (uint32_t i = 0; i < LINEAR_PATH; i++) {
		double loss = loss_of(trial, trial->linear + i * trial->tested);

		if (loss < lowest) {
			lowest = loss;
			best = i;
		}
	}
	return best;
}

/* How many trees of the setting have the least loss: a stage. */
static uint32_t best_stage(const struct trial *trial, uint32_t setting)
{
	double lowest = INFINITY;
	uint32_t best = 0;

	for (uint32_t i = 0; i < trial->forest.stage_count; i++) {
		double loss = loss_of(
			trial, forest_trial_scores(&trial->forest, setting, i));

		if (loss < lowest) {
			lowest = loss;
			best = i;
		}
	}
	return best;
}

/* The parts' scores: each setting of the trees, then the other parts. */
static void gather(struct trial *trial, struct blend_choice *choice,
		   const double **scores)
{
	const struct forest_trial *forest = &trial->forest;
	uint32_t at = 0;

	choice->tree_count = forest->setting_count;
	for (; at < forest->setting_count; at++) {
		uint32_t stage = best_stage(trial, at);

		choice->trees[at] = forest->settings[at];
		choice->trees[at].trees = forest->stages[stage];
		scores[at] = forest_trial_scores(forest, at, stage);
	}
	choice->penalty = best_penalty(trial);
	scores[at++] = trial->linear + choice->penalty * trial->tested;
	scores[at++] = trial->rates;
	scores[at] = trial->constant;
}

/* Before a row is seen; and what it costs to be far from that. */
static void expect(const struct trial *trial, struct stack *stack,
		   uint32_t settings)
{
	double lowest = INFINITY;

	for (uint32_t i = 0; i < settings; i++)
		stack->expected[i] = 0.4 / settings;
	stack->expected[settings] = 0.4;
	stack->expected[settings + 1] = 0.05;
	stack->expected[settings + 2] = 0.15;
	for (uint32_t i = 0; i <= settings; i++)
		lowest = fmin(lowest, loss_of(trial, stack->scores[i]));
	stack->pull = EXPECTED_ROWS * lowest / (double)trial->tested;
}

/* A share that is worth its model. */
static double share_of(const double *shares, uint32_t index)
{
	return shares[index] < 1e-6 ? 0 : shares[index];
}

static void choose_shares(struct trial *trial, struct blend_choice *choice)
{
	const double *scores[STACK_MAX];
	double shares[STACK_MAX];
	uint32_t settings;
	struct stack stack = {
		.rows = trial->tested,
		.scores = scores,
		.target = trial->target,
		.weights = trial->weights,
		.binary = trial->all.binary,
	};

	gather(trial, choice, scores);
	settings = choice->tree_count;
	stack.models = settings + BLEND_PARTS - BLEND_LINEAR;
	expect(trial, &stack, settings);
	stack_solve(&stack, shares);
	for (uint32_t i = 0; i < settings; i++) {
		choice->tree_shares[i] = share_of(shares, i);
		choice->shares[BLEND_TREES] += choice->tree_shares[i];
	}
	for (uint32_t i = BLEND_LINEAR; i < BLEND_PARTS; i++)
		choice->shares[i] =
			share_of(shares, settings + i - BLEND_LINEAR);
}

static int choose(struct trial *trial, struct blend_choice *choice,
		  struct error **err)
{
	size_t at = 0;

	*choice = (struct blend_choice){.shares[BLEND_CONSTANT] = 1};
	if (!trial->tested)
		return 0;
	for (uint32_t i = 0; i < trial->folds.count; i++) {
		const struct fold *fold = &trial->folds.list[i];

		if (try_fold(trial, fold, at, err) < 0)
			return -1;
		at += fold->tested;
	}
	choice->shares[BLEND_CONSTANT] = 0;
	choose_shares(trial, choice);
	return 0;
}

struct gbt_model *blend_train(const struct gbt_table *table,
			      const struct blend_options *options,
			      struct error **err)
{
	bool binary = options->trees.objective == GBT_BINARY;
	struct trial trial = {.all = {.table = table, .binary = binary},
			      .options = options};
	struct blend_choice choice;
	struct gbt_model *model = NULL;
	uint32_t *rows;

	if (check_objective(options->trees.objective, err) < 0 ||
	    check_table(table, binary, err) < 0)
		return NULL;
	rows = mem_array(table->rows, sizeof(*rows));
	for (size_t i = 0; i < table->rows; i++)
		rows[i] = (uint32_t)i;
	trial.all.rows = rows;
	trial.all.count = table->rows;
	trial_init(&trial);
	if (choose(&trial, &choice, err) == 0)
		model = blend_compose(&trial.all, &options->trees, &choice,
				      err);
	trial_release(&trial);
	mem_free(rows);
	return model;
}
