/* What a drain knows, as bytes: it goes on after a restart. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/drain_parts.h"

/*
 *	"TMDRAIN1"
 *	per template, little-endian: u64 key, u64 lines, u32 tokens,
 *	u32 bytes of the line; tokens (u64 hash, u32 begin, u32 end); the line
 */
static const char magic[8] = {'T', 'M', 'D', 'R', 'A', 'I', 'N', '1'};

void drain_save(const struct drain *drain, struct buf *bytes)
{
	buf_append(bytes, magic, sizeof(magic));
	for (size_t i = 0; i < drain->count; i++) {
		const struct drain_template *one = &drain->templates[i];
		uint32_t length =
			one->count > 0 ? one->ends[one->count - 1] : 0;

		buf_append(bytes, &one->key, 8);
		buf_append(bytes, &one->lines, 8);
		buf_append(bytes, &one->count, 4);
		buf_append(bytes, &length, 4);
		for (uint32_t k = 0; k < one->count; k++) {
			buf_append(bytes, &one->tokens[k], 8);
			buf_append(bytes, &one->begins[k], 4);
			buf_append(bytes, &one->ends[k], 4);
		}
		buf_append(bytes, one->line, length);
	}
}

struct reader {
	const char *at;
	size_t left;
};

static bool take(struct reader *reader, void *out, size_t length)
{
	if (reader->left < length)
		return false;
	memcpy(out, reader->at, length);
	reader->at += length;
	reader->left -= length;
	return true;
}

/* Do the words follow each other within the line? */
static bool in_order(const struct drain_words *words, uint32_t length)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < words->count; i++) {
		if (words->begins[i] < at || words->ends[i] <= words->begins[i])
			return false;
		at = words->ends[i];
	}
	return at == length;
}

static bool load_one(struct drain *drain, struct reader *reader)
{
	struct drain_words *words = &drain->words;
	uint64_t lines;
	uint32_t length, number;

	if (drain->count >= DRAIN_TEMPLATES || !take(reader, &words->hash, 8) ||
	    !take(reader, &lines, 8) || !take(reader, &words->count, 4) ||
	    !take(reader, &length, 4) || words->count > DRAIN_TOKENS ||
	    length > DRAIN_LINE_BYTES)
		return false;
	for (uint32_t i = 0; i < words->count; i++)
		if (!take(reader, &words->tokens[i], 8) ||
		    !take(reader, &words->begins[i], 4) ||
		    !take(reader, &words->ends[i], 4))
			return false;
	if (reader->left < length || !in_order(words, length))
		return false;
	number = drain_make(drain, words, reader->at);
	drain->templates[number].lines = lines;
	reader->at += length;
	reader->left -= length;
	return true;
}

struct drain *drain_load(const void *bytes, size_t length, struct error **err)
{
	struct reader reader = {bytes, length};
	struct drain *drain = drain_new();
	char head[sizeof(magic)];
	bool good = take(&reader, head, sizeof(head)) &&
		    memcmp(head, magic, sizeof(magic)) == 0;

	while (good && reader.left > 0)
		good = load_one(drain, &reader);
	if (good)
		return drain;
	drain_free(drain);
	error_set(err, ERROR_INVALID,
		  "these are no templates that this "
		  "version wrote, or they are damaged");
	return NULL;
}
