/* The order of rows in groups: the loss of pairs (Burges et al.: RankNet). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runtime/learn/gbt/pool.h"

/* Rows of the same group, group after group. */
struct boost_groups {
	uint32_t *rows; /* owned */
	size_t *first;  /* owned: groups + 1, into `rows` */
	uint32_t count;
};

/* Of the rows [from, to); `group` has a number a row, whatever it is. */
void boost_groups_init(struct boost_groups *groups, const double *group,
		       size_t from, size_t to);
void boost_groups_release(struct boost_groups *groups);

/* Lists of all rows; everything is borrowed. */
struct boost_ranking {
	const double *label, *weight; /* weight may be NULL */
	const double *scores;
	double *gradients, *hessians;
};

/* Derivatives of the groups' rows; `pool` may be NULL. */
void boost_ranking_derive(const struct boost_ranking *loss,
			  const struct boost_groups *groups,
			  struct gbt_pool *pool);
/* The mean loss of the groups' pairs. */
double boost_ranking_mean(const struct boost_ranking *loss,
			  const struct boost_groups *groups);
