/* What the modules yaml, toml and ini share: documents in, documents out. */
#pragma once

#include <lua.h>

#include "runtime/base/buf.h"
#include "runtime/text/document.h"

/* The options that all readers have; for lists of names. */
#define DOCUMENT_OPTIONS "file", "ordered", "max_depth", "max_values", "places"

struct reading {
	struct document document;
	struct places places;  /* so that errors tell of both of two keys */
	struct arena *arena;   /* in a userdata on the stack */
	struct value warnings; /* a list */
	struct value value;    /* what is read */
	struct error *err;     /* or why not */
	unsigned push;         /* enum values_flag */
	bool tell;             /* the lines are wanted, too */
};

/*
 * Prepare reading the text at index 1 with the options at index 2, which were
 * checked. Nothing may raise until reading_end.
 */
void reading_begin(lua_State *L, struct reading *reading);

/* Collect what is read otherwise in other versions. */
void reading_warn(struct reading *reading);

/*
 * Push the value, or raise the error when `result` is -1. With warnings, a list
 * of them as well; with the option `places`, a table from JSON pointers to
 * lines. Returns how many values that are.
 */
int reading_end(lua_State *L, struct reading *reading, int result);

/*
 * Push what `write` makes of the value at index 1, or raise.
 */
int document_write(lua_State *L,
		   int (*write)(struct value value, struct buf *out,
				struct error **err));
