/* JSON values: what was read and written is read again as the same. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/text/json_value.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/same.h"

static void check(struct value value, const struct json_style *style,
		  struct arena *arena)
{
	struct value again;
	struct buf text;

	buf_init(&text, 32 << 20);
	if (json_value_write(value, style, &text, NULL) != 0)
		abort();
	if (json_value_read(arena, text.data, text.length, &again, NULL) != 0 ||
	    !same_value(value, again)) {
		fprintf(stderr, "%.*s", (int)text.length, text.data);
		abort();
	}
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct json_style plain = {.indent = 0};
	static const struct json_style pretty = {
		.indent = 2, .lines = true, .unicode = true};
	struct error *err = NULL;
	struct arena arena;
	struct value value;

	arena_init(&arena, 16 << 20);
	if (json_value_read(&arena, (const char *)data, size, &value, &err) ==
	    0) {
		check(value, &plain, &arena);
		check(value, &pretty, &arena);
	} else if (!err) {
		abort(); /* a failure says why */
	}
	error_free(err);
	arena_release(&arena);
	return 0;
}
