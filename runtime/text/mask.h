/* Masks: replace secrets in a stream of bytes by `***`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mask; /* immutable after mask_new, may be shared by many streams */

struct mask_secret {
	const char *bytes;
	size_t length;
};

/* Shorter secrets (without surrounding blanks) cannot be masked: they would
 * blacken every other word. mask_new leaves them out and counts them. */
enum { MASK_SHORTEST = 4 };

/*
 * Find these secrets, and each line of those that have several, as they are
 * and in the forms in which tools print them: base64 and base64url (in each of
 * the three alignments, the part that does not depend on the neighbours),
 * percent-encoded, quoted for a shell (in '…', with \, in "…" and $'…') and
 * inside a JSON string. Freed with mask_free. The secrets are copied.
 */
struct mask *mask_new(const struct mask_secret *secrets, size_t count);
void mask_free(struct mask *mask);
size_t mask_left_out(const struct mask *mask); /* too short to be masked */

/* Receives masked output, in order; `bytes` is borrowed for the time that
 * mask_write and mask_end say. */
typedef void mask_sink(void *context, const char *bytes, size_t length);

struct mask_run {
	int64_t start;
	int64_t end;
};

/*
 * One stream being masked. Every byte that belongs to some secret is hidden,
 * however they overlap; each unbroken run of such bytes becomes one `***`.
 * Bytes are held back only while they are the beginning of a secret, so a
 * prompt without a newline shows at once.
 */
struct mask_stream {
	const struct mask *mask; /* borrowed; NULL: everything passes */
	uint32_t node;           /* what the held bytes are the beginning of */
	bool hidden;             /* the last thing written was `***` */
	struct mask_run *runs;   /* owned: found in the held bytes */
	size_t run_count;
	size_t run_capacity;
};

void mask_stream_init(struct mask_stream *stream, const struct mask *mask);
void mask_stream_release(struct mask_stream *stream);

/* Pass bytes on. What the sink gets stays valid as long as `bytes` and the
 * mask do, so it may be collected for one writev. */
void mask_write(struct mask_stream *stream, const void *bytes, size_t length,
		mask_sink *sink, void *context);

/* The stream ends here: pass on what was held back. It may start again. */
void mask_end(struct mask_stream *stream, mask_sink *sink, void *context);
