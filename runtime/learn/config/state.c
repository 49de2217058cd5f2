#include "runtime/learn/config/state.h"

#include <math.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/config/hash.h"

static void *grown(void *list, uint32_t *room, uint32_t count, size_t size)
{
	uint32_t before = *room;

	if (count <= before)
		return list;
	*room = before ? before * 2 : 256;
	while (*room < count)
		*room *= 2;
	list = mem_grow(list, *room * size);
	memset((char *)list + before * size, 0, (*room - before) * size);
	return list;
}

static void adopt(struct config_scan *scan, uint32_t key)
{
	struct key *it = &scan->keys[key];
	struct parent *parent;

	it->parent = intern_add(&scan->parents_of, scan->paths.items[key].text,
				it->name.parent_length);
	scan->parents = grown(scan->parents, &scan->parent_room, it->parent + 1,
			      sizeof(struct parent));
	parent = &scan->parents[it->parent];
	if (parent->count == parent->room) {
		parent->room = parent->room ? parent->room * 2 : 4;
		parent->kids =
			mem_grow(parent->kids, parent->room * sizeof(uint32_t));
	}
	parent->kids[parent->count++] = key;
}

uint32_t state_key(struct config_scan *scan, const char *path, size_t length)
{
	uint32_t known = scan->paths.count, key;

	if (length > CONFIG_PATH_MAX || known > CONFIG_KEYS_MAX)
		return intern_find(&scan->paths, path, length);
	key = intern_add(&scan->paths, path, length);
	if (key == 0 || key < known)
		return key;
	scan->keys =
		grown(scan->keys, &scan->key_room, key + 1, sizeof(struct key));
	scan->keys[key].cells =
		mem_array(scan->environment_count, sizeof(struct cell));
	config_name_read(&scan->keys[key].name, scan->paths.items[key].text,
			 length);
	adopt(scan, key);
	return key;
}

uint32_t state_value(struct config_scan *scan, enum config_kind kind,
		     const char *text, size_t length)
{
	char *marked;
	uint32_t known = scan->texts.count, id;

	if (length > CONFIG_VALUE_MAX)
		length = CONFIG_VALUE_MAX;
	marked = mem_copy_n("?", 1);
	marked = mem_grow(marked, length + 2);
	marked[0] = (char)('0' + kind);
	memcpy(marked + 1, text, length);
	id = intern_add(&scan->texts, marked, length + 1);
	mem_free(marked);
	if (id == 0 || id < known)
		return id;
	scan->values = grown(scan->values, &scan->value_room, id + 1,
			     sizeof(struct config_value));
	config_value_read(&scan->values[id], kind,
			  scan->texts.items[id].text + 1, length);
	aliases_read(&scan->aliases, &scan->values[id]);
	return id;
}

const struct config_value *state_before(const struct config_scan *scan,
					uint32_t environment, uint32_t key)
{
	uint32_t value = scan->keys[key].cells[environment].now;

	return value ? &scan->values[value] : NULL;
}

const struct config_value *state_after(const struct config_scan *scan,
				       uint32_t environment, uint32_t key)
{
	const struct cell *cell = &scan->keys[key].cells[environment];
	uint32_t value = cell->touched ? cell->next : cell->now;

	return value ? &scan->values[value] : NULL;
}

static void count_words(struct config_scan *scan, const struct key *key,
			const struct config_value *value, int by)
{
	for (unsigned i = 0; i < value->words; i++)
		vocabulary_add(&scan->vocabulary,
			       value->text + value->word[i].start,
			       value->word[i].length, by);
	for (unsigned i = 0; i < key->name.words; i++)
		vocabulary_add(&scan->vocabulary,
			       key->name.base + key->name.word[i].start,
			       key->name.word[i].length, by);
}

static void count(struct config_scan *scan, enum config_count what, uint64_t a,
		  uint64_t b, int by)
{
	counts_add(&scan->counts, hash_of(what, a, b), by);
}

/* Counts `of` once for each different `pair`. */
static void count_once(struct config_scan *scan, uint64_t pair, uint64_t of,
		       int by)
{
	uint32_t before = counts_add(&scan->counts, pair, by);

	if ((by > 0 && before == 0) || (by < 0 && before == 1))
		counts_add(&scan->counts, of, by);
}

static void count_name(struct config_scan *scan, uint64_t name,
		       const struct config_value *value, int by)
{
	count(scan, COUNT_NAME, name, 0, by);
	count(scan, COUNT_NAME_FORMAT, name, value->format, by);
	count(scan, COUNT_NAME_KIND, name, value->kind, by);
	count(scan, COUNT_NAME_SHAPE, name, value->shape, by);
	count(scan, COUNT_NAME_COARSE, name, value->coarse, by);
	count(scan, COUNT_NAME_VALUE, name, value->same, by);
	if (!value->numeric)
		return;
	count(scan, COUNT_NAME_NUMBER, name, 0, by);
	count(scan, COUNT_NAME_UNIT, name, value->unit_hash, by);
}

void state_count(struct config_scan *scan, uint32_t environment, uint32_t key,
		 uint32_t value_id, int by)
{
	const struct config_value *value = &scan->values[value_id];
	const struct key *it = &scan->keys[key];
	uint64_t name = it->name.hash;

	count_name(scan, name, value, by);
	for (unsigned i = 2 - it->name.tails; i < 2; i++) {
		uint64_t tail = it->name.tail[i] + 1;

		count(scan, COUNT_NAME, tail, 0, by);
		count(scan, COUNT_NAME_FORMAT, tail, value->format, by);
		count(scan, COUNT_NAME_COARSE, tail, value->coarse, by);
	}
	count(scan, COUNT_VALUE, value->same, 0, by);
	count_once(scan, hash_of(COUNT_VALUE_KEY, value->same, key),
		   hash_of(COUNT_VALUE_KEYS, value->same, 0), by);
	if (counts_add(&scan->counts, hash_of(COUNT_KEY, key, 0), by) ==
	    (by > 0 ? 0 : 1))
		count(scan, COUNT_NAME_KEYS, name, 0, by);
	count(scan, COUNT_KEY_VALUE, key, value->same, by);
	count(scan, COUNT_KEY_NORMAL, key, value->normal, by);
	count(scan, COUNT_KEY_FORMAT, key, value->format, by);
	count(scan, COUNT_KEY_KIND, key, value->kind, by);
	count_once(scan, hash_of(COUNT_KEY_ENVIRONMENT, key, environment),
		   hash_of(COUNT_KEY_ENVIRONMENTS, key, 0), by);
	for (unsigned i = 0; i < scan->aliases.count; i++)
		if (value->aliases >> i & 1)
			count(scan, COUNT_ENVIRONMENT_ALIAS, environment,
			      aliases_hash(&scan->aliases, i), by);
	count_words(scan, it, value, by);
}

void state_number(struct config_scan *scan, uint32_t key, uint32_t value_id)
{
	const struct config_value *value = &scan->values[value_id];

	if (value->numeric)
		counts_number(&scan->counts,
			      hash_of(COUNT_MAGNITUDE,
				      scan->keys[key].name.hash,
				      value->unit_hash),
			      log10(fabs(value->number) + 1e-3));
}
