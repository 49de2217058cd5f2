#include "runtime/learn/boost/softmax.h"

#include <math.h>
#include <stdbool.h>

#include "runtime/learn/boost/kernel.h"

enum { AT_ONCE = 512 };

static double weight_of(const struct boost_softmax *loss, size_t row)
{
	return loss->weight ? loss->weight[row] : 1;
}

void boost_softmax_start(const struct boost_softmax *loss, size_t rows,
			 double *start)
{
	double all = 0;

	for (uint32_t k = 0; k < loss->classes; k++)
		start[k] = 0;
	for (size_t i = 0; i < rows; i++) {
		start[(uint32_t)loss->label[i]] += weight_of(loss, i);
		all += weight_of(loss, i);
	}
	/* Half a row of each class more; rounded as in gbt_loss_start. */
	for (uint32_t k = 0; k < loss->classes; k++) {
		double share = (start[k] + 0.5 * all / (double)rows) /
			       (all * (1 + 0.5 * loss->classes / (double)rows));

		start[k] = nearbyint(log(share) * 0x1p36) * 0x1p-36;
	}
}

/* The largest score of some rows. */
static void find_tops(const struct boost_softmax *loss, size_t from,
		      size_t count, double *tops)
{
	for (size_t i = 0; i < count; i++)
		tops[i] = loss->scores[from + i];
	for (uint32_t k = 1; k < loss->classes; k++) {
		const double *scores =
			loss->scores + k * loss->score_stride + from;

		for (size_t i = 0; i < count; i++)
			tops[i] = scores[i] > tops[i] ? scores[i] : tops[i];
	}
}

static void derive_some(const struct boost_softmax *loss, size_t from,
			size_t count)
{
	double tops[AT_ONCE], sums[AT_ONCE] = {0};
	double more = loss->classes / (loss->classes - 1.0);

	find_tops(loss, from, count, tops);
	for (uint32_t k = 0; k < loss->classes; k++) {
		const double *scores =
			loss->scores + k * loss->score_stride + from;
		double *powers = loss->gradients + k * loss->stride + from;

		for (size_t i = 0; i < count; i++)
			powers[i] = scores[i] - tops[i];
		boost_kernels()->exponents(powers, powers, count);
		for (size_t i = 0; i < count; i++)
			sums[i] += powers[i];
	}
	for (uint32_t k = 0; k < loss->classes; k++) {
		double *gradients = loss->gradients + k * loss->stride + from;
		double *hessians = loss->hessians + k * loss->stride + from;

		for (size_t i = 0; i < count; i++) {
			double share = gradients[i] / sums[i];
			double weight = weight_of(loss, from + i);
			double curve = share * (1 - share);
			bool is = (uint32_t)loss->label[from + i] == k;

			gradients[i] = (share - is) * weight;
			hessians[i] =
				(curve > 1e-16 ? curve : 1e-16) * more * weight;
		}
	}
}

void boost_softmax_derive(const struct boost_softmax *loss, size_t from,
			  size_t to)
{
	for (; from < to; from += AT_ONCE)
		derive_some(loss, from,
			    to - from < AT_ONCE ? to - from : AT_ONCE);
}

double boost_softmax_mean(const struct boost_softmax *loss, size_t from,
			  size_t to)
{
	double sum = 0, weights = 0;

	for (size_t i = from; i < to; i++) {
		double top = -INFINITY, powers = 0, weight = weight_of(loss, i);
		const double *scores = loss->scores + i;

		for (uint32_t k = 0; k < loss->classes; k++)
			top = fmax(top, scores[k * loss->score_stride]);
		for (uint32_t k = 0; k < loss->classes; k++)
			powers += exp(scores[k * loss->score_stride] - top);
		sum += weight *
		       (log(powers) + top -
			scores[(uint32_t)loss->label[i] * loss->score_stride]);
		weights += weight;
	}
	return weights > 0 ? sum / weights : 0;
}
