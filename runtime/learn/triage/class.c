/* The kind of a failure, by what its lines say: marks vote. */
#include <math.h>
#include <string.h>

#include "runtime/learn/triage/lexicon.h"
#include "runtime/learn/triage/triage.h"

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
	{MARK_test, TRIAGE_test_failure, 3},
	{MARK_assert, TRIAGE_test_failure, 3},
	{MARK_bad_count, TRIAGE_test_failure, 2},
	{MARK_cross, TRIAGE_test_failure, 2},
	{MARK_stack, TRIAGE_test_failure, 1},
	{MARK_summary, TRIAGE_test_failure, 1},
	{MARK_bullet, TRIAGE_test_failure, 1},
	{MARK_compile, TRIAGE_compile_error, 3},
	{MARK_caret, TRIAGE_compile_error, 2},
	{MARK_place, TRIAGE_compile_error, 1},
	{MARK_build, TRIAGE_compile_error, 1},
	{MARK_lint, TRIAGE_lint, 6},
	{MARK_warning, TRIAGE_lint, 2},
	{MARK_place, TRIAGE_lint, 1},
	{MARK_dependency, TRIAGE_dependency_network, 3},
	{MARK_network, TRIAGE_dependency_network, 4},
	{MARK_url, TRIAGE_dependency_network, 3},
	{MARK_fetch, TRIAGE_dependency_network, 1},
	{MARK_missing, TRIAGE_dependency_network, 1},
	{MARK_memory, TRIAGE_disk_memory, 8},
	{MARK_time, TRIAGE_timeout, 8},
	{MARK_denied, TRIAGE_permission, 6},
	{MARK_fatal, TRIAGE_infrastructure, 1},
	{MARK_missing, TRIAGE_configuration, 2},
	{MARK_command, TRIAGE_configuration, 2},
	{MARK_exited, TRIAGE_configuration, 1},
	{MARK_cannot, TRIAGE_configuration, 1},
};

void triage_classify(struct triage *triage, const struct triage_lines *lines)
{
	float share[TRIAGE_MARKS] = {0}, scores[TRIAGE_CLASSES] = {0};
	float all = 0, sum = 0;
	unsigned best = 0;

	for (unsigned n = 0; n < triage->count; n++)
		for (uint32_t i = triage->ranges[n].from;
		     i <= triage->ranges[n].to; i++) {
			const struct triage_line *line = &lines->list[i];

			all += line->score + 1e-6F;
			for (unsigned bit = 0; bit < TRIAGE_MARKS; bit++)
				if (line->marks >> bit & 1)
					share[bit] += line->score;
		}
	for (size_t i = 0; i < sizeof(votes) / sizeof(*votes); i++)
		scores[votes[i].class] += votes[i].weight *
					  share[votes[i].mark] /
					  (all > 0 ? all : 1);
	for (unsigned i = 0; i < TRIAGE_CLASSES; i++) {
		sum += expf(scores[i]);
		best = scores[i] > scores[best] ? i : best;
	}
	triage->class = best;
	triage->confidence = triage->count ? expf(scores[best]) / sum : 0;
}
