/* What the readers of reports share: lines, words, texts and tests. */
#pragma once

#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/text/report/report.h"

enum { REPORT_LINE_MAX = 8 << 10 };

/* A text line by line: without colours, carriage returns and NULs. */
struct report_lines {
	const char *at, *end;
	size_t number; /* of the line, from 1 */
	size_t length;
	char line[REPORT_LINE_MAX + 1]; /* ends with NUL; the rest is cut */
};

void report_lines_start(struct report_lines *lines, const char *text,
			size_t length);
bool report_lines_next(struct report_lines *lines);

/* `bytes` as the report keeps texts: cleaned, cut to `max`. Never NULL. */
const char *report_text(struct report *report, const char *bytes, size_t length,
			size_t max);

/* As report_text, but the end is kept, where the reason mostly is. */
const char *report_tail(struct report *report, const char *bytes,
			size_t length);

/* The first line of `details` that has something, as a message. */
const char *report_first_line(struct report *report, const char *details);

/*
 * A new test with empty texts, unknown time and `name`; borrowed until the
 * next one is added. NULL when there are too many.
 */
struct report_test *report_add(struct report *report, const char *name,
			       size_t length);

/* What a reader collects of output; the last REPORT_DETAILS_MAX bytes stay. */
void report_collect(struct buf *buf, const char *line, size_t length);

/* Does `text` begin with `start`? Where it goes on, or NULL. */
static inline const char *report_after(const char *text, const char *start)
{
	size_t length = strlen(start);

	return strncmp(text, start, length) == 0 ? text + length : NULL;
}

/* The decimal at `text` (1.25, 1,234.5 in JUnit) in seconds, or -1. */
double report_seconds(const char *text);

int report_junit(struct report *report, const char *text, size_t length,
		 struct error **err);
int report_tap(struct report *report, const char *text, size_t length,
	       struct error **err);
int report_go(struct report *report, const char *text, size_t length,
	      struct error **err);
int report_cargo(struct report *report, const char *text, size_t length,
		 struct error **err);
int report_pytest(struct report *report, const char *text, size_t length,
		  struct error **err);
int report_ctest(struct report *report, const char *text, size_t length,
		 struct error **err);

/*
 * The lines that tell a format: a test's result of it. They are how the
 * format of a text is found, and how its reader finds them.
 */
bool report_is_tap(const char *line);
bool report_is_cargo(const char *line);
bool report_is_pytest(const char *line);
bool report_is_ctest(const char *line);
