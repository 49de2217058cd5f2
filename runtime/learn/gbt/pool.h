/* Threads that share the chunks of a job; nobody spins and nobody must come. */
#pragma once

#include <stdint.h>

enum { GBT_THREADS_MAX = 64 };

struct gbt_pool;

/* `worker` is below the pool's number of threads; 0 is who called. */
typedef void gbt_chunk(void *context, uint32_t chunk, uint32_t worker);

/* NULL for one thread: all is done by who calls. Threads that the machine does
 * not give are done without. */
struct gbt_pool *gbt_pool_new(uint32_t threads);
void gbt_pool_free(struct gbt_pool *pool); /* NULL is fine */
uint32_t gbt_pool_threads(const struct gbt_pool *pool);

/*
 * Calls `run` for each of the chunks and returns when all are done. Each thread
 * has its own share of them, whose memory is in its cache, and takes others'
 * when that is done; who calls does, too, so that threads which get no time (a
 * busy neighbour) only leave it more of them. When it waits more than it gains
 * it goes on alone for a while.
 */
void gbt_pool_run(struct gbt_pool *pool, uint32_t chunks, gbt_chunk *run,
		  void *context);
