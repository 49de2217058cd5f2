/* How much each of several models counts, by what they said of new rows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STACK_MAX = 8 };

struct stack {
	uint32_t models; /* at most STACK_MAX */
	size_t rows;
	const double *const *scores; /* a list of rows a model */
	const double *target;
	const double *weights; /* NULL: all 1 */
	bool binary;           /* scores are log odds */
	/*
	 * What was expected of the shares before any row was seen, and how
	 * much it costs to be elsewhere: pull * squared distance.
	 */
	double expected[STACK_MAX], pull;
};

/* The mean loss of the sum of the scores by such shares. */
double stack_loss(const struct stack *stack, const double *shares);

/*
 * Shares of at least 0 with the sum 1 and the least loss (Wolpert, Stacked
 * generalization, 1992; Breiman, Stacked regressions, 1996): two models at a
 * time share what they have, until nothing gets better.
 */
void stack_solve(const struct stack *stack, double *shares);
