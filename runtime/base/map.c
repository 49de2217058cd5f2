#include "runtime/base/map.h"

#include <string.h>

#include "runtime/base/mem.h"

/* FNV-1a (Fowler, Noll, Vo), 64 bits. */
static uint64_t hash(const char *key)
{
	uint64_t sum = 0xcbf29ce484222325u;

	for (; *key; key++)
		sum = (sum ^ (unsigned char)*key) * 0x100000001b3u;
	return sum;
}

static size_t slot(const struct map *map, const char *key)
{
	size_t at = hash(key) & (map->capacity - 1);

	while (map->entries[at].key && strcmp(map->entries[at].key, key) != 0)
		at = (at + 1) & (map->capacity - 1);
	return at;
}

void map_init(struct map *map)
{
	memset(map, 0, sizeof(*map));
}

void map_release(struct map *map)
{
	for (size_t i = 0; i < map->capacity; i++)
		mem_free(map->entries[i].key);
	mem_free(map->entries);
	map_init(map);
}

void *map_get(const struct map *map, const char *key)
{
	return map->capacity ? map->entries[slot(map, key)].value : NULL;
}

static void grow(struct map *map)
{
	struct map old = *map;

	map->capacity = old.capacity ? old.capacity * 2 : 16;
	map->entries = mem_array(map->capacity, sizeof(*map->entries));
	for (size_t i = 0; i < old.capacity; i++)
		if (old.entries[i].key)
			map->entries[slot(map, old.entries[i].key)] =
				old.entries[i];
	mem_free(old.entries);
}

void *map_put(struct map *map, const char *key, void *value)
{
	struct map_entry *entry;
	void *former;

	if ((map->count + 1) * 4 > map->capacity * 3)
		grow(map);
	entry = &map->entries[slot(map, key)];
	former = entry->value;
	if (!entry->key) {
		entry->key = mem_copy(key);
		map->count++;
	}
	entry->value = value;
	return former;
}

void *map_remove(struct map *map, const char *key)
{
	size_t mask = map->capacity - 1;
	size_t hole;
	void *value;

	if (map->capacity == 0)
		return NULL;
	hole = slot(map, key);
	if (!map->entries[hole].key)
		return NULL;
	value = map->entries[hole].value;
	mem_free(map->entries[hole].key);
	map->count--;
	for (size_t at = (hole + 1) & mask; map->entries[at].key;
	     at = (at + 1) & mask) {
		size_t home = hash(map->entries[at].key) & mask;

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			map->entries[hole] = map->entries[at];
			hole = at;
		}
	}
	map->entries[hole] = (struct map_entry){NULL, NULL};
	return value;
}

struct map_entry *map_next(const struct map *map, size_t *at)
{
	while (*at < map->capacity) {
		struct map_entry *entry = &map->entries[(*at)++];

		if (entry->key)
			return entry;
	}
	return NULL;
}
