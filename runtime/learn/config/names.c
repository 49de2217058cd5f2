#include "runtime/learn/config/names.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "runtime/learn/config/hash.h"

enum { LONGEST = 128, WORD_LEAST = 3 };

/* The start of the last part of `path`. */
static size_t last_part(const char *path, size_t length)
{
	while (length > 0 && path[length - 1] != '/')
		length--;
	return length;
}

static uint64_t hash_small(const char *text, size_t length, bool item)
{
	char small[LONGEST + 2];

	if (length > LONGEST)
		length = LONGEST;
	for (size_t i = 0; i < length; i++)
		small[i] = (char)tolower((unsigned char)text[i]);
	if (item) {
		small[length++] = '[';
		small[length++] = ']';
	}
	return hash_bytes(small, length);
}

/* "/a/list/[0]" is called "list[]". */
static uint64_t called(const char *path, size_t length)
{
	size_t start = last_part(path, length);
	bool item = false;

	while (start < length && path[start] == '[' && start > 0) {
		item = true;
		length = start - 1;
		start = last_part(path, length);
	}
	return hash_small(path + start, length - start, item);
}

/* The end of the word or number at `at`: "maxSurge", "HTTPPort", "v2". */
static size_t word_end(const char *text, size_t length, size_t at)
{
	size_t i = at + 1;

	if (isdigit((unsigned char)text[at])) {
		while (i < length && isdigit((unsigned char)text[i]))
			i++;
		return i;
	}
	if (isupper((unsigned char)text[at]) && i < length &&
	    isupper((unsigned char)text[i])) {
		while (i < length && isupper((unsigned char)text[i]))
			i++;
		if (i < length && islower((unsigned char)text[i]))
			i--; /* the capital begins the next word */
		return i;
	}
	while (i < length && islower((unsigned char)text[i]))
		i++;
	return i;
}

static void read_tail(struct config_name *name, const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t end;

		if (!isalnum((unsigned char)text[i])) {
			i++;
			continue;
		}
		end = word_end(text, length, i);
		name->tail[0] = name->tail[1];
		name->tail[1] = hash_small(text + i, end - i, false);
		name->tails += name->tails < 2;
		i = end;
	}
}

static void read_words(struct config_name *name)
{
	for (size_t i = 0; i < name->base_length && name->words < NAME_WORDS;) {
		size_t start = i;

		while (i < name->base_length &&
		       isalpha((unsigned char)name->base[i]))
			i++;
		if (i - start >= WORD_LEAST && i < UINT16_MAX) {
			name->word[name->words].start = (uint16_t)start;
			name->word[name->words].length = (uint16_t)(i - start);
			name->words++;
		}
		i += i == start;
	}
}

void config_name_read(struct config_name *name, const char *path, size_t length)
{
	size_t start = last_part(path, length), end = length;

	*name = (struct config_name){
		.base = path + start,
		.base_length = length - start,
		.parent_length = start > 0 ? start - 1 : 0,
		.hash = called(path, length),
	};
	while (start < end && path[start] == '[' && start > 0) {
		end = start - 1;
		start = last_part(path, end);
	}
	read_tail(name, path + start, end - start);
	read_words(name);
}
