/* TOML: whatever was read can be written, and is read again as the same. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/text/toml_read.h"
#include "runtime/text/toml_write.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/same.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct document document = {.text = (const char *)data, .length = size};
	struct places places;
	struct arena arena;
	struct value value, again;
	struct buf text;

	arena_init(&arena, 16 << 20);
	places_init(&places);
	buf_init(&text, 16 << 20);
	document.places = &places;
	if (toml_read(&document, &arena, &value, NULL) == 0) {
		if (toml_write(value, &text, NULL) < 0)
			abort();
		document.text = text.data ? text.data : "";
		document.length = text.length;
		if (toml_read(&document, &arena, &again, NULL) < 0 ||
		    !same_value(value, again)) {
			fprintf(stderr, "%s", document.text);
			abort();
		}
	}
	buf_release(&text);
	places_release(&places);
	arena_release(&arena);
	return 0;
}
