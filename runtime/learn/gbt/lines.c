/* Lines, words and numbers of a text that need not end with NUL. */
#include "runtime/learn/gbt/lines.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 64 }; /* of a number */

bool gbt_line(struct gbt_lines *lines, struct gbt_span *line)
{
	while (lines->at < lines->end) {
		size_t rest = (size_t)(lines->end - lines->at);
		const char *end = memchr(lines->at, '\n', rest);

		line->at = lines->at;
		line->end = end ? end : lines->end;
		lines->at = end ? end + 1 : lines->end;
		line->line = ++lines->line;
		if (line->end > line->at && line->end[-1] == '\r')
			line->end--;
		if (line->end > line->at)
			return true;
	}
	return false;
}

bool gbt_line_key(struct gbt_span *line, struct gbt_span *key)
{
	const char *equals =
		memchr(line->at, '=', (size_t)(line->end - line->at));

	if (!equals)
		return false;
	*key = *line;
	key->end = equals;
	line->at = equals + 1;
	return true;
}

bool gbt_span_is(const struct gbt_span *span, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(span->end - span->at) == length &&
	       memcmp(span->at, text, length) == 0;
}

bool gbt_word(struct gbt_span *span, struct gbt_span *word)
{
	while (span->at < span->end && *span->at == ' ')
		span->at++;
	*word = *span;
	while (span->at < span->end && *span->at != ' ')
		span->at++;
	word->end = span->at;
	return word->end > word->at;
}

bool gbt_word_number(const struct gbt_span *word, double *number)
{
	char copy[WORD_MAX + 1];
	size_t length = (size_t)(word->end - word->at);
	char *end;

	if (length < 1 || length > WORD_MAX || *word->at == ' ')
		return false;
	memcpy(copy, word->at, length);
	copy[length] = '\0';
	*number = strtod(copy, &end);
	return end == copy + length;
}

int gbt_read_doubles(const struct gbt_lines *lines, struct gbt_span span,
		     size_t count, struct gbt_vector *out, struct error **err)
{
	struct gbt_span word;
	double number;

	out->count = 0;
	while (gbt_word(&span, &word)) {
		if (!gbt_word_number(&word, &number))
			return gbt_lines_fail(
				lines, span.line, err,
				"'%.*s', expected a number",
				(int)(word.end - word.at > 40
					      ? 40
					      : word.end - word.at),
				word.at);
		gbt_push(out, &number, sizeof(number));
	}
	if (out->count != count)
		return gbt_lines_fail(lines, span.line, err,
				      "%zu numbers, expected %zu", out->count,
				      count);
	return 0;
}

int gbt_read_ints(const struct gbt_lines *lines, struct gbt_span span,
		  size_t count, struct gbt_vector *out, struct error **err)
{
	struct gbt_span word;
	double number;

	out->count = 0;
	while (gbt_word(&span, &word)) {
		int32_t integer;

		if (!gbt_word_number(&word, &number) ||
		    !(number >= INT32_MIN && number <= UINT32_MAX) ||
		    number != (double)(int64_t)number)
			return gbt_lines_fail(
				lines, span.line, err,
				"'%.*s', expected an integer",
				(int)(word.end - word.at > 40
					      ? 40
					      : word.end - word.at),
				word.at);
		integer = (int32_t)(uint32_t)(int64_t)number;
		gbt_push(out, &integer, sizeof(integer));
	}
	if (out->count != count)
		return gbt_lines_fail(lines, span.line, err,
				      "%zu numbers, expected %zu", out->count,
				      count);
	return 0;
}

int gbt_lines_fail(const struct gbt_lines *lines, uint32_t line,
		   struct error **err, const char *format, ...)
{
	va_list args;
	char *what;

	va_start(args, format);
	what = mem_vprintf(format, args);
	va_end(args);
	error_set(err, ERROR_INVALID, "%s:%u: %s", lines->file, line, what);
	mem_free(what);
	return -1;
}
