/* The kind of a failure: what its lines say, and what the command that failed
 * was for. Weights are by hand, tried on public logs. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "runtime/learn/triage/lexicon.h"
#include "runtime/learn/triage/phrases.h"
#include "runtime/learn/triage/triage.h"

enum { LOOK_BACK = 4000, LAST = 20, LOWER_MAX = 400 };

static const float PHRASE = 2.5F, COMMAND = 1.0F, END = 2.0F;

static const char *const names[] = {
#define X(name) #name,
	TRIAGE_CLASS_LIST(X)
#undef X
};

const char *triage_class_name(enum triage_class class)
{
	return names[class];
}

/* How much a share of lines with the mark speaks for a class. */
static const struct vote {
	unsigned char mark, class;
	float weight;
} votes[] = {
	{MARK_test, TRIAGE_test_failure, 2},
	{MARK_assert, TRIAGE_test_failure, 2},
	{MARK_bad_count, TRIAGE_test_failure, 2},
	{MARK_cross, TRIAGE_test_failure, 2},
	{MARK_summary, TRIAGE_test_failure, 2},
	{MARK_compile, TRIAGE_compile_error, 2},
	{MARK_caret, TRIAGE_compile_error, 2},
	{MARK_lint, TRIAGE_lint, 4},
	{MARK_warning, TRIAGE_lint, 1},
	{MARK_dependency, TRIAGE_dependency_network, 1},
	{MARK_network, TRIAGE_dependency_network, 2},
	{MARK_fetch, TRIAGE_dependency_network, 0.5F},
	{MARK_memory, TRIAGE_disk_memory, 4},
	{MARK_time, TRIAGE_timeout, 4},
	{MARK_denied, TRIAGE_permission, 2},
	{MARK_missing, TRIAGE_configuration, 0.5F},
};

/* What a command with such words is for. */
static const struct vote commands[] = {
	{MARK_test, TRIAGE_test_failure, 2},
	{MARK_lint, TRIAGE_lint, 4},
	{MARK_dependency, TRIAGE_dependency_network, 0.5F},
	{MARK_compile, TRIAGE_compile_error, 1},
	{MARK_build, TRIAGE_compile_error, 0.5F},
	{MARK_fetch, TRIAGE_dependency_network, 1},
};

/* The line in small letters. */
static const char *lower(const struct triage_lines *lines, uint32_t i,
			 char *out)
{
	const char *text = triage_text(lines, i);
	size_t length = 0;

	for (; text[length] && length < LOWER_MAX; length++)
		out[length] = (char)tolower((unsigned char)text[length]);
	out[length] = '\0';
	return out;
}

/* Each phrase counts once. */
static void add_phrases(const struct triage *triage,
			const struct triage_lines *lines, float *scores)
{
	bool seen[TRIAGE_PHRASES_MAX] = {false};
	char text[LOWER_MAX + 1];

	for (unsigned n = 0; n < triage->count; n++)
		for (uint32_t i = triage->ranges[n].from;
		     i <= triage->ranges[n].to; i++) {
			unsigned count;
			const struct triage_phrase *list =
				triage_phrases(&count);

			lower(lines, i, text);
			for (unsigned p = 0; p < count; p++) {
				if (seen[p] || !strstr(text, list[p].text))
					continue;
				seen[p] = true;
				scores[list[p].class] += PHRASE;
			}
		}
}

/* What stands at the very end: somebody stopped it. */
static void add_end(const struct triage_lines *lines, float *scores)
{
	uint32_t from = lines->count > LAST ? lines->count - LAST : 0;
	char text[LOWER_MAX + 1];

	for (uint32_t i = from; i < lines->count; i++) {
		lower(lines, i, text);
		if (strstr(text, "no output has been received") ||
		    strstr(text, "exceeded the maximum time") ||
		    strstr(text, "timed out after"))
			scores[TRIAGE_timeout] += END * PHRASE;
	}
}

/* The command that failed: the last that is said to, or the last one that
 * began before the lines. */
static triage_marks command_of(const struct triage *triage,
			       const struct triage_lines *lines)
{
	uint32_t at = triage->ranges[0].from;

	for (uint32_t i = lines->count; i-- > at;)
		if (triage_has(lines->list[i].marks, MARK_command) &&
		    triage_has(lines->list[i].marks, MARK_exited))
			return lines->list[i].marks;
	for (uint32_t n = 0; n < LOOK_BACK && at > 0; n++, at--)
		if (triage_text(lines, at)[0] == '$')
			return lines->list[at].marks;
	return 0;
}

static void add_marks(const struct triage *triage,
		      const struct triage_lines *lines, float *scores)
{
	float share[TRIAGE_MARKS] = {0}, all = 1e-6F;

	for (unsigned n = 0; n < triage->count; n++)
		for (uint32_t i = triage->ranges[n].from;
		     i <= triage->ranges[n].to; i++) {
			const struct triage_line *line = &lines->list[i];

			all += line->score;
			for (unsigned bit = 0; bit < TRIAGE_MARKS; bit++)
				if (triage_has(line->marks, bit))
					share[bit] += line->score;
		}
	for (size_t i = 0; i < sizeof(votes) / sizeof(*votes); i++)
		scores[votes[i].class] +=
			votes[i].weight * share[votes[i].mark] / all;
}

void triage_classify(struct triage *triage, const struct triage_lines *lines)
{
	float scores[TRIAGE_CLASSES] = {0}, sum = 0;
	unsigned best = 0;
	triage_marks command;

	triage->class = TRIAGE_infrastructure;
	triage->confidence = 0;
	if (triage->count == 0)
		return;
	command = command_of(triage, lines);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (triage_has(command, commands[i].mark))
			scores[commands[i].class] +=
				COMMAND * commands[i].weight;
	add_marks(triage, lines, scores);
	add_phrases(triage, lines, scores);
	add_end(lines, scores);
	for (unsigned i = 0; i < TRIAGE_CLASSES; i++) {
		sum += expf(scores[i]);
		best = scores[i] > scores[best] ? i : best;
	}
	triage->class = best;
	triage->confidence = expf(scores[best]) / sum;
}
