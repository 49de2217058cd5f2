#include "runtime/learn/boost/rows.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/boost/kernel.h"

enum {
	CHUNK_ROWS = 8192,            /* that one thread parts at a time */
	SHARED_ROWS = 3 * CHUNK_ROWS, /* fewer are not shared out */
	CHUNK_ROOM = CHUNK_ROWS + BOOST_SLACK,
};

void boost_rows_init(struct boost_rows *rows, size_t count,
		     struct gbt_pool *pool)
{
	size_t chunks = count / CHUNK_ROWS + 1;

	rows->pool = pool;
	rows->lists[0] = mem_array(count + BOOST_SLACK, sizeof(uint32_t));
	rows->lists[1] =
		pool ? mem_array(count + BOOST_SLACK, sizeof(uint32_t)) : NULL;
	rows->aside = mem_array(chunks, CHUNK_ROOM * sizeof(uint32_t));
	rows->lefts = mem_array(chunks, sizeof(size_t));
}

void boost_rows_release(struct boost_rows *rows)
{
	mem_free(rows->lists[0]);
	mem_free(rows->lists[1]);
	mem_free(rows->aside);
	mem_free(rows->lefts);
	*rows = (struct boost_rows){0};
}

size_t boost_rows_begin(struct boost_rows *rows, const uint8_t *used,
			size_t learned, size_t count)
{
	uint32_t *list = rows->lists[0];
	size_t first = 0, places[2]; /* of what is not used, and is */

	if (!used) {
		for (size_t i = 0; i < count; i++)
			list[i] = (uint32_t)i;
		return learned;
	}
	for (size_t i = 0; i < learned; i++)
		first += used[i] != 0;
	places[0] = first;
	places[1] = 0;
	for (size_t i = 0; i < learned; i++)
		list[places[used[i] != 0]++] = (uint32_t)i;
	for (size_t i = learned; i < count; i++)
		list[i] = (uint32_t)i;
	return first;
}

/* A span that is parted by threads. */
struct parting {
	struct boost_rows *rows;
	const struct boost_span *span;
	const uint8_t *column;
	const uint32_t *left;
	size_t lefts; /* of all chunks */
};

static size_t chunk_count(const struct boost_span *span, uint32_t chunk)
{
	size_t rest = span->count - (size_t)chunk * CHUNK_ROWS;

	return rest < CHUNK_ROWS ? rest : CHUNK_ROWS;
}

static uint32_t *chunk_rows(const struct boost_rows *rows,
			    const struct boost_span *span, uint32_t chunk)
{
	return rows->lists[span->list] + span->start +
	       (size_t)chunk * CHUNK_ROWS;
}

static void part_chunk(void *context, uint32_t chunk, uint32_t worker)
{
	struct parting *parting = context;
	struct boost_rows *rows = parting->rows;

	(void)worker;
	rows->lefts[chunk] =
		boost_kernels()->part(parting->column, parting->left,
				      chunk_rows(rows, parting->span, chunk),
				      chunk_count(parting->span, chunk),
				      rows->aside + (size_t)chunk * CHUNK_ROOM);
}

/* To where the chunk's rows belong in the other list. */
static void join_chunk(void *context, uint32_t chunk, uint32_t worker)
{
	struct parting *parting = context;
	const struct boost_rows *rows = parting->rows;
	const struct boost_span *span = parting->span;
	size_t before = 0, left = rows->lefts[chunk];
	uint32_t *to = rows->lists[!span->list] + span->start;

	(void)worker;
	for (uint32_t i = 0; i < chunk; i++)
		before += rows->lefts[i];
	memcpy(to + before, chunk_rows(rows, span, chunk),
	       left * sizeof(uint32_t));
	memcpy(to + parting->lefts + ((size_t)chunk * CHUNK_ROWS - before),
	       rows->aside + (size_t)chunk * CHUNK_ROOM,
	       (chunk_count(span, chunk) - left) * sizeof(uint32_t));
}

static size_t part_shared(struct parting *parting)
{
	struct boost_rows *rows = parting->rows;
	uint32_t chunks = (uint32_t)((parting->span->count + CHUNK_ROWS - 1) /
				     CHUNK_ROWS);

	gbt_pool_run(rows->pool, chunks, part_chunk, parting);
	for (uint32_t i = 0; i < chunks; i++)
		parting->lefts += rows->lefts[i];
	gbt_pool_run(rows->pool, chunks, join_chunk, parting);
	return parting->lefts;
}

void boost_rows_part(struct boost_rows *rows, const struct boost_span *span,
		     const uint8_t *column, const uint32_t left[8],
		     struct boost_span parts[2])
{
	struct parting parting = {rows, span, column, left, 0};
	uint32_t *list = rows->lists[span->list] + span->start;
	uint32_t to = span->list;
	size_t first;

	if (rows->pool && span->count >= SHARED_ROWS) {
		first = part_shared(&parting);
		to = !to;
	} else {
		first = boost_kernels()->part(column, left, list, span->count,
					      rows->aside);
		memcpy(list + first, rows->aside,
		       (span->count - first) * sizeof(uint32_t));
	}
	parts[0] = (struct boost_span){span->start, first, to};
	parts[1] = (struct boost_span){span->start + first, span->count - first,
				       to};
}
