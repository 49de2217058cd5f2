/* Two samples by their ranks: Mann-Whitney, Hodges-Lehmann. */
#pragma once

#include "runtime/learn/canary/sample.h"

/*
 * H. B. Mann and D. R. Whitney: On a test of whether one of two random
 * variables is stochastically larger than the other, 1947. J. L. Hodges and
 * E. L. Lehmann: Estimates of location based on rank tests, 1963. The interval
 * is the asymptotic one with continuity correction (M. Hollander, D. A. Wolfe:
 * Nonparametric Statistical Methods, ch. 4).
 */
struct ranks {
	double u;            /* pairs in which y is greater; ties count half */
	double p;            /* two-sided, asymptotic, ties corrected */
	double shift;        /* median of all differences y - x */
	double lower, upper; /* of the shift, at the confidence asked for */
	double share;        /* u of all pairs: the common language effect */
};

/*
 * Neither sample is empty. `confidence` in 0..1; shift and interval are found
 * to within `resolution`, 0: as well as doubles can.
 */
void ranks_compare(const struct sample *x, const struct sample *y,
		   double confidence, double resolution, struct ranks *ranks);

/* The quantile of the standard normal distribution, to 1e-9. */
double normal_quantile(double p);
