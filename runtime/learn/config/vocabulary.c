#include "runtime/learn/config/vocabulary.h"

#include <ctype.h>

#include "runtime/base/mem.h"
#include "runtime/learn/config/distance.h"
#include "runtime/learn/config/hash.h"

enum { LEAST = 4, LONG = 7 };

void vocabulary_release(struct vocabulary *vocabulary)
{
	intern_release(&vocabulary->words);
	mem_free(vocabulary->seen);
	*vocabulary = (struct vocabulary){0};
}

/* Writes the word in small letters; returns its length. */
static size_t small(const char *word, size_t length, char out[WORD_LONGEST])
{
	if (length > WORD_LONGEST)
		length = WORD_LONGEST;
	for (size_t i = 0; i < length; i++)
		out[i] = (char)tolower((unsigned char)word[i]);
	return length;
}

uint64_t vocabulary_hash(const char *word, size_t length)
{
	char text[WORD_LONGEST];

	length = small(word, length, text);
	return hash_bytes(text, length);
}

void vocabulary_add(struct vocabulary *vocabulary, const char *word,
		    size_t length, int by)
{
	char text[WORD_LONGEST];
	uint32_t id;

	length = small(word, length, text);
	id = intern_add(&vocabulary->words, text, length);
	if (id >= vocabulary->room) {
		uint32_t room = vocabulary->room ? vocabulary->room * 2 : 256;

		while (room <= id)
			room *= 2;
		vocabulary->seen =
			mem_grow(vocabulary->seen, room * sizeof(uint32_t));
		for (uint32_t i = vocabulary->room; i < room; i++)
			vocabulary->seen[i] = 0;
		vocabulary->room = room;
	}
	if (by > 0)
		vocabulary->seen[id]++;
	else if (vocabulary->seen[id] > 0)
		vocabulary->seen[id]--;
}

uint32_t vocabulary_seen(const struct vocabulary *vocabulary, const char *word,
			 size_t length)
{
	char text[WORD_LONGEST];
	uint32_t id;

	length = small(word, length, text);
	id = intern_find(&vocabulary->words, text, length);
	return id ? vocabulary->seen[id] : 0;
}

const char *vocabulary_nearest(const struct vocabulary *vocabulary,
			       const char *word, size_t length, int *far)
{
	char text[WORD_LONGEST];
	const char *found = NULL;
	int limit;

	length = small(word, length, text);
	limit = length >= LONG ? 2 : 1;
	if (length < LEAST)
		return NULL;
	for (uint32_t i = 1; i < vocabulary->words.count && limit > 0; i++) {
		const struct interned *item = &vocabulary->words.items[i];
		int apart;

		if (vocabulary->seen[i] == 0 || item->length < LEAST)
			continue;
		apart = distance(text, length, item->text, item->length, limit);
		if (apart > 0 && apart <= limit) {
			found = item->text;
			*far = apart;
			limit = apart - 1;
		}
	}
	return found;
}
