/* Penalised least squares, and the same for logistic regression. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What is solved; everything is borrowed for the call. */
struct linear_problem {
	size_t rows;
	uint32_t columns;
	const double *values;  /* a row behind the other, all finite */
	const double *target;  /* 0 or 1 of linear_logistic */
	const double *weights; /* at least 0; NULL: all 1 */
};

/*
 * Each finds `columns` coefficients and, behind them, the constant:
 *
 *	least sum(weight * (target - score)^2) + penalty * sum(coefficient^2)
 *	least sum(weight * log loss) + penalty / 2 * sum(coefficient^2)
 *
 * which is what scikit-learn's Ridge(alpha) and LogisticRegression(C) with
 * C = 1 / penalty find; the constant costs nothing. Hoerl, Kennard: Ridge
 * regression, 1970; Le Cessie, Van Houwelingen: Ridge estimators in logistic
 * regression, 1992.
 */
void linear_ridge(const struct linear_problem *problem, double penalty,
		  double *coefficients);

/*
 * By Newton's method with halved steps, from the coefficients that are given:
 * all 0, or those of another penalty. Of one class only the constant is
 * fitted, as if half a row of the other was seen.
 */
void linear_logistic(const struct linear_problem *problem, double penalty,
		     double *coefficients);

/*
 * Solve matrix * x = vector in place, of which the lower half is read and
 * spoilt: Cholesky's way. A direction that the matrix does not know gets 0.
 */
void linear_cholesky(double *matrix, double *vector, size_t size);

/* log(1 + exp(score)) - target * score: the log loss of a raw score. */
double linear_log_loss(double score, double target);

/* log(share / (1 - share)) of weights, smoothed by half a row of each. */
double linear_log_odds(double positive, double all);
