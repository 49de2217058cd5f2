/* Is one series higher than the other, when neighbours in time are alike? */
#pragma once

#include "runtime/learn/canary/sample.h"

/*
 * Metrics are no independent draws: one second's value is nearly the last
 * one's. So the error of the shift is made of the variance of each side times
 * its integrated autocorrelation time (C. J. Geyer: Practical Markov Chain
 * Monte Carlo, 1992: sums of pairs while they are positive), and the test is
 * Welch's with as many degrees of freedom as there are independent values.
 */
struct shift {
	double estimate;  /* Hodges-Lehmann, canary - baseline */
	double error;     /* standard error of it */
	double freedom;   /* degrees of freedom */
	double effective; /* independent values, both sides together */
};

/* Both have two values or more. Order in time matters. */
void shift_measure(const struct sample *baseline, const struct sample *canary,
		   struct shift *shift);

/* P(T >= t) of Student's distribution. */
double student_tail(double t, double freedom);

/* The t with that tail; p in 0..0.5. */
double student_quantile(double p, double freedom);

/*
 * An always-valid p-value: one may look after each value and stop at any
 * time. The mixture likelihood ratio of a normal shift with standard deviation
 * `scale` before it is seen (R. Johari and others: Always Valid Inference,
 * 2022), least of all beginnings of the two series.
 */
double shift_sequential(const struct sample *baseline,
			const struct sample *canary, double scale);

/*
 * How many more values a side are needed to see a shift of `effect` with the
 * two-sided level `alpha` and power 0.8; 0 when there are enough, -1 when
 * nobody can tell.
 */
double shift_values_needed(const struct sample *baseline,
			   const struct sample *canary,
			   const struct shift *shift, double effect,
			   double alpha);
