/*
 * The kernels' bodies; who includes this says LANES, how many elements are
 * done at a time, and ISA, the attributes of functions.
 */
#include <string.h>

#include "runtime/learn/boost/kernel.h"

#define VECTOR(type)                                                           \
	__attribute__((vector_size(LANES * sizeof(type)), aligned(8),          \
		       may_alias))

typedef double reals VECTOR(double);
typedef int64_t words VECTOR(int64_t);
typedef uint64_t bits VECTOR(uint64_t);
typedef int32_t ints
	__attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef uint32_t halves
	__attribute__((vector_size(LANES * 4), aligned(4), may_alias));

#define WHOLE 0x4330000000000000 /* the bits of 2^52 */
#define MAGIC 0x1.8p52           /* adding it rounds to a whole number */

ISA static inline reals choose(words mask, reals yes, reals no)
{
	return (reals)(((words)yes & mask) | ((words)no & ~mask));
}

/* e^x for |x| < 700, by its series within ln 2 / 2. */
ISA static inline reals exponent(reals x)
{
	static const double series[] = {1.0 / 39916800,
					1.0 / 3628800,
					1.0 / 362880,
					1.0 / 40320,
					1.0 / 5040,
					1.0 / 720,
					1.0 / 120,
					1.0 / 24,
					1.0 / 6,
					0.5,
					1,
					1};
	reals times = x * 0x1.71547652b82fep0 + MAGIC, sum = x * 0;
	words power = (words)times;

	times -= MAGIC;
	x = x - times * 0x1.62e42feep-1 - times * 0x1.a39ef35793c76p-33;
	sum += 1.0 / 479001600;
	for (size_t i = 0; i < sizeof(series) / sizeof(*series); i++)
		sum = sum * x + series[i];
	return sum * (reals)((power + 1023) << 52);
}

ISA static inline reals within(reals x, double limit)
{
	reals zero = x * 0;

	x = choose(x > limit, zero + limit, x);
	return choose(x < -limit, zero - limit, x);
}

ISA static void exponents(const double *x, double *out, size_t count)
{
	for (size_t i = 0; i < count; i += LANES) {
		double list[LANES] = {0};
		size_t some = count - i < LANES ? count - i : LANES;

		memcpy(list, x + i, some * sizeof(double));
		*(reals *)list = exponent(within(*(reals *)list, 700));
		memcpy(out + i, list, some * sizeof(double));
	}
}

ISA static inline void logistic_lanes(const struct boost_logistic *loss,
				      size_t i, reals weight)
{
	reals label = *(const reals *)(loss->label + i);
	reals score = *(const reals *)(loss->scores + i);
	reals share = 1 / (1 + exponent(within(-score, 700)));
	reals curve = share * (1 - share);
	reals least = share * 0 + 1e-16;

	weight = choose(label > 0, weight * loss->ones, weight);
	curve = choose(curve > least, curve, least);
	*(reals *)(loss->gradients + i) = (share - label) * weight;
	*(reals *)(loss->hessians + i) = curve * weight;
}

/* The last rows, fewer than LANES, by way of lists of their own. */
ISA static void logistic_rest(const struct boost_logistic *loss, size_t from,
			      size_t count)
{
	double label[LANES] = {0}, scores[LANES] = {0}, weight[LANES];
	double gradients[LANES], hessians[LANES];
	struct boost_logistic rest = {.label = label,
				      .scores = scores,
				      .ones = loss->ones,
				      .gradients = gradients,
				      .hessians = hessians};

	for (size_t i = 0; i < LANES; i++)
		weight[i] =
			i < count && loss->weight ? loss->weight[from + i] : 1;
	memcpy(label, loss->label + from, count * sizeof(double));
	memcpy(scores, loss->scores + from, count * sizeof(double));
	logistic_lanes(&rest, 0, *(reals *)weight);
	memcpy(loss->gradients + from, gradients, count * sizeof(double));
	memcpy(loss->hessians + from, hessians, count * sizeof(double));
}

ISA static void logistic(const struct boost_logistic *loss, size_t from,
			 size_t to)
{
	reals one = (reals){0} + 1;

	for (; from + LANES <= to; from += LANES)
		logistic_lanes(loss, from,
			       loss->weight
				       ? *(const reals *)(loss->weight + from)
				       : one);
	if (from < to)
		logistic_rest(loss, from, to - from);
}

