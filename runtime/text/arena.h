/* Arenas: memory that is taken in small pieces and freed all at once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	char *next, *end; /* the free part of the newest block */
	size_t used, max; /* bytes handed out, and how many may be */
};

/* An empty arena that should hand out at most `max` bytes. Cannot fail. */
void arena_init(struct arena *arena, size_t max);

/* Free everything that came out of `arena`. */
void arena_release(struct arena *arena);

/*
 * `size` bytes, aligned for anything and not initialised; they live as long as
 * the arena. Never NULL: passing the limit is noticed by arena_full, which
 * whoever works in a loop asks now and then. Whoever takes an amount that a
 * stranger chose asks arena_fits before.
 */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of `size` bytes, with a zero byte after them. */
char *arena_copy(struct arena *arena, const void *bytes, size_t size);

/* Would `size` more bytes be within the limit? */
bool arena_fits(const struct arena *arena, size_t size);

/* Was more handed out than the limit allows? */
static inline bool arena_full(const struct arena *arena)
{
	return arena->used > arena->max;
}
