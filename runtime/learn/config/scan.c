#include "runtime/learn/config/scan.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/config/hash.h"
#include "runtime/learn/config/state.h"

static const char *const names[] = {
#define X(name) #name,
	CONFIG_FEATURE_LIST(X)
#undef X
};

const char *config_feature_name(enum config_feature feature)
{
	return names[feature];
}

struct config_scan *config_scan_new(const struct config_world *world)
{
	struct config_scan *scan = mem_alloc(sizeof(*scan));

	scan->world = world;
	aliases_init(&scan->aliases);
	return scan;
}

void config_scan_free(struct config_scan *scan)
{
	if (!scan)
		return;
	for (uint32_t key = 1; key < scan->paths.count; key++) {
		for (uint32_t i = 0; i < scan->environment_count; i++)
			mem_free(scan->keys[key].cells[i].past);
		mem_free(scan->keys[key].cells);
	}
	for (uint32_t i = 0; i < scan->parent_room; i++)
		mem_free(scan->parents[i].kids);
	for (uint32_t i = 0; i < scan->environment_count; i++)
		mem_free(scan->environments[i].name);
	mem_free(scan->keys);
	mem_free(scan->parents);
	mem_free(scan->values);
	intern_release(&scan->paths);
	intern_release(&scan->parents_of);
	intern_release(&scan->texts);
	counts_release(&scan->counts);
	vocabulary_release(&scan->vocabulary);
	mem_free(scan);
}

/* Room for one more environment in every key. */
static void widen(struct config_scan *scan)
{
	uint32_t count = scan->environment_count;

	for (uint32_t key = 1; key < scan->paths.count; key++) {
		struct key *it = &scan->keys[key];

		it->cells = mem_grow(it->cells, count * sizeof(struct cell));
		it->cells[count - 1] = (struct cell){0};
	}
	/* What its name means changes what all values are, and where from. */
	for (uint32_t i = 1; i < scan->texts.count; i++)
		aliases_read(&scan->aliases, &scan->values[i]);
	for (uint32_t i = 0; i < count; i++)
		scan->environments[i].aliases =
			aliases_of(&scan->aliases, scan->environments[i].name);
}

int config_scan_environment(struct config_scan *scan, const char *name,
			    struct error **err)
{
	for (uint32_t i = 0; i < scan->environment_count; i++)
		if (strcmp(scan->environments[i].name, name) == 0)
			return (int)i;
	if (scan->environment_count == CONFIG_ENVIRONMENTS_MAX)
		return error_set(err, ERROR_LIMIT, "more than %d environments",
				 CONFIG_ENVIRONMENTS_MAX);
	scan->environments[scan->environment_count++].name = mem_copy(name);
	aliases_add(&scan->aliases, name);
	widen(scan);
	return (int)scan->environment_count - 1;
}

const char *config_scan_environment_name(const struct config_scan *scan,
					 uint32_t environment)
{
	return environment < scan->environment_count
		       ? scan->environments[environment].name
		       : NULL;
}

static void remember(struct cell *cell, uint32_t value)
{
	if (!cell->past)
		cell->past = mem_array(PAST_MAX, sizeof(uint32_t));
	memmove(cell->past, cell->past + 1, (PAST_MAX - 1) * sizeof(uint32_t));
	cell->past[PAST_MAX - 1] = value;
	cell->revisions++;
}

static void learn_one(struct config_scan *scan,
		      const struct config_change *change)
{
	uint32_t key = state_key(scan, change->path, change->path_length);
	struct environment *at = &scan->environments[change->environment];
	struct cell *cell;
	uint32_t value;

	if (key == 0)
		return;
	cell = &scan->keys[key].cells[change->environment];
	if (change->removed) {
		at->keys -= cell->now != 0;
		cell->now = 0;
		remember(cell, 0);
		return;
	}
	value = state_value(scan, change->kind, change->text, change->length);
	if (value == 0)
		return;
	at->keys += cell->now == 0;
	cell->now = value;
	remember(cell, value);
	state_count(scan, change->environment, key, value, 1);
	state_number(scan, key, value);
}

/* Which environments change together. */
static void learn_together(struct config_scan *scan,
			   const struct config_change *changes, size_t count)
{
	uint64_t changed = 0;

	for (size_t i = 0; i < count; i++)
		changed |= UINT64_C(1) << changes[i].environment;
	for (uint32_t a = 0; a < scan->environment_count; a++)
		for (uint32_t b = 0; b < scan->environment_count; b++)
			if (changed >> a & changed >> b & 1)
				counts_add(&scan->counts,
					   hash_of(COUNT_TOGETHER, a, b), 1);
}

int config_scan_learn(struct config_scan *scan,
		      const struct config_change *changes, size_t count,
		      struct error **err)
{
	if (scan->paths.count + count > CONFIG_KEYS_MAX)
		return error_set(err, ERROR_LIMIT,
				 "a configuration of more than %d keys",
				 CONFIG_KEYS_MAX);
	for (size_t i = 0; i < count; i++)
		learn_one(scan, &changes[i]);
	learn_together(scan, changes, count);
	scan->commits++;
	return 0;
}
