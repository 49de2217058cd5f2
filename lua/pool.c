#include "lua/pool.h"

#include <string.h>

#include "runtime/base/mem.h"

struct pool_piece {
	struct pool_piece *next;
};

struct pool_block {
	struct pool_block *next;
	_Alignas(POOL_GRAIN) char bytes[64 * 1024 - POOL_GRAIN];
};

#ifdef __SANITIZE_ADDRESS__
enum { SMALL = 0 }; /* let it watch each piece */
#else
enum { SMALL = POOL_SMALL };
#endif

static size_t class_of(size_t size)
{
	return (size - 1) / POOL_GRAIN;
}

/* What is left of the former block is lost: less than one piece. */
static void *cut(struct pool *pool, size_t size)
{
	struct pool_block *block = pool->blocks;
	void *piece;

	if (pool->left < size) {
		block = mem_grow(NULL, sizeof(*block));
		block->next = pool->blocks;
		pool->blocks = block;
		pool->left = sizeof(block->bytes);
	}
	piece = block->bytes + sizeof(block->bytes) - pool->left;
	pool->left -= size;
	return piece;
}

void *pool_take(struct pool *pool, size_t size)
{
	struct pool_piece **list;
	struct pool_piece *piece;

	if (size > SMALL)
		return mem_grow(NULL, size);
	list = &pool->free[class_of(size)];
	piece = *list;
	if (!piece)
		return cut(pool, (class_of(size) + 1) * POOL_GRAIN);
	*list = piece->next;
	return piece;
}

void pool_give(struct pool *pool, void *memory, size_t size)
{
	struct pool_piece *piece = memory;
	struct pool_piece **list;

	if (size > SMALL) {
		mem_free(memory);
		return;
	}
	if (pool->ending)
		return;
	list = &pool->free[class_of(size)];
	piece->next = *list;
	*list = piece;
}

void *pool_resize(struct pool *pool, void *memory, size_t old, size_t size)
{
	void *moved;

	if (old > SMALL && size > SMALL)
		return mem_grow(memory, size);
	if (old <= SMALL && size <= SMALL && class_of(old) == class_of(size))
		return memory;
	moved = pool_take(pool, size);
	memcpy(moved, memory, old < size ? old : size);
	pool_give(pool, memory, old);
	return moved;
}

void pool_release(struct pool *pool)
{
	while (pool->blocks) {
		struct pool_block *block = pool->blocks;

		pool->blocks = block->next;
		mem_free(block);
	}
	memset(pool, 0, sizeof(*pool));
}
