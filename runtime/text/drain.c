#include "runtime/text/drain.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/drain_parts.h"

/* A line belongs to a template when 7 of 10 words fit. */
#define THRESHOLD 0.7

struct drain *drain_new(void)
{
	struct drain *drain = mem_alloc(sizeof(*drain));

	memset(drain->first, 0xff, sizeof(drain->first));
	drain->seen = mem_array(SEEN_SLOTS, sizeof(*drain->seen));
	return drain;
}

void drain_free(struct drain *drain)
{
	if (!drain)
		return;
	for (size_t i = 0; i < drain->count; i++) {
		mem_free(drain->templates[i].tokens);
		mem_free(drain->templates[i].line);
	}
	mem_free(drain->templates);
	mem_free(drain->seen);
	mem_free(drain);
}

uint32_t drain_make(struct drain *drain, const struct drain_words *words,
		    const char *line)
{
	uint32_t number = (uint32_t)drain->count;
	size_t size = words->count;
	struct drain_template *template;

	if (drain->count == drain->capacity) {
		drain->capacity = drain->capacity ? drain->capacity * 2 : 64;
		drain->templates =
			mem_grow(drain->templates,
				 drain->capacity * sizeof(*drain->templates));
	}
	template = &drain->templates[drain->count++];
	*template = (struct drain_template){.key = words->hash,
					    .count = words->count};
	template->tokens =
		mem_array(size + 1, sizeof(uint64_t) + 2 * sizeof(uint32_t));
	template->begins = (uint32_t *)(template->tokens + size + 1);
	template->ends = template->begins + size + 1;
	memcpy(template->tokens, words->tokens, size * sizeof(uint64_t));
	memcpy(template->begins, words->begins, size * sizeof(uint32_t));
	memcpy(template->ends, words->ends, size * sizeof(uint32_t));
	template->line = mem_copy_n(line, size > 0 ? words->ends[size - 1] : 0);
	template->next = drain->first[words->count];
	drain->first[words->count] = number;
	return number;
}

/*
 * How much of the line fits, 0..1. Places where both are variable say nothing;
 * a variable place of the template fits any word by half.
 */
static double fit(const struct drain_template *template,
		  const struct drain_words *words)
{
	unsigned total = 0, same = 0; /* in halves */

	for (uint32_t i = 0; i < words->count; i++) {
		uint64_t a = template->tokens[i], b = words->tokens[i];
		unsigned weight = i == 0 ? 4 : 2;

		if (a == VARIABLE && b == VARIABLE)
			continue;
		total += weight;
		same += a == b ? weight : a == VARIABLE ? weight / 2 : 0;
	}
	return total > 0 ? (double)same / total : 1;
}

/*
 * The best template of as many words. It is better than the threshold, unless
 * there is no place for another template. UINT32_MAX: none.
 */
static uint32_t find(const struct drain *drain, const struct drain_words *words)
{
	double best = drain->count < DRAIN_TEMPLATES ? THRESHOLD : 0;
	uint32_t found = UINT32_MAX;

	for (uint32_t i = drain->first[words->count]; i != UINT32_MAX;
	     i = drain->templates[i].next) {
		double share = fit(&drain->templates[i], words);

		/* the list begins with the youngest; the eldest wins a tie */
		if (share >= best) {
			best = share;
			found = i;
		}
	}
	return found;
}

static void widen(struct drain_template *template,
		  const struct drain_words *words)
{
	for (uint32_t i = 0; i < words->count; i++)
		if (template->tokens[i] != words->tokens[i])
			template->tokens[i] = VARIABLE;
}

/* When all places are taken and no template has as many words: the first. */
static uint32_t place(struct drain *drain, const char *line)
{
	uint32_t number = find(drain, &drain->words);

	if (number != UINT32_MAX) {
		widen(&drain->templates[number], &drain->words);
		return number;
	}
	if (drain->count >= DRAIN_TEMPLATES)
		return 0;
	return drain_make(drain, &drain->words, line);
}

uint32_t drain_add(struct drain *drain, const char *line, size_t length)
{
	struct drain_seen *seen;

	drain_split(&drain->words, line, length);
	seen = &drain->seen[drain->words.hash % SEEN_SLOTS];
	if (seen->hash != drain->words.hash) {
		seen->template = place(drain, line);
		seen->hash = drain->words.hash;
	}
	drain->templates[seen->template].lines++;
	return seen->template;
}

size_t drain_count(const struct drain *drain)
{
	return drain->count;
}

uint64_t drain_lines(const struct drain *drain, uint32_t number)
{
	return drain->templates[number].lines;
}

uint64_t drain_key(const struct drain *drain, uint32_t number)
{
	return drain->templates[number].key;
}

void drain_text(const struct drain *drain, uint32_t number, struct buf *text)
{
	const struct drain_template *template = &drain->templates[number];
	uint32_t at = 0;

	for (uint32_t i = 0; i < template->count; i++) {
		if (template->tokens[i] != VARIABLE)
			continue;
		buf_append(text, template->line + at, template->begins[i] - at);
		buf_puts(text, "<*>");
		at = template->ends[i];
	}
	if (template->count > 0)
		buf_append(text, template->line + at,
			   template->ends[template->count - 1] - at);
}
