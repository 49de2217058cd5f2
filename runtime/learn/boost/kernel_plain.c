/* The kernels in C as it is everywhere. */
#define LANES 2
#define ISA
#include "runtime/learn/boost/kernel_body.inc"

static size_t part(const uint8_t *column, const uint32_t left[8],
		   uint32_t *rows, size_t count, uint32_t *aside)
{
	size_t first = 0, rest = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t row = rows[i], bin = column[row];
		size_t goes = left[bin / 32] >> bin % 32 & 1;

		rows[first] = row; /* at or before the place read from */
		aside[rest] = row;
		first += goes;
		rest += !goes;
	}
	return first;
}

const struct boost_kernels boost_kernels_plain = {
	"plain", scan, part, round_pairs, logistic, extremes, exponents};
