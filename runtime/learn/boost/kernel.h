/* The loops that training spends its time in, for each instruction set. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * All sets make the same numbers, bit for bit: they do the same additions and
 * multiplications of each element, of more or fewer elements at a time.
 */

/* Lists that kernels write to have room for so many elements more. */
enum { BOOST_SLACK = 16 };

/* A leaf, for cuts: whole numbers, and what 1 of them is worth. */
struct boost_scan {
	double gradient, hessian; /* of all its rows */
	double least;             /* hessian of each side; 1 at least */
	double weight, l2;        /* of hessians */
	int64_t more;             /* is added to each sum */
};

/* Rounding to pairs of whole numbers; see struct gbt_pairs. */
struct boost_rounding {
	const double *gradients, *hessians;
	double gradient_scale, hessian_scale;
	uint32_t *words;
	uint32_t seed;
};

/* Derivatives of the logistic loss; everything is borrowed. */
struct boost_logistic {
	const double *label, *weight; /* weight may be NULL */
	const double *scores;
	double ones; /* the weight of label 1 */
	double *gradients, *hessians;
};

struct boost_kernels {
	const char *name;
	/*
	 * Of the sums of the first bins, the first i + 1 in sums[i]: which
	 * cut has the largest sum of both sides' G^2 / (H + l2), and what that
	 * is, 0 when none may be. `sums` has BOOST_SLACK zeros behind it.
	 */
	double (*scan)(const struct boost_scan *leaf, const int64_t *sums,
		       uint32_t count, uint32_t *at);
	/*
	 * Rows whose bin is in the set `left` (a bit a bin) come first in
	 * `rows`, the others go to `aside`. How many the first are. `column`
	 * can be read for BOOST_SLACK bytes behind its end.
	 */
	size_t (*part)(const uint8_t *column, const uint32_t left[8],
		       uint32_t *rows, size_t count, uint32_t *aside);
	/* Rows [from, to). */
	void (*round)(const struct boost_rounding *rounding, size_t from,
		      size_t to);
	void (*logistic)(const struct boost_logistic *loss, size_t from,
			 size_t to);
	/* Raises `top` to the largest size of a gradient, and hessian. */
	void (*extremes)(const double *gradients, const double *hessians,
			 size_t count, double top[2]);
	/* out[i] = e^x[i]; the same list is fine. */
	void (*exponents)(const double *x, double *out, size_t count);
};

/* The best that this machine has. */
const struct boost_kernels *boost_kernels(void);
/* Those of an instruction set, "plain", "avx2" or "avx512"; NULL: the machine
 * has it not. */
const struct boost_kernels *boost_kernels_of(const char *name);

/* For boost_kernels. */
extern const struct boost_kernels boost_kernels_plain;
#ifdef __x86_64__
extern const struct boost_kernels boost_kernels_avx2, boost_kernels_avx512;
#endif
