/* Which rows a tree learns from when those that are wrong matter most. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Gradient-based one-side sampling (Ke et al.: LightGBM, 2017): the share `top`
 * of the rows with the largest derivatives, and of the others a share, which
 * count more so that sums stay right.
 */
struct boost_goss {
	double top, other; /* shares of all rows */
	size_t rows;
	uint32_t outputs;
	/* Of each output, `stride` apart; those of chosen others are scaled. */
	double *gradients, *hessians;
	size_t stride;
	double *sizes; /* room for a double a row */
	uint8_t *used; /* which rows are chosen */
};

/* `chance`: a number that each draw makes anew; not 0. */
void boost_goss(const struct boost_goss *goss, uint64_t *chance);

/* A number from 0 to 1 (Vigna: xorshift64*, 2016). */
double boost_draw(uint64_t *chance);
