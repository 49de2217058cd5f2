/* Memory of a Lua state: small pieces from lists by size, without headers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Pieces of more bytes come from the C library. */
enum { POOL_SMALL = 512, POOL_GRAIN = 16 };

struct pool_piece;
struct pool_block;

/*
 * Lua knows the size of whatever it frees, so pieces need no header, and all
 * that a short command allocates is a step of a pointer. All zero is empty.
 * What was freed is used again for the same size, and given back to the C
 * library as a whole by pool_release.
 */
struct pool {
	struct pool_piece *free[POOL_SMALL / POOL_GRAIN];
	struct pool_block *blocks; /* owned; pieces are cut from the first */
	size_t left;               /* bytes at its end */
	bool ending; /* pool_release follows: what is given is not kept */
};

/* Never fails. `size` is not 0. */
void *pool_take(struct pool *pool, size_t size);
/* `size` is the one it was taken with. */
void pool_give(struct pool *pool, void *memory, size_t size);
/* The first bytes stay. Neither size is 0. */
void *pool_resize(struct pool *pool, void *memory, size_t old, size_t size);

/* Everything that was taken and is small is gone. */
void pool_release(struct pool *pool);
