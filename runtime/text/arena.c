#include "runtime/text/arena.h"

#include <string.h>

#include "runtime/base/mem.h"

enum { ALIGN = 16, FIRST = 4 << 10, LARGEST = 1 << 20 };

struct arena_block {
	struct arena_block *older;
	size_t size; /* of the bytes that follow */
	_Alignas(ALIGN) char bytes[];
};

void arena_init(struct arena *arena, size_t max)
{
	*arena = (struct arena){.max = max};
}

void arena_release(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *older = arena->blocks->older;

		mem_free(arena->blocks);
		arena->blocks = older;
	}
	*arena = (struct arena){.max = arena->max};
}

/* Blocks double up to 1 MiB: a small arena stays small, a large one is fast. */
static void grow(struct arena *arena, size_t size)
{
	size_t want = arena->blocks ? arena->blocks->size * 2 : FIRST;
	struct arena_block *block;

	if (want > LARGEST)
		want = LARGEST;
	if (want < size)
		want = size;
	block = mem_grow(NULL, sizeof(*block) + want);
	block->older = arena->blocks;
	block->size = want;
	arena->blocks = block;
	arena->next = block->bytes;
	arena->end = block->bytes + want;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *bytes;

	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if ((size_t)(arena->end - arena->next) < size)
		grow(arena, size);
	bytes = arena->next;
	arena->next += size;
	arena->used += size;
	return bytes;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
	char *copy = arena_alloc(arena, size + 1);

	if (size > 0)
		memcpy(copy, bytes, size);
	copy[size] = '\0';
	return copy;
}

bool arena_fits(const struct arena *arena, size_t size)
{
	return arena->used <= arena->max && size <= arena->max - arena->used;
}
