#include "runtime/learn/config/intern.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/config/hash.h"

void intern_release(struct intern *intern)
{
	for (uint32_t i = 1; i < intern->count; i++)
		mem_free(intern->items[i].text);
	mem_free(intern->items);
	mem_free(intern->slots);
	*intern = (struct intern){0};
}

/* The slot of the text, or the free one where it would be. */
static uint32_t *slot_of(const struct intern *intern, const char *text,
			 size_t length, uint64_t hash)
{
	uint32_t mask = intern->slot_count - 1, at = (uint32_t)hash & mask;

	for (; intern->slots[at]; at = (at + 1) & mask) {
		const struct interned *item = &intern->items[intern->slots[at]];

		if (item->hash == hash && item->length == length &&
		    memcmp(item->text, text, length) == 0)
			break;
	}
	return &intern->slots[at];
}

static void grow(struct intern *intern)
{
	mem_free(intern->slots);
	intern->slot_count = intern->slot_count ? intern->slot_count * 2 : 256;
	intern->slots = mem_array(intern->slot_count, sizeof(uint32_t));
	for (uint32_t i = 1; i < intern->count; i++) {
		const struct interned *item = &intern->items[i];

		*slot_of(intern, item->text, item->length, item->hash) = i;
	}
}

uint32_t intern_find(const struct intern *intern, const char *text,
		     size_t length)
{
	if (intern->slot_count == 0)
		return 0;
	return *slot_of(intern, text, length,
			hash_mix(hash_bytes(text, length)));
}

uint32_t intern_add(struct intern *intern, const char *text, size_t length)
{
	uint64_t hash = hash_mix(hash_bytes(text, length));
	uint32_t *slot;

	if (intern->count * 2 >= intern->slot_count)
		grow(intern);
	slot = slot_of(intern, text, length, hash);
	if (*slot)
		return *slot;
	if (intern->count == INTERN_MAX)
		return 0;
	if (intern->count == 0)
		intern->count = 1;
	if (intern->count >= intern->room) {
		intern->room = intern->room ? intern->room * 2 : 256;
		intern->items = mem_grow(intern->items,
					 intern->room * sizeof(*intern->items));
	}
	intern->items[intern->count] = (struct interned){
		.text = mem_copy_n(text, length),
		.length = length,
		.hash = hash,
	};
	return *slot = intern->count++;
}
