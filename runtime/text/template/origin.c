/* Where values come from: the paths by which a template reaches them. */
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/template/map.h"
#include "runtime/text/template/track.h"

enum { DEPTH_MAX = 500 };

/* What tells a value from all others; NULL: nothing does. */
static const void *address_of(struct value value)
{
	switch (value.kind) {
	case VALUE_STRING:
		return value.length > 0 ? value.bytes : NULL;
	case VALUE_LIST:
	case VALUE_TUPLE:
		return value.list;
	case VALUE_DICT:
		return value.dict;
	default:
		return NULL;
	}
}

static uint32_t slot_of(const void *address)
{
	uint64_t bits = (uint64_t)(uintptr_t)address;

	return (uint32_t)((bits * 0x9e3779b97f4a7c15) >> 32);
}

static struct known *look_up(const struct map *map, const void *address)
{
	uint32_t at = slot_of(address);

	while (map->known[at & map->known_mask].address &&
	       map->known[at & map->known_mask].address != address)
		at++;
	return &map->known[at & map->known_mask];
}

static void grow(struct render *render, struct map *map)
{
	struct known *old = map->known;
	uint32_t count = old ? map->known_mask + 1 : 0;
	uint32_t size = count > 0 ? count * 2 : 64;

	map->known = arena_alloc(&render->arena, size * sizeof(*map->known));
	memset(map->known, 0, size * sizeof(*map->known));
	map->known_mask = size - 1;
	for (uint32_t i = 0; i < count; i++)
		if (old[i].address)
			*look_up(map, old[i].address) = old[i];
}

static void learn(struct render *render, struct value *value,
		  struct origin origin, int depth);

static void learn_parts(struct render *render, struct value value,
			const struct origin *up, int depth)
{
	struct value_entry *entry;
	uint32_t at = 0;

	if (value.kind == VALUE_DICT) {
		while ((entry = value_dict_next(value.dict, &at)))
			learn(render, &entry->value,
			      (struct origin){up, entry->key}, depth);
		return;
	}
	for (uint32_t i = 0; i < value.list->count; i++)
		learn(render, &value.list->items[i],
		      (struct origin){up, value_int(i)}, depth);
}

/* A number has no address: its length, which nobody needs, says its origin. */
static void learn_number(struct map *map, struct value *value,
			 struct origin origin)
{
	if (map->number_count == map->number_capacity) {
		map->number_capacity = map->number_capacity * 2 + 64;
		map->numbers =
			mem_grow(map->numbers,
				 map->number_capacity * sizeof(*map->numbers));
	}
	map->numbers[map->number_count++] = origin;
	value->length = map->number_count;
}

static bool is_number(struct value value)
{
	return value.kind == VALUE_INT || value.kind == VALUE_BOOL ||
	       value.kind == VALUE_FLOAT || value.kind == VALUE_NONE;
}

static void learn(struct render *render, struct value *value,
		  struct origin origin, int depth)
{
	struct map *map = render->map;
	const void *address = address_of(*value);
	struct origin *kept;
	struct known *known;

	if (is_number(*value))
		learn_number(map, value, origin);
	if (!address || depth > DEPTH_MAX)
		return;
	if ((map->known_count + 1) * 2 > map->known_mask)
		grow(render, map);
	known = look_up(map, address);
	if (known->address)
		return; /* shared: its first place counts */
	*known = (struct known){address, origin};
	map->known_count++;
	if (value->kind == VALUE_STRING)
		return;
	kept = arena_alloc(&render->arena, sizeof(*kept));
	*kept = origin;
	learn_parts(render, *value, kept, depth + 1);
}

void map_learn(struct render *render, struct value_dict *values)
{
	struct map *map = render->map;
	struct value root = {.kind = VALUE_DICT, .dict = values};

	grow(render, map);
	if (values)
		learn_parts(render, root, &map->root, 0);
}

const struct origin *map_find(const struct map *map, struct value value)
{
	const void *address = address_of(value);
	const struct known *known;

	if (is_number(value))
		return value.length > 0 && value.length <= map->number_count
			       ? &map->numbers[value.length - 1]
			       : NULL;
	if (!address || !map->known)
		return NULL;
	known = look_up(map, address);
	return known->address ? &known->origin : NULL;
}

/* As module config writes a path: db.pool, hosts.0.name, keys['a.b']. */
void map_path(const struct origin *origin, struct buf *out)
{
	const struct origin *chain[DEPTH_MAX + 2];
	uint32_t count = 0;

	for (; origin && has_origin(origin) && count < DEPTH_MAX + 2;
	     origin = origin->up)
		chain[count++] = origin;
	for (uint32_t i = count; i-- > 0;) {
		struct value key = chain[i]->key;
		bool first = i + 1 == count;

		if (key.kind == VALUE_INT) {
			buf_printf(out, "%s%lld", first ? "" : ".",
				   (long long)key.integer);
		} else if (key.kind == VALUE_STRING) {
			bool plain = !memchr(key.bytes, '.', key.length) &&
				     !memchr(key.bytes, '[', key.length) &&
				     !memchr(key.bytes, ']', key.length);

			buf_puts(out, !plain ? "['" : first ? "" : ".");
			buf_append(out, key.bytes, key.length);
			buf_puts(out, plain ? "" : "']");
		}
	}
}

/* The next key of a path: false at its end, or when it is none. */
static bool next_key(const char **at, struct value *key)
{
	const char *from = *at;
	const char *end;

	if (*from == '[' && (from[1] == '\'' || from[1] == '"')) {
		char close[] = {from[1], ']', 0};

		end = strstr(from + 2, close);
		if (!end)
			return false;
		*key = value_borrow(from + 2, (size_t)(end - from) - 2);
		end += 2;
	} else {
		size_t length = strcspn(from, ".[");

		if (length == 0)
			return false;
		*key = value_borrow(from, length);
		end = from + length;
	}
	if (*end == '.' && end[1])
		end++;
	*at = end;
	return true;
}

static struct value *child(struct value value, struct value key)
{
	char *end;
	unsigned long long index;

	if (value.kind == VALUE_DICT)
		return value_dict_get(value.dict, key);
	if (value.kind != VALUE_LIST || key.bytes[0] < '0' ||
	    key.bytes[0] > '9')
		return NULL;
	index = strtoull(key.bytes, &end, 10);
	return end == key.bytes + key.length && index < value.list->count
		       ? &value.list->items[index]
		       : NULL;
}

int render_map_secret(struct render *render, struct value values,
		      const char *path, struct error **err)
{
	struct value *at = &values;
	const char *rest = path;
	struct value key;

	(void)render;
	while (*rest) {
		if (!next_key(&rest, &key))
			return error_set(err, ERROR_INVALID,
					 "'%s' is no path of a value", path);
		if (at)
			at = child(*at, key);
		if (at)
			at->flags |= VALUE_HOLDS;
	}
	if (at)
		map_taint(at);
	return 0;
}
