/* YAML: what was read and written is read again as the same, in 1.1 and 1.2. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/text/yaml_read.h"
#include "runtime/text/yaml_write.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/same.h"

enum { TEXT_MAX = 1 << 20 };

static void check(struct value value, struct arena *arena, unsigned flags)
{
	struct buf text;
	struct value again;
	struct document document = {.text = NULL};

	buf_init(&text, TEXT_MAX);
	if (yaml_write(value, &text, NULL) == 0) {
		document.text = text.data;
		document.length = text.length;
		if (yaml_read(&document, flags | YAML_NO_MERGE, arena, &again,
			      NULL) < 0 ||
		    !same_value(value, again)) {
			fprintf(stderr, "%s", text.data);
			abort();
		}
	}
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct document document = {
		.text = (const char *)data, .length = size, .nodes_max = 10000};
	struct places places;
	struct arena arena;
	struct value value;

	arena_init(&arena, 16 << 20);
	places_init(&places);
	document.places = &places;
	if (yaml_read(&document, 0, &arena, &value, NULL) == 0)
		check(value, &arena, 0);
	if (yaml_read(&document, YAML_1_1 | YAML_LAST_WINS | YAML_ANY_TAG,
		      &arena, &value, NULL) == 0)
		check(value, &arena, YAML_1_1);
	places_release(&places);
	arena_release(&arena);
	return 0;
}
