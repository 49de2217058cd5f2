/* JSON values: what was written is read again, and written the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/text/json_value.h"
#include "tests/fuzz/fuzz.h"

/* Bytes that are no UTF-8 become U+FFFD, which may double keys. */
static bool has_replaced(const struct buf *text)
{
	return memmem(text->data, text->length, "\\ufffd", 6) ||
	       memmem(text->data, text->length, "\xef\xbf\xbd", 3);
}

static void check(struct value value, const struct json_style *style,
		  struct arena *arena)
{
	struct value again;
	struct buf text;
	struct buf copy;

	buf_init(&text, 32 << 20);
	buf_init(&copy, 32 << 20);
	if (json_value_write(value, style, &text, NULL) != 0 ||
	    json_value_read(arena, text.data, text.length, &again, NULL) != 0 ||
	    json_value_write(again, style, &copy, NULL) != 0)
		abort();
	if (!has_replaced(&text) &&
	    (text.length != copy.length ||
	     memcmp(text.data, copy.data, text.length) != 0)) {
		fprintf(stderr, "%.*s", (int)text.length, text.data);
		abort();
	}
	buf_release(&copy);
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
