/* The values of a template: from files, and one by one. */
#pragma once

#include "runtime/base/error.h"
#include "runtime/text/value.h"

/*
 * Read FILE.json, FILE.yaml (.yml) or FILE.toml, which must be a dict, into
 * `into`: dicts under the same key are merged, anything else is replaced. The
 * values live in `arena`.
 */
int values_read_file(const char *path, struct arena *arena,
		     struct value_dict *into, struct error **err);

/*
 * "a.b=v": set b in the dict a, which is made if it is missing. What JSON can
 * read (1, true, null, [1, 2], "x") is that, anything else is a string.
 */
int values_set(const char *text, struct arena *arena, struct value_dict *into,
	       struct error **err);
