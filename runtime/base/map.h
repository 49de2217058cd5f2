/* A hash map from strings to pointers, for tables that grow and shrink. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct map_entry {
	char *key; /* owned by the map; NULL: free */
	void *value;
};

/* Open addressing with linear probing; removal shifts back, no tombstones. */
struct map {
	struct map_entry *entries;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

/* The static libedit exports a map_init too: ours has another name there. */
void map_init(struct map *map) __asm__("tidemill_map_init");
void map_release(struct map *map); /* frees keys; values are the caller's */

void *map_get(const struct map *map, const char *key); /* or NULL */

/* Store `value` (not NULL); returns the value it replaces, or NULL. */
void *map_put(struct map *map, const char *key, void *value);

void *map_remove(struct map *map, const char *key); /* the value, or NULL */

/*
 * Iterate: start with `*at = 0`; returns the next entry (borrowed until the
 * map changes), or NULL at the end.
 */
struct map_entry *map_next(const struct map *map, size_t *at);
