#include "runtime/git/features_alike.h"

#include <string.h>

#include "runtime/base/mem.h"

#define PIECE 64       /* bytes of a line that are taken together */
#define MODULUS 107927 /* git's: other hashes would find other renames */

struct piece {
	uint32_t hash;
	uint32_t bytes; /* in all pieces of this hash */
};

/* Sort by hash with two rounds of counting: hashes have 17 bits. */
static struct piece *sort(struct piece *items, struct piece *other,
			  size_t count)
{
	enum { BITS = 9, BINS = 1 << BITS };

	for (int round = 0; round < 2; round++) {
		size_t starts[BINS] = {0};
		size_t sum = 0;
		struct piece *swap = items;
		int shift = round * BITS;

		for (size_t i = 0; i < count; i++)
			starts[items[i].hash >> shift & (BINS - 1)]++;
		for (int bin = 0; bin < BINS; bin++) {
			size_t here = starts[bin];

			starts[bin] = sum;
			sum += here;
		}
		for (size_t i = 0; i < count; i++)
			other[starts[items[i].hash >> shift & (BINS - 1)]++] =
				items[i];
		items = other;
		other = swap;
	}
	return items;
}

static size_t merge(struct piece *items, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && items[kept - 1].hash == items[i].hash)
			items[kept - 1].bytes += items[i].bytes;
		else
			items[kept++] = items[i];
	}
	return kept;
}

/* The next piece of `text`; a CR before the LF of a text does not count. */
static struct piece take_piece(struct text *text, bool is_text)
{
	uint32_t high = 0;
	uint32_t low = 0;
	uint32_t bytes = 0;

	while (text->size > 0 && bytes < PIECE) {
		uint32_t c = *text->bytes++;
		uint32_t before = high;

		text->size--;
		if (is_text && c == '\r' && text->size > 0 &&
		    *text->bytes == '\n')
			continue;
		high = (high << 7 ^ low >> 25) + c;
		low = low << 7 ^ before >> 25;
		bytes++;
		if (c == '\n')
			return (struct piece){(high + low * 0x61) % MODULUS,
					      bytes};
	}
	/* Git forgets what follows the last whole piece. */
	if (bytes < PIECE)
		return (struct piece){0, 0};
	return (struct piece){(high + low * 0x61) % MODULUS, bytes};
}

void pieces_make(struct pieces *pieces, struct text text)
{
	bool is_text = !lines_binary(text);
	size_t most = lines_feeds(text) + text.size / PIECE + 1;
	struct piece *items = mem_array(2 * most, sizeof(*items));
	struct piece *sorted;
	size_t count = 0;

	pieces->size = text.size;
	while (text.size > 0) {
		struct piece piece = take_piece(&text, is_text);

		if (piece.bytes > 0)
			items[count++] = piece;
	}
	sorted = sort(items, items + most, count);
	pieces->count = merge(sorted, count);
	pieces->items = mem_array(pieces->count + 1, sizeof(*items));
	memcpy(pieces->items, sorted, pieces->count * sizeof(*items));
	mem_free(items);
}

void pieces_release(struct pieces *pieces)
{
	mem_free(pieces->items);
	memset(pieces, 0, sizeof(*pieces));
}

uint32_t pieces_alike(const struct pieces *old, const struct pieces *new)
{
	size_t larger = old->size > new->size ? old->size : new->size;
	uint64_t common = 0;
	size_t i = 0;
	size_t j = 0;

	if (new->size == 0)
		return 0;
	while (i < old->count && j < new->count) {
		const struct piece *a = &old->items[i];
		const struct piece *b = &new->items[j];

		if (a->hash == b->hash)
			common += a->bytes < b->bytes ? a->bytes : b->bytes;
		i += a->hash <= b->hash;
		j += b->hash <= a->hash;
	}
	return (uint32_t)(common * ALIKE_MAX / larger);
}

int sizes_alike(size_t a, size_t b, uint32_t enough)
{
	size_t larger = a > b ? a : b;
	size_t delta = a > b ? a - b : b - a;

	return larger * (ALIKE_MAX - enough) >= delta * ALIKE_MAX;
}
