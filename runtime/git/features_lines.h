/* Lines: how many were added and deleted, exactly as git counts them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	const unsigned char *bytes; /* borrowed */
	size_t size;
};

struct line_change {
	uint32_t added;
	uint32_t deleted;
};

struct line_counter; /* memory that is used again, for one thread */

struct line_counter *line_counter_new(void);
void line_counter_free(struct line_counter *counter); /* NULL is fine */

/*
 * The lines of `new` that are not in `old`, and the other way round, of the
 * difference that git diff --numstat finds: Myers' shortest edit script, with
 * its short cuts where files differ very much.
 */
struct line_change lines_compare(struct line_counter *counter, struct text old,
				 struct text new);

size_t lines_feeds(struct text text); /* line feeds in it */
size_t lines_count(struct text text); /* a last line may lack its line feed */
bool lines_binary(struct text text);  /* as git tells: a NUL near the start */
