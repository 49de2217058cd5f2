#include "runtime/git/features_bytes.h"

#include <string.h>

#define LANES 16
#define STRIDE 255 /* rounds before a lane of 8 bits is full */

__extension__ typedef unsigned __int128 wide;
typedef uint8_t lanes __attribute__((vector_size(LANES)));

static uint64_t word_at(const unsigned char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

size_t bytes_prefix(const unsigned char *a, const unsigned char *b, size_t most)
{
	size_t length = 0;

	while (length + 8 <= most && word_at(a + length) == word_at(b + length))
		length += 8;
	while (length < most && a[length] == b[length])
		length++;
	return length;
}

size_t bytes_suffix(const unsigned char *a, const unsigned char *b, size_t most)
{
	size_t length = 0;

	while (length + 8 <= most &&
	       word_at(a - length - 8) == word_at(b - length - 8))
		length += 8;
	while (length < most &&
	       a[-1 - (ptrdiff_t)length] == b[-1 - (ptrdiff_t)length])
		length++;
	return length;
}

size_t bytes_feeds(const unsigned char *bytes, size_t size)
{
	size_t count = 0;
	size_t at = 0;

	while (at + LANES <= size) {
		lanes sums = {0};

		for (int i = 0; i < STRIDE && at + LANES <= size; i++) {
			lanes some;

			memcpy(&some, bytes + at, LANES);
			sums -= (lanes)(some == '\n'); /* true is -1 */
			at += LANES;
		}
		for (int i = 0; i < LANES; i++)
			count += sums[i];
	}
	for (; at < size; at++)
		count += bytes[at] == '\n';
	return count;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	wide product = (wide)(hash ^ word) * 0x9e3779b97f4a7c15U;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t bytes_hash(const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	uint64_t hash = size ^ 0x2545f4914f6cdd1dU;
	uint64_t word = 0;

	for (; size >= 8; size -= 8, at += 8)
		hash = mix(hash, word_at(at));
	for (size_t i = 0; i < size; i++)
		word |= (uint64_t)at[i] << (8 * i);
	return mix(mix(hash, word), 0xd6e8feb86659fd93U);
}
