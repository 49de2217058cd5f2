/* Dicts: insertion order in one array, a hash index beside it when it grows. */
#include <math.h>
#include <string.h>

#include "runtime/text/value.h"

/* A few keys are found faster by looking at each. */
enum { SMALL = 8 };

/* Of a key: how deep tuples may be, and how many. */
enum { KEY_DEPTH = 100, KEY_TUPLES = 10000 };

/*
 * Tuples may hold the same tuple many times over, or be very deep: what is too
 * much to hash is no key.
 */
static bool hashable(struct value value, int depth, int *left)
{
	if (value.kind == VALUE_ABSENT || value.kind == VALUE_LIST ||
	    value.kind == VALUE_DICT)
		return false;
	if (value.kind != VALUE_TUPLE)
		return true;
	if (depth == KEY_DEPTH || --*left < 0)
		return false;
	for (uint32_t i = 0; i < value.list->count; i++)
		if (!hashable(value.list->items[i], depth + 1, left))
			return false;
	return true;
}

bool value_hashable(struct value value)
{
	int left = KEY_TUPLES;

	return hashable(value, 0, &left);
}

/* FNV-1a, 32 bits (Fowler, Noll, Vo), eight bytes at a time. */
static uint32_t hash_bytes(const char *bytes, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325u;
	uint64_t word;

	for (; length >= sizeof(word); length -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = (hash ^ word) * 0x100000001b3u;
		hash ^= hash >> 29;
		bytes += sizeof(word);
	}
	for (; length > 0; length--)
		hash = (hash ^ (unsigned char)*bytes++) * 0x100000001b3u;
	return (uint32_t)(hash ^ hash >> 32);
}

static uint32_t hash_int(int64_t integer)
{
	uint64_t mixed = (uint64_t)integer * 0x9e3779b97f4a7c15u;

	return (uint32_t)(mixed >> 32);
}

/* Numbers that are equal have the same hash, whatever their kind. */
static uint32_t hash_float(double number)
{
	if (number >= -9.2e18 && number <= 9.2e18 && number == trunc(number))
		return hash_int((int64_t)number);
	return hash_bytes((const char *)&number, sizeof(number));
}

static uint32_t hash_tuple(const struct value_list *tuple);

static uint32_t hash_of(struct value value)
{
	switch (value.kind) {
	case VALUE_BOOL:
		return hash_int(value.truth);
	case VALUE_INT:
		return hash_int(value.integer);
	case VALUE_FLOAT:
		return hash_float(value.number);
	case VALUE_STRING:
		return hash_bytes(value.bytes, value.length);
	case VALUE_BIG:
		return hash_bytes((const char *)value.big->digits,
				  value.big->count * sizeof(uint32_t));
	case VALUE_TUPLE:
		return hash_tuple(value.list);
	case VALUE_OBJECT:
		return hash_int((int64_t)(intptr_t)value.object);
	default:
		return value.kind;
	}
}

static uint32_t hash_tuple(const struct value_list *tuple)
{
	uint32_t hash = tuple->count;

	for (uint32_t i = 0; i < tuple->count; i++)
		hash = hash * 31 + hash_of(tuple->items[i]);
	return hash;
}

static bool same_tuple(const struct value_list *left,
		       const struct value_list *right)
{
	if (left == right)
		return true;
	if (left->count != right->count)
		return false;
	for (uint32_t i = 0; i < left->count; i++)
		if (!value_same_key(left->items[i], right->items[i]))
			return false;
	return true;
}

static bool is_number(struct value value)
{
	return value.kind == VALUE_BOOL || value.kind == VALUE_INT ||
	       value.kind == VALUE_FLOAT;
}

static bool same_number(struct value left, struct value right)
{
	int64_t a = left.kind == VALUE_BOOL ? left.truth : left.integer;
	int64_t b = right.kind == VALUE_BOOL ? right.truth : right.integer;

	if (left.kind == VALUE_FLOAT && right.kind == VALUE_FLOAT)
		return left.number == right.number;
	if (left.kind == VALUE_FLOAT)
		return left.number == (double)b;
	if (right.kind == VALUE_FLOAT)
		return right.number == (double)a;
	return a == b;
}

