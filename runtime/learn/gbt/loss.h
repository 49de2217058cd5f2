/* Objectives: gradients of a loss, where scores begin, what leaves become. */
#pragma once

#include "runtime/learn/gbt/train.h"

struct gbt_loss {
	enum gbt_objective objective;
	double alpha;
	const double *label, *weight; /* borrowed; weight may be NULL */
	double ones; /* how much more a row of label 1 counts; 0: as others */
};

/* False for an objective that training does not know. */
bool gbt_loss_known(enum gbt_objective objective);
enum gbt_transform gbt_loss_transform(enum gbt_objective objective);
/* ERROR_INVALID when a label cannot be: 2 for binary, negative counts, … */
int gbt_loss_check(const struct gbt_loss *loss, size_t rows,
		   struct error **err);
/* Makes both labels of the rows weigh the same together. */
void gbt_loss_balance(struct gbt_loss *loss, size_t rows);
/* The constant score that fits rows from 0 best. */
double gbt_loss_start(const struct gbt_loss *loss, size_t rows);
/* First and second derivatives by scores, times weights; borrowed. */
struct gbt_slopes {
	const double *scores;
	double *gradients, *hessians;
};

/* Those of rows [from, to). */
void gbt_loss_derive(const struct gbt_loss *loss, size_t from, size_t to,
		     const struct gbt_slopes *slopes);
/* The mean loss of the rows [from, to). */
double gbt_loss_mean(const struct gbt_loss *loss, const double *scores,
		     size_t from, size_t to);
/*
 * Whether a leaf becomes a quantile of what is left of its rows instead of a
 * Newton step, and which.
 */
bool gbt_loss_quantile(const struct gbt_loss *loss, double *share);
