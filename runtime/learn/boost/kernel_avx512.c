/* The kernels with AVX-512. */
#ifdef __x86_64__
#include <immintrin.h>

#define LANES 8
#define ISA                                                                    \
	__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,bmi,"   \
			      "bmi2,popcnt")))
#include "runtime/learn/boost/kernel_body.inc"

ISA static size_t part(const uint8_t *column, const uint32_t left[8],
		       uint32_t *rows, size_t count, uint32_t *aside)
{
	__m512i set = _mm512_broadcast_i64x4(
		_mm256_loadu_si256((const __m256i *)left));
	size_t first = 0, rest = 0;

	for (size_t i = 0; i < count; i += 16) {
		size_t most = count - i < 16 ? count - i : 16;
		__mmask16 all = (__mmask16)((1U << most) - 1), goes;
		__m512i some = _mm512_maskz_loadu_epi32(all, rows + i);
		__m512i bins = _mm512_and_si512(
			_mm512_i32gather_epi32(some, column, 1),
			_mm512_set1_epi32(255));
		__m512i set_of = _mm512_permutexvar_epi32(
			_mm512_srli_epi32(bins, 5), set);

		goes = _mm512_mask_test_epi32_mask(
			all, set_of,
			_mm512_sllv_epi32(
				_mm512_set1_epi32(1),
				_mm512_and_si512(bins, _mm512_set1_epi32(31))));
		_mm512_mask_storeu_epi32(
			rows + first, all,
			_mm512_maskz_compress_epi32(goes, some));
		_mm512_storeu_si512(aside + rest,
				    _mm512_maskz_compress_epi32(
					    (__mmask16)(all & ~goes), some));
		first += (size_t)_mm_popcnt_u32(goes);
		rest += most - (size_t)_mm_popcnt_u32(goes);
	}
	return first;
}

const struct boost_kernels boost_kernels_avx512 = {
	"avx512", scan, part, round_pairs, logistic, extremes, exponents};
#endif
