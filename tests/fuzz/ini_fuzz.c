/* INI: what was read and can be written is read again as the same. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/text/ini_read.h"
#include "runtime/text/ini_write.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/same.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct document document = {.text = (const char *)data, .length = size};
	struct ini_options options = {.duplicates = INI_ALL};
	struct arena arena;
	struct value value, again;
	struct buf text;

	arena_init(&arena, 16 << 20);
	buf_init(&text, 16 << 20);
	if (ini_read(&document, &options, &arena, &value, NULL) == 0 &&
	    ini_write(value, &text, NULL) == 0) {
		document.text = text.data ? text.data : "";
		document.length = text.length;
		if (ini_read(&document, &options, &arena, &again, NULL) < 0 ||
		    !same_value(value, again)) {
			fprintf(stderr, "%s", document.text);
			abort();
		}
	}
	buf_release(&text);
	arena_release(&arena);
	return 0;
}
