/* The kernels with AVX2. */
#ifdef __x86_64__
#include <immintrin.h>

#define LANES 4
#define ISA __attribute__((target("avx2,bmi,bmi2,popcnt")))
#include "runtime/learn/boost/kernel_body.inc"

/* Eight rows: those of the mask first. */
ISA static inline __m256i pack(__m256i rows, uint32_t mask)
{
	uint64_t wide = _pdep_u64(mask, UINT64_C(0x0101010101010101)) * 0xff;
	uint64_t places = _pext_u64(UINT64_C(0x0706050403020100), wide);

	return _mm256_permutevar8x32_epi32(
		rows, _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long)places)));
}

ISA static size_t part(const uint8_t *column, const uint32_t left[8],
		       uint32_t *rows, size_t count, uint32_t *aside)
{
	__m256i set = _mm256_loadu_si256((const __m256i *)left);
	size_t first = 0, rest = 0, i = 0;

	for (; i + 8 <= count; i += 8) {
		__m256i some = _mm256_loadu_si256((__m256i *)(rows + i));
		__m256i bins = _mm256_and_si256(
			_mm256_i32gather_epi32(
				(const int *)(const void *)column, some, 1),
			_mm256_set1_epi32(255));
		__m256i set_of = _mm256_permutevar8x32_epi32(
			set, _mm256_srli_epi32(bins, 5));
		uint32_t mask =
			(uint32_t)_mm256_movemask_ps((__m256)_mm256_sllv_epi32(
				set_of, _mm256_andnot_si256(
						bins, _mm256_set1_epi32(31))));

		_mm256_storeu_si256((__m256i *)(rows + first),
				    pack(some, mask));
		_mm256_storeu_si256((__m256i *)(aside + rest),
				    pack(some, ~mask & 0xff));
		first += (size_t)_mm_popcnt_u32(mask);
		rest += 8 - (size_t)_mm_popcnt_u32(mask);
	}
	for (; i < count; i++) {
		uint32_t row = rows[i], bin = column[row];
		size_t goes = left[bin / 32] >> bin % 32 & 1;

		rows[first] = row;
		aside[rest] = row;
		first += goes;
		rest += !goes;
	}
	return first;
}

const struct boost_kernels boost_kernels_avx2 = {
	"avx2", scan, part, round_pairs, logistic, extremes, exponents};
#endif
