/* Reading TOML 1.0. */
#pragma once

#include "runtime/text/document.h"

/*
 * Read a text into a dict, keys in the order of the text. Dates and times
 * become strings as RFC 3339 writes them ("1979-05-27T07:32:00Z", local ones
 * without zone); integers beyond 64 bits are an error. The values live in
 * `arena`. ERROR_INVALID with the place; ERROR_LIMIT for what is too large.
 */
int toml_read(const struct document *document, struct arena *arena,
	      struct value *value, struct error **err);