/* The largest of a list is the same in any order. */
ISA static void extremes(const double *gradients, const double *hessians,
			 size_t count, double top[2])
{
	reals most[2] = {{0}, {0}};
	size_t i = 0;

	for (; i + LANES <= count; i += LANES) {
		reals first = *(const reals *)(gradients + i);
		reals second = *(const reals *)(hessians + i);

		first = choose(first < 0, -first, first);
		most[0] = choose(first > most[0], first, most[0]);
		most[1] = choose(second > most[1], second, most[1]);
	}
	for (int lane = 0; lane < LANES; lane++)
		for (int k = 0; k < 2; k++)
			top[k] =
				most[k][lane] > top[k] ? most[k][lane] : top[k];
	for (; i < count; i++) {
		double size = gradients[i] < 0 ? -gradients[i] : gradients[i];

		top[0] = size > top[0] ? size : top[0];
		top[1] = hessians[i] > top[1] ? hessians[i] : top[1];
	}
}

/* Pseudo-random bits of a row (Wellons: lowbias32). */
ISA static inline halves scatter(halves x)
{
	x = (x ^ (x >> 16)) * UINT32_C(0x7feb352d);
	x = (x ^ (x >> 15)) * UINT32_C(0x846ca68b);
	return x ^ (x >> 16);
}

/* Up or down by chance, of 16 bits, so that the mean is right. */
ISA static inline words rounded(reals x, halves chance, double least,
				double most)
{
	reals up = __builtin_convertvector((ints)chance, reals) * 0x1p-16 +
		   (0x1p-17 - 0.5);
	reals zero = x * 0;

	x += up;
	x = choose(x < least, zero + least, x);
	x = choose(x > most, zero + most, x);
	return (words)(x + MAGIC);
}

ISA static inline void round_lanes(const struct boost_rounding *rounding,
				   size_t i, halves chance)
{
	const double *first = rounding->gradients + i;
	const double *second = rounding->hessians + i;
	words gradient =
		rounded(*(const reals *)first * rounding->gradient_scale,
			chance >> 16, -32767, 32767);
	words hessian =
		rounded(*(const reals *)second * rounding->hessian_scale,
			chance & 0xffff, 1, 65535);

	*(halves *)(rounding->words + i) = __builtin_convertvector(
		(gradient << 16 & 0xffff0000) | (hessian & 0xffff), halves);
}

/* Lists of derivatives and words have BOOST_SLACK behind them. */
ISA static void round_pairs(const struct boost_rounding *rounding, size_t from,
			    size_t to)
{
	halves row = {0};

	for (uint32_t i = 0; i < LANES; i++)
		row[i] = (uint32_t)from + i;
	for (; from < to; from += LANES, row += LANES)
		round_lanes(rounding, from, scatter(row ^ rounding->seed));
}

ISA static inline reals scores_of(const struct boost_scan *leaf, words sums)
{
	reals left = (reals)((sums & 0xffffffff) | WHOLE) - 0x1p52;
	reals slope =
		(reals)((((bits)sums ^ (UINT64_C(1) << 63)) >> 32) | WHOLE) -
		(0x1p52 + 0x1p31);
	reals right = leaf->hessian - left;
	reals other = leaf->gradient - slope;
	words fine = (left >= leaf->least) & (right >= leaf->least);

	left = left * leaf->weight + leaf->l2;
	right = right * leaf->weight + leaf->l2;
	slope = (slope * slope * right + other * other * left) / (left * right);
	return (reals)((words)slope & fine);
}

ISA static double scan(const struct boost_scan *leaf, const int64_t *sums,
		       uint32_t count, uint32_t *at)
{
	reals best = {0};
	words where = {0}, index = {0};
	double top = 0;

	for (int i = 0; i < LANES; i++)
		index[i] = i;
	for (uint32_t i = 0; i < count; i += LANES, index += LANES) {
		reals scores = scores_of(leaf, *(const words *)(sums + i) +
						       leaf->more);
		words better = (scores > best) & (index < count);

		best = choose(better, scores, best);
		where = (index & better) | (where & ~better);
	}
	for (int i = 0; i < LANES; i++) {
		if (best[i] < top || best[i] <= 0 ||
		    (best[i] == top && where[i] > *at))
			continue;
		top = best[i];
		*at = (uint32_t)where[i];
	}
	return top;
}
