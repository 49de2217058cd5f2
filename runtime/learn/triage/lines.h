/* A build's log as lines: without colours, times and what was overwritten. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TRIAGE_LINES_MAX = 200000, /* of a longer log the last ones are read */
	TRIAGE_LINE_MAX = 2000, /* bytes; the rest of a line is passed over */
	TRIAGE_BYTES_MAX = 1 << 28,
};

/* What a line says or looks like; see lexicon.h. */
typedef uint64_t triage_marks;

struct triage_line {
	uint32_t start; /* in `text` */
	uint16_t length, indent;
	uint32_t shape; /* number of lines of this shape in the log */
	uint32_t same;  /* lines of this shape before this one */
	triage_marks marks;
	float score; /* of the judge: 0 to 1 */
	bool known;  /* a passing log has a line of this shape, too */
};

struct triage_lines {
	char *text; /* owned: the lines' bytes, each ends with '\0' */
	struct triage_line *list;
	uint32_t count;
	uint32_t skipped; /* lines of the log before the first of `list` */
	/* Before entry i: lines with each mark, for windows; owned. */
	uint32_t (*before)[64];
};

/* Reads a log. Shapes and marks are filled in, scores are 0. */
void triage_lines_read(struct triage_lines *lines, const char *text,
		       size_t length);
/* Says of which lines `passed`, a log that is fine, has one of their shape. */
void triage_lines_compare(struct triage_lines *lines,
			  const struct triage_lines *passed);
void triage_lines_release(struct triage_lines *lines);

static inline const char *triage_text(const struct triage_lines *lines,
				      uint32_t i)
{
	return lines->text + lines->list[i].start;
}
