#include "runtime/learn/triage/lines.h"

#include <ctype.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/triage/lexicon.h"
#include "runtime/learn/triage/shapes.h"

/* After an escape sequence that begins at `c`. */
static const char *skip_escape(const char *c, const char *end)
{
	if (c + 1 >= end)
		return end;
	if (c[1] == '[') {
		for (c += 2; c < end && !isalpha((unsigned char)*c); c++)
			;
		return c < end ? c + 1 : end;
	}
	if (c[1] == ']') {
		for (c += 2; c < end && *c != '\a'; c++)
			;
		return c < end ? c + 1 : end;
	}
	return c + 2;
}

static bool digits(const char *c, const char *end, size_t count)
{
	if ((size_t)(end - c) < count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!isdigit((unsigned char)c[i]))
			return false;
	return true;
}

static const char *after_blank(const char *c, const char *end)
{
	while (c < end && (*c == ' ' || *c == '\t'))
		c++;
	return c;
}

/* "12:34:56.789" */
static const char *skip_clock(const char *c, const char *end)
{
	if (!digits(c, end, 2) || end - c < 8 || c[2] != ':' ||
	    !digits(c + 3, end, 2) || c[5] != ':' || !digits(c + 6, end, 2))
		return c;
	for (c += 8; c < end && (isdigit((unsigned char)*c) || *c == '.' ||
				 *c == ',' || *c == 'Z');
	     c++)
		;
	return c;
}

/* "2024-01-02T03:04:05.678Z ", "[03:04:05] ": a time before the line. */
static const char *skip_time(const char *c, const char *end)
{
	const char *at = c;
	bool bracket = at < end && *at == '[';

	at += bracket;
	if (digits(at, end, 4) && end - at > 10 && at[4] == '-' &&
	    digits(at + 5, end, 2) && at[7] == '-' && digits(at + 8, end, 2) &&
	    (at[10] == 'T' || at[10] == ' ')) {
		const char *clock = skip_clock(at + 11, end);

		if (clock == at + 11)
			return c;
		at = clock;
	} else {
		const char *clock = skip_clock(at, end);

		if (clock == at)
			return c;
		at = clock;
	}
	if (bracket) {
		if (at == end || *at != ']')
			return c;
		at++;
	}
	return at == end || *at == ' ' || *at == '\t' ? after_blank(at, end)
						      : c;
}

/* After the line that begins at `c`: "\n", "\r\n" and "\r" alone end one, as
 * most programs count them; `*stop` is before that. */
static const char *next_line(const char *c, const char *end, const char **stop)
{
	while (c < end && *c != '\n' && *c != '\r')
		c++;
	*stop = c;
	if (c + 1 < end && c[0] == '\r' && c[1] == '\n')
		return c + 2;
	return c < end ? c + 1 : end;
}

/* Copies a line without colours to `out`; returns its length. */
static size_t clean(const char *c, const char *end, char *out)
{
	size_t length = 0;

	for (c = skip_time(c, end); c < end && length < TRIAGE_LINE_MAX;) {
		if (*c == '\033') {
			c = skip_escape(c, end);
			continue;
		}
		out[length++] = *c;
		if (!*c)
			out[length - 1] = ' ';
		c++;
	}
	while (length > 0 && isspace((unsigned char)out[length - 1]))
		length--;
	out[length] = '\0';
	return length;
}

static void count_marks(struct triage_lines *lines)
{
	lines->before =
		mem_alloc(((size_t)lines->count + 1) * sizeof(*lines->before));
	memset(lines->before[0], 0, sizeof(*lines->before));
	for (uint32_t i = 0; i < lines->count; i++) {
		triage_marks marks = lines->list[i].marks;

		for (unsigned bit = 0; bit < TRIAGE_MARKS; bit++)
			lines->before[i + 1][bit] =
				lines->before[i][bit] + (marks >> bit & 1);
	}
}

/* Where the last TRIAGE_LINES_MAX lines begin; counts those before. */
static const char *begin_of(const char *text, const char *end, uint32_t *count,
			    uint32_t *skipped)
{
	uint32_t all = 0;
	const char *c = text, *stop;

	for (; c < end; all++)
		c = next_line(c, end, &stop);
	*skipped = all > TRIAGE_LINES_MAX ? all - TRIAGE_LINES_MAX : 0;
	*count = all - *skipped;
	for (c = text, all = *skipped; all > 0; all--)
		c = next_line(c, end, &stop);
	return c;
}

static void add_line(struct triage_lines *lines, uint32_t i, const char *c,
		     const char *end, size_t *used)
{
	struct triage_line *line = &lines->list[i];
	char *out = lines->text + *used;
	size_t length = clean(c, end, out), indent = 0;

	while (indent < length && isspace((unsigned char)out[indent]))
		indent++;
	*line = (struct triage_line){.start = (uint32_t)*used,
				     .length = (uint16_t)length,
				     .indent = (uint16_t)indent};
	line->marks = triage_marks_of(out, length);
	*used += length + 1;
}

void triage_lines_read(struct triage_lines *lines, const char *text,
		       size_t length)
{
	const char *end = text + length, *c;
	size_t used = 0;

	triage_lexicon_open();
	*lines = (struct triage_lines){0};
	c = begin_of(text, end, &lines->count, &lines->skipped);
	lines->text = mem_alloc((size_t)(end - c) + lines->count + 1);
	lines->list =
		mem_alloc(((size_t)lines->count + 1) * sizeof(*lines->list));
	for (uint32_t i = 0; i < lines->count; i++) {
		const char *stop, *next = next_line(c, end, &stop);

		add_line(lines, i, c, stop, &used);
		c = next;
	}
	triage_shapes_count(lines);
	count_marks(lines);
}

void triage_lines_release(struct triage_lines *lines)
{
	mem_free(lines->text);
	mem_free(lines->list);
	mem_free(lines->before);
	*lines = (struct triage_lines){0};
}
