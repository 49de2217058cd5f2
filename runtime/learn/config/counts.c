#include "runtime/learn/config/counts.h"

#include "runtime/base/mem.h"

void counts_release(struct counts *counts)
{
	mem_free(counts->entries);
	*counts = (struct counts){0};
}

/* Where `key` is or would be. */
static struct count *place(const struct counts *counts, uint64_t key)
{
	size_t at = key & (counts->capacity - 1);

	while (counts->entries[at].key && counts->entries[at].key != key)
		at = (at + 1) & (counts->capacity - 1);
	return &counts->entries[at];
}

static void grow(struct counts *counts)
{
	struct counts bigger = {
		.capacity = counts->capacity ? counts->capacity * 2 : 1024,
		.used = counts->used,
	};

	bigger.entries = mem_array(bigger.capacity, sizeof(struct count));
	for (size_t i = 0; i < counts->capacity; i++)
		if (counts->entries[i].key)
			*place(&bigger, counts->entries[i].key) =
				counts->entries[i];
	mem_free(counts->entries);
	*counts = bigger;
}

const struct count *counts_find(const struct counts *counts, uint64_t key)
{
	const struct count *entry;

	if (counts->capacity == 0)
		return NULL;
	entry = place(counts, key ? key : 1);
	return entry->key ? entry : NULL;
}

uint32_t counts_get(const struct counts *counts, uint64_t key)
{
	const struct count *entry = counts_find(counts, key);

	return entry ? entry->seen : 0;
}

/* The entry of `key`, new if there is none; NULL when there are too many. */
static struct count *entry_of(struct counts *counts, uint64_t key)
{
	struct count *entry;

	if (counts->used * 2 >= counts->capacity)
		grow(counts);
	entry = place(counts, key ? key : 1);
	if (entry->key == 0) {
		if (counts->used == COUNTS_MAX)
			return NULL;
		entry->key = key ? key : 1;
		counts->used++;
	}
	return entry;
}

uint32_t counts_add(struct counts *counts, uint64_t key, int by)
{
	struct count *entry = entry_of(counts, key);
	uint32_t before;

	if (!entry)
		return 0;
	before = entry->seen;
	if (by > 0 && before < UINT32_MAX)
		entry->seen++;
	else if (by < 0 && before > 0)
		entry->seen--;
	return before;
}

/* Welford's update. */
void counts_number(struct counts *counts, uint64_t key, double number)
{
	struct count *entry = entry_of(counts, key);
	double away;

	if (!entry || entry->seen == UINT32_MAX)
		return;
	entry->seen++;
	away = number - (double)entry->mean;
	entry->mean += (float)(away / entry->seen);
	away *= number - (double)entry->mean;
	entry->spread += (float)(away > 0 ? away : 0); /* rounding */
}

/* Chan, Golub, LeVeque 1979: two means and spreads into one. */
void counts_merge(struct counts *counts, const struct count *other)
{
	struct count *entry = entry_of(counts, other->key);
	double all, apart;

	if (!entry || other->seen == 0 || entry->seen > UINT32_MAX / 2 ||
	    other->seen > UINT32_MAX / 2)
		return;
	all = (double)entry->seen + other->seen;
	apart = (double)other->mean - (double)entry->mean;
	entry->spread += other->spread + (float)(apart * apart * entry->seen *
						 other->seen / all);
	entry->mean += (float)(apart * other->seen / all);
	entry->seen += other->seen;
}
