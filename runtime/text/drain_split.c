/* Lines into words. */
#include "runtime/text/drain_parts.h"

enum { HEX_BYTES = 8 }; /* as long a word of hexadecimal digits is a number */

enum class { WORD, LETTER_HEX, DIGIT, BREAK };

static const unsigned char classes[256] = {
	['\t'] = BREAK,     ['\n'] = BREAK,     ['\r'] = BREAK,
	[' '] = BREAK,      ['='] = BREAK,      [':'] = BREAK,
	[','] = BREAK,      ['0'] = DIGIT,      ['1'] = DIGIT,
	['2'] = DIGIT,      ['3'] = DIGIT,      ['4'] = DIGIT,
	['5'] = DIGIT,      ['6'] = DIGIT,      ['7'] = DIGIT,
	['8'] = DIGIT,      ['9'] = DIGIT,      ['a'] = LETTER_HEX,
	['b'] = LETTER_HEX, ['c'] = LETTER_HEX, ['d'] = LETTER_HEX,
	['e'] = LETTER_HEX, ['f'] = LETTER_HEX, ['A'] = LETTER_HEX,
	['B'] = LETTER_HEX, ['C'] = LETTER_HEX, ['D'] = LETTER_HEX,
	['E'] = LETTER_HEX, ['F'] = LETTER_HEX,
};

#define MIX UINT64_C(0x9e3779b97f4a7c15)

static uint64_t fold(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * MIX;
	return hash ^ (hash >> 29);
}

static void put(struct drain_words *words, uint64_t token, size_t begin,
		size_t end)
{
	uint32_t at = words->count++;

	words->tokens[at] = token;
	words->begins[at] = (uint32_t)begin;
	words->ends[at] = (uint32_t)end;
	words->hash = fold(words->hash, token);
}

void drain_split(struct drain_words *words, const char *line, size_t length)
{
	size_t at = 0;

	words->count = 0;
	words->hash = 0;
	if (length > DRAIN_LINE_BYTES)
		length = DRAIN_LINE_BYTES;
	while (at < length) {
		size_t begin = at;
		uint64_t hash = MIX;
		unsigned seen = 0;

		while (at < length) {
			unsigned char c = (unsigned char)line[at];

			if (classes[c] == BREAK)
				break;
			seen |= 1u << classes[c];
			hash = (hash ^ c) * UINT64_C(0x100000001b3);
			at++;
		}
		if (at == begin) {
			at++;
			continue;
		}
		if (words->count == DRAIN_TOKENS - 1) {
			put(words, VARIABLE, begin, length);
			break;
		}
		if ((seen & 1u << DIGIT) ||
		    (seen == 1u << LETTER_HEX && at - begin >= HEX_BYTES))
			hash = VARIABLE;
		else if (hash == VARIABLE)
			hash = 1;
		put(words, hash, begin, at);
	}
	words->hash = fold(words->hash, words->count + 1);
	if (words->hash == 0)
		words->hash = 1;
}
