/* The writer of a log's index: decides which chunks get a mark. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/store/steplog_index.h"

enum { MARKS_KEPT = 64 }; /* before they are written */

struct steplog_marks {
	int fd; /* -1: closed, or writing failed */
	struct steplog_mark last;
	struct steplog_mark kept[MARKS_KEPT];
	size_t count;
	bool any;        /* did this writer make one? */
	int64_t written; /* when, in ms */
};

void steplog_marks_init(struct steplog_marks *marks);

/*
 * Open the index of a log of `size` bytes, cut off what is torn, and return
 * the last good mark (all zero if there is none).
 */
struct steplog_mark steplog_marks_open(struct steplog_marks *marks,
				       const char *log, uint64_t size);

/* A chunk starts at `offset`, behind `lines` newlines: mark it if it is time.
 */
void steplog_marks_chunk(struct steplog_marks *marks, uint64_t offset,
			 uint64_t lines, enum steplog_stream stream);

void steplog_marks_close(struct steplog_marks *marks);
