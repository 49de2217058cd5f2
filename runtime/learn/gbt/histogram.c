#include "runtime/learn/gbt/histogram.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/boost/kernel.h"

/* Rows whose bins are fetched before they are needed. */
#define AHEAD 32
#define FAR 64 /* likewise, of pairs */

enum {
	CHUNK_ROWS = 8192, /* that one thread rounds at a time */
	PAIRS = 1024,      /* fetched before they are added */
};

struct rounding {
	const struct boost_kernels *kernels;
	const struct gbt_gradients *exact;
	struct boost_rounding work;
	double (*tops)[2]; /* of each chunk */
};

static size_t end_of(const struct rounding *rounding, size_t from)
{
	size_t to = from + CHUNK_ROWS;

	return to < rounding->exact->rows ? to : rounding->exact->rows;
}

static void measure(void *context, uint32_t chunk, uint32_t worker)
{
	struct rounding *rounding = context;
	size_t from = (size_t)chunk * CHUNK_ROWS;

	(void)worker;
	rounding->kernels->extremes(
		rounding->exact->first + from, rounding->exact->second + from,
		end_of(rounding, from) - from, rounding->tops[chunk]);
}

static void round_chunk(void *context, uint32_t chunk, uint32_t worker)
{
	struct rounding *rounding = context;
	size_t from = (size_t)chunk * CHUNK_ROWS;

	(void)worker;
	rounding->kernels->round(&rounding->work, from, end_of(rounding, from));
}

/* The largest number such that sums of all rows cannot overflow. */
static double largest(size_t rows, double room, double most)
{
	double fits = floor(room / (double)(rows ? rows : 1));

	return fits > most ? most : fits < 1 ? 1 : fits;
}

/* Pseudo-random bits of a step: splitmix64's finalizer. */
static uint32_t scatter(uint64_t x)
{
	x *= 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return (uint32_t)(x >> 32);
}

void gbt_pairs_round(struct gbt_pairs *pairs, const struct gbt_gradients *exact,
		     uint64_t step, struct gbt_pool *pool)
{
	uint32_t chunks =
		(uint32_t)((exact->rows + CHUNK_ROWS - 1) / CHUNK_ROWS);
	struct rounding rounding = {
		.kernels = boost_kernels(),
		.exact = exact,
		.tops = mem_array(chunks, sizeof(*rounding.tops)),
	};
	double top = 0, heavy = 0;

	gbt_pool_run(pool, chunks, measure, &rounding);
	for (uint32_t i = 0; i < chunks; i++) {
		top = fmax(top, rounding.tops[i][0]);
		heavy = fmax(heavy, rounding.tops[i][1]);
	}
	mem_free(rounding.tops);
	/* Sums of what chance raised by 1 must fit, too. */
	pairs->unit =
		top > 0 ? top / largest(exact->rows, 0x7fffffff, 32767) : 1;
	pairs->weight =
		heavy > 0 ? heavy / largest(exact->rows, 0xfffffffe, 65535) : 1;
	rounding.work = (struct boost_rounding){
		.gradients = exact->first,
		.hessians = exact->second,
		.gradient_scale = 1 / pairs->unit,
		.hessian_scale = 1 / pairs->weight,
		.words = pairs->words,
		.seed = scatter(step),
	};
	gbt_pool_run(pool, chunks, round_chunk, &rounding);
}

/* Rows that are added. */
struct adding {
	const uint8_t *bytes;
	const uint32_t *rows; /* can be read for AHEAD behind the last one */
	const int64_t *pairs; /* of these rows */
	size_t count;
	int64_t *sums;
};

/* One load, one addition and one store of each column. */
static inline __attribute__((always_inline)) void
add_rows(const struct adding *adding, const uint32_t width)
{
	const uint8_t *bytes = adding->bytes;
	const uint32_t *rows = adding->rows;
	int64_t *sums = adding->sums;

	for (size_t i = 0; i < adding->count; i++) {
		const uint8_t *bins = bytes + (size_t)rows[i] * width;
		int64_t pair = adding->pairs[i];

		__builtin_prefetch(bytes + (size_t)rows[i + AHEAD] * width);
#pragma GCC unroll 16
		for (uint32_t f = 0; f < width; f++)
			sums[(size_t)f * BIN_ROOM + bins[f]] += pair;
	}
}

#define WIDTH(width)                                                           \
	case width:                                                            \
		add_rows(adding, width);                                       \
		break;

static void add_some(const struct adding *adding, uint32_t width)
{
	switch (width) {
		WIDTH(1)
		WIDTH(2)
		WIDTH(3)
		WIDTH(4)
		WIDTH(5)
		WIDTH(6)
		WIDTH(7)
		WIDTH(8)
		WIDTH(9)
		WIDTH(10)
		WIDTH(11)
		WIDTH(12)
		WIDTH(13)
		WIDTH(14)
		WIDTH(15)
		WIDTH(16)
	default:
		break;
	}
}

static void fetch(const struct gbt_lot *lot, size_t from, size_t count,
		  int64_t *pairs)
{
	const uint32_t *rows = lot->rows + from;
	size_t ahead = lot->count - from < count + FAR ? 0 : FAR;

	for (size_t i = 0; i < count; i++) {
		__builtin_prefetch(&lot->words[rows[i + ahead]]);
		pairs[i] = gbt_pair_sum(lot->words[rows[i]]);
	}
}

void gbt_histogram(const struct gbt_bins *bins, const struct gbt_block *block,
		   const struct gbt_lot *lot, int64_t *sums)
{
	int64_t pairs[PAIRS];
	uint32_t last[AHEAD * 2] = {0};
	struct adding adding = {
		.bytes = block->bytes, .pairs = pairs, .sums = sums};
	size_t at = 0;

	for (uint32_t f = 0; f < block->width; f++)
		memset(sums + (size_t)f * BIN_ROOM, 0,
		       bins->columns[block->first + f].count * sizeof(*sums));
	for (; at + AHEAD < lot->count; at += adding.count) {
		size_t rest = lot->count - AHEAD - at;

		adding.rows = lot->rows + at;
		adding.count = rest < PAIRS ? rest : PAIRS;
		fetch(lot, at, adding.count, pairs);
		add_some(&adding, block->width);
	}
	adding.rows = last;
	adding.count = lot->count - at;
	memcpy(last, lot->rows + at, adding.count * sizeof(uint32_t));
	fetch(lot, at, adding.count, pairs);
	add_some(&adding, block->width);
}
