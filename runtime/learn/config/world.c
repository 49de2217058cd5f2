#include "runtime/learn/config/world.h"

#include <math.h>

#include "runtime/learn/config/hash.h"
#include "runtime/learn/config/vocabulary.h"

void config_world_release(struct config_world *world)
{
	counts_release(&world->counts);
}

static void add_name(struct counts *counts, uint64_t name,
		     const struct config_value *value)
{
	counts_add(counts, hash_of(COUNT_NAME, name, 0), 1);
	counts_add(counts, hash_of(COUNT_NAME_FORMAT, name, value->format), 1);
	counts_add(counts, hash_of(COUNT_NAME_KIND, name, value->kind), 1);
	counts_add(counts, hash_of(COUNT_NAME_VALUE, name, value->same), 1);
	if (!value->numeric)
		return;
	counts_add(counts, hash_of(COUNT_NAME_NUMBER, name, 0), 1);
	counts_add(counts, hash_of(COUNT_NAME_UNIT, name, value->unit_hash), 1);
	counts_number(counts, hash_of(COUNT_MAGNITUDE, name, value->unit_hash),
		      log10(fabs(value->number) + 1e-3));
}

void config_world_add(struct config_world *world, const char *path,
		      size_t length, const struct config_value *value)
{
	struct config_name name;

	config_name_read(&name, path, length);
	add_name(&world->counts, name.hash, value);
	for (unsigned i = 2 - name.tails; i < 2; i++)
		add_name(&world->counts, name.tail[i] + 1, value);
	for (unsigned i = 0; i < value->words; i++)
		counts_add(&world->counts,
			   hash_of(COUNT_WORD,
				   vocabulary_hash(value->text +
							   value->word[i].start,
						   value->word[i].length),
				   0),
			   1);
	for (unsigned i = 0; i < name.words; i++)
		counts_add(
			&world->counts,
			hash_of(COUNT_WORD,
				vocabulary_hash(name.base + name.word[i].start,
						name.word[i].length),
				0),
			1);
}
