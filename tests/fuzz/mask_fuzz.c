/* Masks: no secret comes through, wherever the stream is cut. */
#include <stdlib.h>
#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/text/mask.h"
#include "tests/fuzz/fuzz.h"

enum { SECRETS = 8 };

static void collect(void *context, const char *bytes, size_t length)
{
	buf_append(context, bytes, length);
}

static void apply(const struct mask *mask, const char *text, size_t length,
		  size_t piece, struct buf *out)
{
	struct mask_stream stream;

	buf_init(out, 1U << 24);
	mask_stream_init(&stream, mask);
	for (size_t at = 0; at < length; at += piece) {
		size_t left = length - at;

		mask_write(&stream, text + at, left < piece ? left : piece,
			   collect, out);
	}
	mask_end(&stream, collect, out);
	mask_stream_release(&stream);
}

static void check_hidden(const struct mask_secret *secret,
			 const struct buf *out)
{
	if (secret->length < MASK_SHORTEST || !out->length ||
	    memchr(secret->bytes, '*', secret->length))
		return;
	for (size_t i = 0; i < secret->length; i++)
		if (secret->bytes[i] <= ' ')
			return; /* may be trimmed */
	if (memmem(out->data, out->length, secret->bytes, secret->length))
		abort();
}

/* The input: the size of the pieces, then lines that are secrets, an empty
 * line, and the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mask_secret secrets[SECRETS];
	const char *at = (const char *)data + 1;
	const char *end = (const char *)data + size;
	size_t count = 0;
	const char *newline;
	struct mask *mask;
	struct buf whole;
	struct buf pieces;

	if (size < 2)
		return 0;
	while (count < SECRETS &&
	       (newline = memchr(at, '\n', (size_t)(end - at)))) {
		const char *start = at;

		at = newline + 1;
		if (newline == start)
			break;
		secrets[count++] =
			(struct mask_secret){start, (size_t)(newline - start)};
	}
	mask = mask_new(secrets, count);
	apply(mask, at, (size_t)(end - at), size, &whole);
	apply(mask, at, (size_t)(end - at), 1 + (size_t)data[0], &pieces);
	if (whole.length != pieces.length ||
	    (whole.length &&
	     memcmp(whole.data, pieces.data, whole.length) != 0))
		abort();
	for (size_t i = 0; i < count; i++)
		check_hidden(&secrets[i], &whole);
	buf_release(&whole);
	buf_release(&pieces);
	mask_free(mask);
	return 0;
}
