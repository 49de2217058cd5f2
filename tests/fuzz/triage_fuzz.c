/* Logs of any bytes: lines, shapes, marks, ranges, class and signature. */
#include <stdlib.h>

#include "runtime/learn/triage/look.h"
#include "runtime/learn/triage/triage.h"
#include "tests/fuzz/fuzz.h"

/* A score from what is seen, in place of a judge's. */
static void score(struct triage_lines *lines)
{
	float row[TRIAGE_FEATURES_MAX];

	for (uint32_t i = 0; i < lines->count; i++) {
		triage_look(lines, i, row);
		lines->list[i].score =
			(float)(lines->list[i].marks % 97) / 97.0F;
	}
}

static void check(const struct triage *triage, const struct triage_lines *lines)
{
	for (unsigned i = 0; i < triage->count; i++)
		if (triage->ranges[i].from > triage->ranges[i].to ||
		    triage->ranges[i].to >= lines->count)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t half = size / 2;
	struct triage_lines lines, passed;
	struct triage *triage = calloc(1, sizeof(*triage));

	triage_lines_read(&lines, (const char *)data, size);
	triage_lines_read(&passed, (const char *)data, half);
	score(&lines);
	triage_choose(triage, &lines);
	triage_classify(triage, &lines);
	triage_sign(triage, &lines);
	check(triage, &lines);
	triage_lines_compare(&lines, &passed);
	triage_choose_new(triage, &lines);
	triage_classify(triage, &lines);
	check(triage, &lines);
	triage_lines_release(&lines);
	triage_lines_release(&passed);
	free(triage);
	return 0;
}
