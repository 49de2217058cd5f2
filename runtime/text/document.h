/* Documents: what the readers of YAML, TOML and INI are given, and share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"
#include "runtime/text/value.h"

/* Where something stands in its text: from 1; 0 when nobody knows. */
struct place {
	uint32_t line, column;
};

/*
 * Where the keys of dicts and the items of lists of a document stand: a table
 * beside the values, filled by a reader that is given one.
 */
struct places {
	struct places_slot *slots; /* owned */
	size_t capacity;           /* a power of two, or 0 */
	size_t count;
};

void places_init(struct places *places); /* allocates nothing */
void places_release(struct places *places);

/* Note the place of item or entry `number` (from 0) of a list or dict. */
void places_set(struct places *places, const void *container, uint32_t number,
		struct place place);

/* The place of an item; of the whole document with `list` NULL, `number` 0. */
struct place places_item(const struct places *places,
			 const struct value_list *list, uint32_t number);

/* The place of a key, as long as nothing was removed from the dict. */
struct place places_key(const struct places *places,
			const struct value_dict *dict, struct value key);

enum {
	DOCUMENT_BYTES = 64 << 20,
	DOCUMENT_NODES = 4 << 20, /* values, each alias counted in full */
	DOCUMENT_DEPTH = 256,
};

/* A text to read. All pointers are borrowed for the call. */
struct document {
	const char *text; /* UTF-8 */
	size_t length;
	const char *file; /* how errors name it; NULL: they have no name */

	size_t bytes_max, nodes_max; /* 0: as above */
	uint32_t depth_max;

	struct places *places; /* filled when it is not NULL */

	/* Called for what is read, but perhaps not as it was meant. */
	void (*warn)(void *context, struct place place, const char *message);
	void *context;
};

/* The limits of `document`, with the usual ones for what is 0. */
size_t document_nodes(const struct document *document);
uint32_t document_depth(const struct document *document);

/*
 * ERROR_INVALID "FILE:LINE:COLUMN: what", or "line LINE, column COLUMN: what"
 * without a file's name. Returns -1.
 */
int document_error(const struct document *document, struct place place,
		   struct error **err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* ERROR_LIMIT when the text is too long or too long for `arena`. */
int document_check(const struct document *document, const struct arena *arena,
		   struct error **err);

/* How many bytes the UTF-8 character at `text` has; 0: it is not valid. */
size_t document_character(const char *text, size_t left);

/* The first byte that belongs to no valid UTF-8, or `length`. */
size_t document_utf8(const char *text, size_t length);

/* The place of the byte at `offset`; columns count characters. */
struct place document_place(const struct document *document, size_t offset);
