/* The cache of histories: any bytes are refused or make features of sense. */
#include <stdlib.h>
#include <string.h>

#include "runtime/git/features_cache.h"
#include "runtime/git/features_past.h"
#include "tests/fuzz/fuzz.h"

#define REVISIONS_MAX 10000

static void look(const struct history *history)
{
	size_t room = (size_t)history->count + 1;
	uint32_t *order = calloc(room, sizeof(*order));
	struct feature_row *rows = calloc(room, sizeof(*rows));
	uint32_t count;

	if (!order || !rows)
		abort();
	count = history_order(history, 0, order);
	if (count > room)
		abort();
	count = past_walk(&(struct past_query){.history = history,
					       .order = order,
					       .count = count},
			  rows);
	for (uint32_t i = 0; i < count; i++) {
		const struct feature_row *row = &rows[i];
		const struct revision *revision =
			&history->revisions[row->revision];

		if (row->nf == 0 || row->ns == 0 || row->ns > row->nf ||
		    row->nd > row->nf || row->nuc > row->nf)
			abort();
		if (strlen(history_name(history, revision->subject)) >=
		    history->names.length)
			abort();
	}
	free(order);
	free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct history history;
	uint8_t *copy = malloc(size + 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	cache_seal(copy, size); /* else hardly anything would be looked at */
	history_init(&history);
	if (cache_parse(&history, copy, size) && history.count > 0 &&
	    history.count < REVISIONS_MAX)
		look(&history);
	history_release(&history);
	free(copy);
	return 0;
}
