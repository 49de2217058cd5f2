/* What the features of one row are made from. */
#pragma once

#include "runtime/learn/config/hash.h"
#include "runtime/learn/config/state.h"

/* The change that is looked at. */
struct review {
	struct config_scan *scan;
	const struct config_change *changes;
	size_t count;
	struct counts counts; /* of the change alone, see enum below */
	uint64_t present;     /* environments with keys after it */
};

enum review_count {
	REVIEW_SET = 64, /* key */
	REVIEW_REMOVED,
	REVIEW_SET_BESIDE, /* environment, parent */
	REVIEW_REMOVED_BESIDE,
	REVIEW_SET_HERE, /* environment */
	REVIEW_REMOVED_HERE,
	REVIEW_VALUE, /* value */
	REVIEW_PAIR,  /* name, old and new value */
};

/* One key of one environment. */
struct look {
	const struct review *review;
	const struct config_scan *scan;
	uint32_t environment, key;
	const struct key *it;
	const struct config_value *value, *before; /* or NULL */
	/* The key's values in other environments, after the change. */
	const struct config_value *siblings[CONFIG_ENVIRONMENTS_MAX];
	size_t sibling_count;
	float *features;
};

static inline void look_set(struct look *look, enum config_feature feature,
			    double value)
{
	look->features[feature] = (float)value;
}

/* A count of the project, of the change. */
static inline double look_seen(const struct look *look, enum config_count what,
			       uint64_t a, uint64_t b)
{
	return counts_get(&look->scan->counts, hash_of(what, a, b));
}

static inline double look_counted(const struct look *look,
				  enum review_count what, uint64_t a,
				  uint64_t b)
{
	return counts_get(&look->review->counts, hash_of(what, a, b));
}

/* Each sees one side of a value that was set. */
void look_agreement(struct look *look);
void look_world(struct look *look);
void look_past(struct look *look);
void look_number(struct look *look);
void look_text(struct look *look);
void look_lint(struct look *look);
void look_misfit(struct look *look);
void look_alias(struct look *look);
void look_name(struct look *look);
/* Of a key that was removed, or that is missing. */
void look_removed(struct look *look);
void look_missing(struct look *look, uint64_t having);

/* log(1 + x) */
double look_log(double x);
/* The number of the environment's bit. */
static inline uint64_t look_bit(uint32_t environment)
{
	return UINT64_C(1) << environment;
}