bool value_same_key(struct value left, struct value right)
{
	if (is_number(left) && is_number(right))
		return same_number(left, right);
	if (left.kind != right.kind)
		return false;
	switch (left.kind) {
	case VALUE_STRING:
		return left.length == right.length &&
		       memcmp(left.bytes, right.bytes, left.length) == 0;
	case VALUE_BIG:
		return left.big->negative == right.big->negative &&
		       left.big->count == right.big->count &&
		       memcmp(left.big->digits, right.big->digits,
			      left.big->count * sizeof(uint32_t)) == 0;
	case VALUE_TUPLE:
		return same_tuple(left.list, right.list);
	case VALUE_OBJECT:
		return left.object == right.object;
	default:
		return true;
	}
}

struct value value_dict_new(struct arena *arena, uint32_t capacity)
{
	struct value_dict *dict = arena_alloc(arena, sizeof(*dict));

	*dict = (struct value_dict){.capacity = capacity};
	if (capacity > 0)
		dict->entries =
			arena_alloc(arena, capacity * sizeof(*dict->entries));
	return (struct value){.kind = VALUE_DICT, .dict = dict};
}

static struct value_entry *find(const struct value_dict *dict, struct value key,
				uint32_t hash)
{
	if (!dict->index) {
		for (uint32_t i = 0; i < dict->used; i++) {
			struct value_entry *entry = &dict->entries[i];

			if (entry->hash == hash &&
			    entry->key.kind != VALUE_ABSENT &&
			    value_same_key(entry->key, key))
				return entry;
		}
		return NULL;
	}
	for (uint32_t at = hash & dict->mask; dict->index[at];
	     at = (at + 1) & dict->mask) {
		struct value_entry *entry = &dict->entries[dict->index[at] - 1];

		if (entry->hash == hash && entry->key.kind != VALUE_ABSENT &&
		    value_same_key(entry->key, key))
			return entry;
	}
	return NULL;
}

static void index_entry(struct value_dict *dict, uint32_t number)
{
	uint32_t at = dict->entries[number].hash & dict->mask;

	while (dict->index[at])
		at = (at + 1) & dict->mask;
	dict->index[at] = number + 1;
}

/* Room for one more entry; what was removed is left behind. */
static void grow(struct arena *arena, struct value_dict *dict)
{
	uint32_t capacity = dict->count < 2 ? 4 : dict->count * 2;
	struct value_entry *entries =
		arena_alloc(arena, capacity * sizeof(*entries));
	uint32_t kept = 0;

	for (uint32_t i = 0; i < dict->used; i++)
		if (dict->entries[i].key.kind != VALUE_ABSENT)
			entries[kept++] = dict->entries[i];
	dict->entries = entries;
	dict->used = kept;
	dict->capacity = capacity;
	dict->index = NULL;
}

static void build_index(struct arena *arena, struct value_dict *dict)
{
	uint32_t size = 2 * SMALL;

	while (size < dict->capacity * 2)
		size *= 2;
	dict->index = arena_alloc(arena, size * sizeof(*dict->index));
	memset(dict->index, 0, size * sizeof(*dict->index));
	dict->mask = size - 1;
	for (uint32_t i = 0; i < dict->used; i++)
		if (dict->entries[i].key.kind != VALUE_ABSENT)
			index_entry(dict, i);
}

struct value *value_dict_get(const struct value_dict *dict, struct value key)
{
	struct value_entry *entry = find(dict, key, hash_of(key));

	return entry ? &entry->value : NULL;
}

struct value *value_dict_find(const struct value_dict *dict, const char *name)
{
	return value_dict_get(dict, value_borrow(name, strlen(name)));
}

void value_dict_set(struct arena *arena, struct value_dict *dict,
		    struct value key, struct value value)
{
	uint32_t hash = hash_of(key);
	struct value_entry *entry = find(dict, key, hash);

	if (entry) {
		entry->value = value;
		return;
	}
	if (dict->used == dict->capacity)
		grow(arena, dict);
	dict->entries[dict->used] = (struct value_entry){key, value, hash};
	dict->used++;
	dict->count++;
	if (dict->index)
		index_entry(dict, dict->used - 1);
	else if (dict->used > SMALL)
		build_index(arena, dict);
}

bool value_dict_remove(struct value_dict *dict, struct value key)
{
	struct value_entry *entry = find(dict, key, hash_of(key));

	if (!entry)
		return false;
	entry->key.kind = VALUE_ABSENT;
	dict->count--;
	return true;
}

struct value_entry *value_dict_next(const struct value_dict *dict, uint32_t *at)
{
	while (*at < dict->used) {
		struct value_entry *entry = &dict->entries[(*at)++];

		if (entry->key.kind != VALUE_ABSENT)
			return entry;
	}
	return NULL;
}
