/* Many classes: the loss of the softmax over a score a class. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Lists of `stride` doubles, class after class; everything is borrowed. */
struct boost_softmax {
	uint32_t classes;
	const double *label, *weight; /* classes from 0; weight may be NULL */
	const double *scores;
	size_t score_stride;
	double *gradients, *hessians;
	size_t stride; /* of these two */
};

/* The scores that say how frequent each class of the first rows is. */
void boost_softmax_start(const struct boost_softmax *loss, size_t rows,
			 double *start);
/* Derivatives of rows [from, to). */
void boost_softmax_derive(const struct boost_softmax *loss, size_t from,
			  size_t to);
/* The mean of -log(probability of the label) of rows [from, to). */
double boost_softmax_mean(const struct boost_softmax *loss, size_t from,
			  size_t to);
