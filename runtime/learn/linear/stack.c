#include "runtime/learn/linear/stack.h"

#include <math.h>

#include "runtime/base/mem.h"
#include "runtime/learn/linear/solve.h"

enum { ROUNDS_MAX = 40, CUTS = 24 };

static const double GOLDEN = 0.6180339887498949;

static double loss_of(const struct stack *stack, size_t row, double score)
{
	double off = score - stack->target[row];

	return stack->binary ? linear_log_loss(score, stack->target[row])
			     : off * off;
}

static double weight_of(const struct stack *stack, size_t row)
{
	return stack->weights ? stack->weights[row] : 1;
}

double stack_loss(const struct stack *stack, const double *shares)
{
	double sum = 0, weights = 0;

	for (size_t i = 0; i < stack->rows; i++) {
		double score = 0;

		for (uint32_t k = 0; k < stack->models; k++)
			score += shares[k] * stack->scores[k][i];
		sum += weight_of(stack, i) * loss_of(stack, i, score);
		weights += weight_of(stack, i);
	}
	return weights > 0 ? sum / weights : 0;
}

/* The loss when `one` has `share` of what both have. */
struct pair {
	const struct stack *stack;
	double *shares;
	uint32_t one, other;
	double both;
};

/* The loss, and what it costs to be far from the shares expected before. */
static double cost(const struct stack *stack, const double *shares)
{
	double far = 0;

	for (uint32_t k = 0; k < stack->models; k++)
		far += (shares[k] - stack->expected[k]) *
		       (shares[k] - stack->expected[k]);
	return stack_loss(stack, shares) + stack->pull * far;
}

static double loss_at(const struct pair *pair, double share)
{
	pair->shares[pair->one] = share * pair->both;
	pair->shares[pair->other] = (1 - share) * pair->both;
	return cost(pair->stack, pair->shares);
}

/* Golden section: the loss is convex in the share. */
static double best_share(const struct pair *pair)
{
	double low = 0, high = 1;
	double left = high - GOLDEN, right = low + GOLDEN;
	double left_loss = loss_at(pair, left),
	       right_loss = loss_at(pair, right);

	for (int i = 0; i < CUTS; i++) {
		if (left_loss <= right_loss) {
			high = right;
			right = left;
			right_loss = left_loss;
			left = high - GOLDEN * (high - low);
			left_loss = loss_at(pair, left);
		} else {
			low = left;
			left = right;
			left_loss = right_loss;
			right = low + GOLDEN * (high - low);
			right_loss = loss_at(pair, right);
		}
	}
	return (low + high) / 2;
}

/* Let the two share anew; the loss then. */
static double share_pair(const struct pair *pair, double now)
{
	double before = pair->shares[pair->one];
	double tried[3] = {best_share(pair), 0, 1}, best = -1;

	for (int i = 0; i < 3; i++) {
		double loss = loss_at(pair, tried[i]);

		if (loss < now) {
			now = loss;
			best = tried[i];
		}
	}
	if (best < 0) {
		pair->shares[pair->one] = before;
		pair->shares[pair->other] = pair->both - before;
	} else {
		loss_at(pair, best);
	}
	return now;
}

static void begin(const struct stack *stack, double *shares)
{
	double tried[STACK_MAX], lowest = INFINITY;
	uint32_t best = 0;

	for (uint32_t k = 0; k < stack->models; k++) {
		double loss;

		for (uint32_t i = 0; i < stack->models; i++)
			tried[i] = i == k;
		loss = stack_loss(stack, tried);
		if (loss < lowest) {
			lowest = loss;
			best = k;
		}
	}
	for (uint32_t i = 0; i < stack->models; i++)
		shares[i] = i == best;
}

void stack_solve(const struct stack *stack, double *shares)
{
	double now, before;

	begin(stack, shares);
	now = cost(stack, shares);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		before = now;
		for (uint32_t a = 0; a < stack->models; a++)
			for (uint32_t b = a + 1; b < stack->models; b++) {
				struct pair pair = {stack, shares, a, b,
						    shares[a] + shares[b]};

				if (pair.both > 0)
					now = share_pair(&pair, now);
			}
		if (!(before - now > 1e-9 * fabs(before)))
			break;
	}
}
