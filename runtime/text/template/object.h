/* Objects of the library: generators, views of dicts, bound methods. */
#pragma once

#include "runtime/text/template/library.h"

/* Something that makes items on demand, once: map, select, batch, … */
struct generator {
	struct value_object object;
	/* 1 with an item, 0 at the end, or -1 */
	int (*advance)(struct render *render, struct generator *generator,
		       struct value *out);
	const char *print; /* as in "<generator object PRINT>" */
	struct value source;
	uint64_t at; /* in the source */
	bool ended;
};

/* Of generators that let through items of their source as they are. */
#define GENERATOR_SELECT "generator object select_or_reject"

/* A generator in `size` bytes, which start with one; or NULL. */
void *generator_new(struct render *render, size_t size, const char *print,
		    struct value source,
		    int (*advance)(struct render *, struct generator *,
				   struct value *));
struct value generator_value(struct generator *generator);
bool is_generator(struct value value);

enum view_kind {
	VIEW_KEYS,
	VIEW_VALUES,
	VIEW_ITEMS,
};

/* dict.keys(), .values() or .items(): follows the dict. */
struct value view_new(struct render *render, enum view_kind kind,
		      struct value_dict *dict);

/* The dict behind a view of keys; NULL for anything else. */
struct value_dict *view_of_keys(struct value value);
