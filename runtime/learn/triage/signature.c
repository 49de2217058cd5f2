#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "runtime/learn/triage/shapes.h"
#include "runtime/learn/triage/triage.h"

enum { TEXT_MAX = 300 };

/* The line of the ranges that says most; of alike ones the first. */
static const struct triage_line *telling(const struct triage *triage,
					 const struct triage_lines *lines)
{
	const struct triage_line *best = NULL;

	for (unsigned n = 0; n < triage->count; n++)
		for (uint32_t i = triage->ranges[n].from;
		     i <= triage->ranges[n].to; i++)
			if (!best || lines->list[i].score > best->score)
				best = &lines->list[i];
	return best;
}

void triage_sign(struct triage *triage, const struct triage_lines *lines)
{
	const struct triage_line *line = telling(triage, lines);
	char text[TEXT_MAX + 1];
	size_t length;

	triage->signature[0] = '\0';
	if (!line)
		return;
	length = triage_normal(lines->text + line->start + line->indent,
			       line->length - line->indent, text, TEXT_MAX);
	for (size_t i = 0; i < length; i++)
		text[i] = (char)tolower((unsigned char)text[i]);
	snprintf(triage->signature, sizeof(triage->signature), "%016" PRIx64,
		 triage_hash(text, length));
}
