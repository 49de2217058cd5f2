#include <math.h>
#include <stdlib.h>

#include "runtime/base/mem.h"
#include "runtime/text/report/parts.h"
#include "runtime/text/unicode.h"

enum { FIRST = 64, NUMBER_MAX = 32 };

void report_lines_start(struct report_lines *lines, const char *text,
			size_t length)
{
	static const char mark[] = "\xef\xbb\xbf";

	lines->at = text;
	lines->end = text + length;
	lines->number = 0;
	lines->length = 0;
	if (length >= 3 && memcmp(text, mark, 3) == 0)
		lines->at += 3;
}

/* Where an escape sequence of a terminal, which begins at `at`, is over. */
static const char *skip_escape(const char *at, const char *end)
{
	at++;
	if (at < end && *at == '[') {
		at++;
		while (at < end && *at >= 0x20 && *at < 0x40)
			at++;
	}
	return at < end && *at != '\n' ? at + 1 : at;
}

bool report_lines_next(struct report_lines *lines)
{
	const char *at = lines->at;
	size_t length = 0;

	if (at == lines->end)
		return false;
	while (at < lines->end && *at != '\n') {
		if (*at == '\033') {
			at = skip_escape(at, lines->end);
			continue;
		}
		if (*at != '\r' && *at != '\0' && length < REPORT_LINE_MAX)
			lines->line[length++] = *at;
		at++;
	}
	lines->line[length] = '\0';
	lines->length = length;
	lines->at = at < lines->end ? at + 1 : at;
	lines->number++;
	return true;
}

static bool is_kept(uint32_t point)
{
	return point == '\n' || point == '\t' ||
	       (point >= 0x20 && point != 0x7f);
}

const char *report_text(struct report *report, const char *bytes, size_t length,
			size_t max)
{
	const char *end = bytes + length;
	char *text, *out;

	if (length == 0 || !arena_fits(&report->arena, max * 3))
		return "";
	if (length > max)
		end = bytes + max;
	/* a byte that is no UTF-8 becomes U+FFFD: three of them */
	text = mem_alloc((size_t)(end - bytes) * 3 + 1);
	out = text;
	while (bytes < end) {
		uint32_t point = unicode_next(&bytes, end);

		if (point & UNICODE_RAW)
			point = 0xfffd;
		if (is_kept(point))
			out += unicode_put(out, point);
	}
	while (out > text && (out[-1] == '\n' || out[-1] == ' '))
		out--;
	length = (size_t)(out - text);
	out = arena_copy(&report->arena, text, length);
	mem_free(text);
	return out;
}

const char *report_tail(struct report *report, const char *bytes, size_t length)
{
	if (length > REPORT_DETAILS_MAX) {
		bytes += length - REPORT_DETAILS_MAX;
		length = REPORT_DETAILS_MAX;
	}
	return report_text(report, bytes, length, REPORT_DETAILS_MAX);
}

const char *report_first_line(struct report *report, const char *details)
{
	details += strspn(details, " \t\n");
	return report_text(report, details, strcspn(details, "\n"),
			   REPORT_MESSAGE_MAX);
}

struct report_test *report_add(struct report *report, const char *name,
			       size_t length)
{
	struct report_test *test;

	if (report->count == REPORT_TESTS_MAX ||
	    !arena_fits(&report->arena, (size_t)REPORT_DETAILS_MAX * 4)) {
		report->dropped++;
		return NULL;
	}
	if (report->count == report->capacity) {
		report->capacity = report->capacity ? report->capacity * 2
						    : (uint32_t)FIRST;
		report->tests = mem_grow(report->tests,
					 report->capacity * sizeof(*test));
	}
	test = &report->tests[report->count++];
	*test = (struct report_test){.suite = "",
				     .file = "",
				     .message = "",
				     .details = "",
				     .seconds = -1};
	test->name = report_text(report, name, length, REPORT_NAME_MAX);
	return test;
}

void report_collect(struct buf *buf, const char *line, size_t length)
{
	if (length > REPORT_DETAILS_MAX) {
		line += length - REPORT_DETAILS_MAX;
		length = REPORT_DETAILS_MAX;
	}
	if (buf->length + length + 1 > (size_t)2 * REPORT_DETAILS_MAX)
		buf_consume(buf, buf->length - (size_t)REPORT_DETAILS_MAX / 2);
	buf_append(buf, line, length);
	buf_putc(buf, '\n');
}

double report_seconds(const char *text)
{
	char number[NUMBER_MAX];
	size_t length = 0;
	double seconds;
	char *end;

	for (; *text && length + 1 < sizeof(number); text++)
		if (*text != ',')
			number[length++] = *text;
	number[length] = '\0';
	seconds = strtod(number, &end);
	if (end == number || !isfinite(seconds) || seconds < 0)
		return -1;
	return seconds;
}
