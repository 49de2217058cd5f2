/* How good predictions are. Definitions are those of scikit-learn. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What was predicted of rows, and what is true. */
struct gbt_sample {
	const double *truth;   /* of two classes: 0 or 1 */
	const double *score;   /* prediction */
	const double *weights; /* NULL: all 1 */
	size_t count;
	const double *groups; /* rows of a group have one; NULL: none */
};

/* Where there is nothing to say (one class only, no rows), each is NaN. */

/* Area under the ROC curve; ties count half. */
double gbt_auc(const struct gbt_sample *sample);

/* Area under precision over recall, by steps: average precision. */
double gbt_average_precision(const struct gbt_sample *sample);

double gbt_log_loss(const struct gbt_sample *sample); /* of probabilities */
double gbt_brier(const struct gbt_sample *sample);

/* A part of the probabilities, (from, to], the first one with 0. */
struct gbt_bin {
	double weight;              /* of the rows in it */
	double predicted, observed; /* means */
};

/* The reliability curve: `count` parts of one width, into `bins`. */
void gbt_reliability(const struct gbt_sample *sample, struct gbt_bin *bins,
		     uint32_t count);

/* Expected calibration error over as many parts, at most 1000. */
double gbt_ece(const struct gbt_sample *sample, uint32_t bins);

/* Scores above `threshold` are positive. Without any: 0. */
double gbt_f1(const struct gbt_sample *sample, double threshold);
double gbt_accuracy(const struct gbt_sample *sample, double threshold);

/*
 * Of the `share` of the rows with the highest scores (at least one): how many
 * are positive, and how many of all positives they are. Of equal scores the
 * earlier rows come first. Weights do not count.
 */
void gbt_top(const struct gbt_sample *sample, double share, double *precision,
	     double *recall);

double gbt_rmse(const struct gbt_sample *sample);
double gbt_mae(const struct gbt_sample *sample);
double gbt_r2(const struct gbt_sample *sample);
double gbt_pinball(const struct gbt_sample *sample, double alpha);
double gbt_poisson_deviance(const struct gbt_sample *sample);
double gbt_gamma_deviance(const struct gbt_sample *sample);

/* The share of `truth` within [lower, upper]. */
double gbt_coverage(const double *truth, const double *lower,
		    const double *upper, size_t count);

/*
 * The mean over groups of at least two rows of how well they are in order, by
 * the truth as gain and the logarithm of the place; rows of one score share
 * their places. Of the first `places` only; 0: of all. Without anything to gain
 * a group is worth 0 (Järvelin, Kekäläinen: Cumulated gain, 2002).
 */
double gbt_ndcg(const struct gbt_sample *sample, uint32_t places);

/* Classes 0 to `classes` - 1; `score` has a probability a class and row. */
double gbt_classes_log_loss(const struct gbt_sample *sample, uint32_t classes);
double gbt_classes_accuracy(const struct gbt_sample *sample, uint32_t classes);
