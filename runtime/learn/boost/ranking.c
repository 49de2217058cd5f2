#include "runtime/learn/boost/ranking.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/learn/boost/kernel.h"

enum {
	AT_ONCE = 128, /* groups that one thread takes at a time */
	OTHERS = 256,  /* rows that each is compared with, at most */
};

struct member {
	double group;
	uint32_t row;
};

static int by_group(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

void boost_groups_init(struct boost_groups *groups, const double *group,
		       size_t from, size_t to)
{
	size_t count = to - from;
	struct member *members = mem_array(count + 1, sizeof(*members));

	groups->rows = mem_array(count + 1, sizeof(*groups->rows));
	groups->first = mem_array(count + 1, sizeof(*groups->first));
	groups->count = 0;
	for (size_t i = 0; i < count; i++)
		members[i] =
			(struct member){group[from + i], (uint32_t)(from + i)};
	qsort(members, count, sizeof(*members), by_group);
	for (size_t i = 0; i < count; i++) {
		groups->rows[i] = members[i].row;
		if (i > 0 && members[i].group != members[i - 1].group)
			groups->first[++groups->count] = i;
	}
	if (count > 0)
		groups->first[++groups->count] = count;
	mem_free(members);
}

void boost_groups_release(struct boost_groups *groups)
{
	mem_free(groups->rows);
	mem_free(groups->first);
	*groups = (struct boost_groups){0};
}

/* A group: where its rows are, and how far apart those compared are. */
struct group {
	const struct boost_ranking *loss;
	const uint32_t *rows;
	size_t count, step;
};

static struct group group_of(const struct boost_ranking *loss,
			     const struct boost_groups *groups, uint32_t index)
{
	size_t first = groups->first[index];
	size_t count = groups->first[index + 1] - first;

	return (struct group){loss, groups->rows + first, count,
			      1 + (count - 1) / OTHERS};
}

/* The others of row `i` that have another label: one of each `step`. */
static size_t find_others(const struct group *group, size_t i,
			  uint32_t others[OTHERS])
{
	const double *label = group->loss->label;
	size_t found = 0;

	for (size_t k = i % group->step; k < group->count && found < OTHERS;
	     k += group->step)
		if (label[group->rows[k]] != label[group->rows[i]])
			others[found++] = group->rows[k];
	return found;
}

/* How wrong each pair is, from 0 to 1; the better row is one of the two. */
static void errors_of(const struct boost_ranking *loss, uint32_t row,
		      const uint32_t *others, size_t count, double *errors)
{
	for (size_t k = 0; k < count; k++) {
		double lead = loss->scores[row] - loss->scores[others[k]];

		errors[k] = loss->label[row] > loss->label[others[k]] ? lead
								      : -lead;
	}
	boost_kernels()->exponents(errors, errors, count);
	for (size_t k = 0; k < count; k++)
		errors[k] = 1 / (1 + errors[k]);
}

/* A row is pushed by the mean of its pairs, so that groups weigh alike. */
static void derive_row(const struct group *group, size_t i)
{
	const struct boost_ranking *loss = group->loss;
	uint32_t row = group->rows[i], others[OTHERS];
	size_t count = find_others(group, i, others);
	double errors[OTHERS], gradient = 0, hessian = 0, scale;

	errors_of(loss, row, others, count, errors);
	for (size_t k = 0; k < count; k++) {
		bool better = loss->label[row] > loss->label[others[k]];

		gradient += better ? -errors[k] : errors[k];
		hessian += errors[k] * (1 - errors[k]);
	}
	scale = (loss->weight ? loss->weight[row] : 1) /
		(count ? (double)count : 1);
	loss->gradients[row] = gradient * scale;
	loss->hessians[row] = fmax(hessian, 1e-16) * scale;
}

struct deriving {
	const struct boost_ranking *loss;
	const struct boost_groups *groups;
};

static void derive_chunk(void *context, uint32_t chunk, uint32_t worker)
{
	const struct deriving *deriving = context;
	uint32_t from = chunk * AT_ONCE, to = from + AT_ONCE;

	(void)worker;
	for (; from < to && from < deriving->groups->count; from++) {
		struct group group =
			group_of(deriving->loss, deriving->groups, from);

		for (size_t i = 0; i < group.count; i++)
			derive_row(&group, i);
	}
}

void boost_ranking_derive(const struct boost_ranking *loss,
			  const struct boost_groups *groups,
			  struct gbt_pool *pool)
{
	struct deriving deriving = {loss, groups};

	gbt_pool_run(pool, (groups->count + AT_ONCE - 1) / AT_ONCE,
		     derive_chunk, &deriving);
}

double boost_ranking_mean(const struct boost_ranking *loss,
			  const struct boost_groups *groups)
{
	double sum = 0, pairs = 0;

	for (uint32_t g = 0; g < groups->count; g++) {
		struct group group = group_of(loss, groups, g);

		for (size_t i = 0; i < group.count; i++) {
			uint32_t others[OTHERS];
			double errors[OTHERS];
			size_t count = find_others(&group, i, others);

			errors_of(loss, group.rows[i], others, count, errors);
			for (size_t k = 0; k < count; k++)
				sum -= log(fmax(1 - errors[k], 1e-300));
			pairs += (double)count;
		}
	}
	return pairs > 0 ? sum / pairs : 0;
}
