/* Is the new version worse than the baseline? A judge of metrics. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum canary_class {
	CANARY_PASS,
	CANARY_HIGH,
	CANARY_LOW,
	CANARY_NODATA,
	CANARY_NODATA_FAIL, /* data were required */
};

enum canary_direction {
	CANARY_EITHER,
	CANARY_INCREASE, /* only an increase is bad */
	CANARY_DECREASE,
};

enum canary_judge {
	CANARY_SHIFT, /* ours: knows that neighbours in time are alike */
	CANARY_RANKS, /* Kayenta's Mann-Whitney rule, as it is documented */
	CANARY_MEANS, /* Kayenta's mean inequality: no test at all */
};

enum canary_effect { CANARY_MEAN_RATIO, CANARY_CLES };

/* How a metric is judged. canary_defaults sets what is usual for a judge. */
struct canary_options {
	enum canary_judge judge;
	enum canary_direction direction;
	enum canary_effect effect;
	double tolerance;  /* SHIFT: of the baseline's median; RANKS: of the
			      estimated shift */
	double confidence; /* 0..1 */
	double allowed[2]; /* effect at which it counts: decrease, increase */
	double fatal[2];   /* effect at which a critical metric fails all */
	double detect;     /* share to see, for the estimate of more values */
	bool critical, required, replace, outliers;
	size_t metrics; /* judged together: SHIFT shares its level */
};

void canary_defaults(struct canary_options *options, enum canary_judge judge);

struct canary_metric {
	enum canary_class class;
	bool fatal;              /* a critical one failed */
	size_t baseline, canary; /* values that were there */
	double baseline_mean, canary_mean;
	double effect; /* ratio of means, or CLES; NaN when there is none */
	double shift, lower, upper; /* of the canary, in the metric's unit */
	double p;                   /* of this direction */
	double sequential;          /* always-valid p; 1 for RANKS and MEANS */
	double effective;           /* independent values of both sides */
	double needed; /* more values a side to see `detect`; -1: unknown */
	bool thin;     /* too few values to say anything */
};

/* One metric on both sides, in the order of time; NaN: missing. Borrowed. */
struct canary_series {
	const double *baseline, *canary;
	size_t baseline_count, canary_count;
};

void canary_metric(const struct canary_series *series,
		   const struct canary_options *options,
		   struct canary_metric *metric);

/* A sentence of at most `size` bytes: why it was classified so. */
void canary_reason(const struct canary_metric *metric,
		   const struct canary_options *options, char *text,
		   size_t size);

enum canary_verdict {
	CANARY_VERDICT_PASS,
	CANARY_VERDICT_MARGINAL,
	CANARY_VERDICT_FAIL,
	CANARY_VERDICT_INCONCLUSIVE,
};

/* A group of metrics; `weight` NaN: it shares what the others leave of 100. */
struct canary_group {
	double weight;
	const struct canary_metric *const *metrics;
	const double *weights; /* of its metrics; NULL: all alike */
	size_t count;
};

/*
 * The score, 0..100, as Kayenta documents it: the share of what passed in each
 * group, weighted; a group without data counts 100; 0 when a critical metric
 * failed or half of the metrics have no data. Verdict by the two thresholds;
 * inconclusive when no metric had enough values.
 */
enum canary_verdict canary_score(const struct canary_group *groups,
				 size_t count, double pass, double marginal,
				 double *score);

const char *canary_class_name(enum canary_class class);
const char *canary_verdict_name(enum canary_verdict verdict);
