/* Reading YAML: libyaml's events become values; what scalars mean is ours. */
#pragma once

#include "runtime/text/document.h"

enum yaml_flag {
	/*
	 * Scalars as YAML 1.1 and PyYAML read them: yes and on are true, 010
	 * is 8 and 12:30:45 a number. Without it the core schema of YAML 1.2.
	 */
	YAML_1_1 = 1,
	YAML_NO_MERGE = 2,  /* the key << is a key like others */
	YAML_LAST_WINS = 4, /* a key may come twice, as in PyYAML */
	YAML_ANY_TAG = 8,   /* tags that nobody knows are passed over */
};

/*
 * Read the one document of a text; none is VALUE_NONE, more than one an error.
 * The values live in `arena`; an alias is the same list or dict as its anchor,
 * and nothing holds itself. ERROR_INVALID for what is no YAML, with its place;
 * ERROR_LIMIT for what is too large. With `document->warn`, the core schema
 * tells of scalars that YAML 1.1 reads otherwise.
 */
int yaml_read(const struct document *document, unsigned flags,
	      struct arena *arena, struct value *value, struct error **err);

/* Read all documents of a text into a list. */
int yaml_read_all(const struct document *document, unsigned flags,
		  struct arena *arena, struct value *list, struct error **err);
