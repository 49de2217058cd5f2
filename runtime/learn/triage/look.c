#include "runtime/learn/triage/look.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Marks that are counted around a line, too. */
static const unsigned char around[] = {
	MARK_error,  MARK_fail,  MARK_exception, MARK_assert,    MARK_cannot,
	MARK_fatal,  MARK_good,  MARK_fetch,     MARK_warning,   MARK_blank,
	MARK_stack,  MARK_place, MARK_command,   MARK_level_bad, MARK_test,
	MARK_exited, MARK_ruler, MARK_bad_count, MARK_summary,   MARK_cross,
};

/* First and last line of each window, counted from the line. */
static const struct window {
	int from, to;
} windows[] = {{-1, -1}, {1, 1}, {-4, -2}, {2, 4}, {-15, -5}, {5, 15}};

enum {
	AROUND = sizeof(around) / sizeof(*around),
	WINDOWS = sizeof(windows) / sizeof(*windows),
};

/* clang-format off */
#define PLAIN_LIST(X) \
	X(place_share) X(to_end) X(from_start) X(lines) X(length) X(indent) \
	X(indent_before) X(indent_after) X(shape_count) X(shape_before) \
	X(digits) X(punctuation) X(words) X(to_blank) X(from_blank) \
	X(to_command) X(from_command) X(to_exited) X(from_exited) \
	X(bad_before) X(bad_after) X(levels_after) X(fails_after) \
	X(stack_after) X(exited_after) X(counts_after) X(paragraph)
/* clang-format on */

enum plain {
#define X(name) PLAIN_##name,
	PLAIN_LIST(X)
#undef X
		PLAINS
};

unsigned triage_features(void)
{
	return TRIAGE_MARKS + AROUND * WINDOWS + PLAINS;
}

static const char *const mark_names[] = {
#define X(name) #name,
	TRIAGE_MARK_LIST(X)
#undef X
};

void triage_feature_name(unsigned feature, char *name, size_t room)
{
	static const char *const plain_names[] = {
#define X(name) #name,
		PLAIN_LIST(X)
#undef X
	};

	if (feature < TRIAGE_MARKS) {
		snprintf(name, room, "%s", mark_names[feature]);
		return;
	}
	feature -= TRIAGE_MARKS;
	if (feature < AROUND * WINDOWS) {
		const struct window *window = &windows[feature % WINDOWS];

		snprintf(name, room, "%s_%d_%d",
			 mark_names[around[feature / WINDOWS]], window->from,
			 window->to);
		return;
	}
	feature -= AROUND * WINDOWS;
	snprintf(name, room, "%s", plain_names[feature]);
}

/* Lines with the mark in [from, to], cut to the log. */
static uint32_t count(const struct triage_lines *lines, enum triage_mark mark,
		      int64_t from, int64_t to)
{
	if (from < 0)
		from = 0;
	if (to >= lines->count)
		to = (int64_t)lines->count - 1;
	return from > to ? 0
			 : lines->before[to + 1][mark] -
				   lines->before[from][mark];
}

/* Lines to the next one with the mark, in a direction; at most `most`. */
static float distance(const struct triage_lines *lines, uint32_t i,
		      enum triage_mark mark, int step, int most)
{
	int64_t at = i;

	for (int n = 1; n <= most; n++) {
		at += step;
		if (at < 0 || at >= lines->count)
			return (float)n;
		if (triage_has(lines->list[at].marks, mark))
			return (float)n;
	}
	return (float)most + 1;
}

static float indent_of(const struct triage_lines *lines, int64_t i)
{
	return i >= 0 && i < lines->count ? (float)lines->list[i].indent : 0;
}

static void look_letters(const struct triage_lines *lines, uint32_t i,
			 float *plain)
{
	const struct triage_line *line = &lines->list[i];
	const char *text = triage_text(lines, i);
	unsigned digits = 0, punctuation = 0, words = 0;

	for (uint16_t n = 0; n < line->length; n++) {
		digits += isdigit((unsigned char)text[n]) != 0;
		punctuation += ispunct((unsigned char)text[n]) != 0;
		words += isspace((unsigned char)text[n]) != 0;
	}
	plain[PLAIN_length] = line->length;
	plain[PLAIN_digits] = (float)digits / (float)(line->length + 1);
	plain[PLAIN_punctuation] =
		(float)punctuation / (float)(line->length + 1);
	plain[PLAIN_words] = (float)words;
	plain[PLAIN_indent] = line->indent;
	plain[PLAIN_indent_before] =
		(float)line->indent - indent_of(lines, (int64_t)i - 1);
	plain[PLAIN_indent_after] =
		(float)line->indent - indent_of(lines, (int64_t)i + 1);
	plain[PLAIN_shape_count] = logf((float)line->shape);
	plain[PLAIN_shape_before] = logf((float)line->same + 1);
}

static void look_place(const struct triage_lines *lines, uint32_t i,
		       float *plain)
{
	int64_t last = (int64_t)lines->count - 1;

	plain[PLAIN_place_share] = (float)i / (float)lines->count;
	plain[PLAIN_to_end] = logf((float)(lines->count - i));
	plain[PLAIN_from_start] = logf((float)i + 1);
	plain[PLAIN_lines] = logf((float)lines->count);
	plain[PLAIN_to_blank] = distance(lines, i, MARK_blank, 1, 40);
	plain[PLAIN_from_blank] = distance(lines, i, MARK_blank, -1, 40);
	plain[PLAIN_paragraph] =
		plain[PLAIN_to_blank] + plain[PLAIN_from_blank];
	plain[PLAIN_to_command] = distance(lines, i, MARK_command, 1, 200);
	plain[PLAIN_from_command] = distance(lines, i, MARK_command, -1, 200);
	plain[PLAIN_to_exited] = distance(lines, i, MARK_exited, 1, 200);
	plain[PLAIN_from_exited] = distance(lines, i, MARK_exited, -1, 200);
	plain[PLAIN_bad_before] =
		logf((float)count(lines, MARK_error, 0, i) + 1);
	plain[PLAIN_bad_after] =
		logf((float)count(lines, MARK_error, i, last) + 1);
	plain[PLAIN_levels_after] =
		logf((float)count(lines, MARK_level_bad, i, last) + 1);
	plain[PLAIN_fails_after] =
		logf((float)count(lines, MARK_fail, i, last) + 1);
	plain[PLAIN_stack_after] =
		logf((float)count(lines, MARK_stack, i, last) + 1);
	plain[PLAIN_exited_after] =
		(float)count(lines, MARK_exited, (int64_t)i + 1, last);
	plain[PLAIN_counts_after] =
		(float)count(lines, MARK_bad_count, (int64_t)i + 1, last);
}

void triage_look(const struct triage_lines *lines, uint32_t i, float *row)
{
	const struct triage_line *line = &lines->list[i];
	float *out = row + TRIAGE_MARKS;

	for (unsigned bit = 0; bit < TRIAGE_MARKS; bit++)
		row[bit] = (float)(line->marks >> bit & 1);
	for (unsigned n = 0; n < AROUND; n++)
		for (unsigned w = 0; w < WINDOWS; w++)
			*out++ = (float)count(lines, around[n],
					      (int64_t)i + windows[w].from,
					      (int64_t)i + windows[w].to);
	look_letters(lines, i, out);
	look_place(lines, i, out);
}
