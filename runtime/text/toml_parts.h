/* What the parts of the TOML reader share. */
#pragma once

#include "runtime/text/document.h"

/* How a table came to be, which decides who may add to it. */
enum toml_origin {
	TOML_IMPLIED, /* on the way to a header's table */
	TOML_HEADER,  /* by [table] or [[table]] */
	TOML_DOTTED,  /* by a dotted key */
	TOML_INLINE,  /* {…}: complete */
};

/* The dict comes first: its address is the table's. In the arena. */
struct toml_table {
	struct value_dict dict;
	enum toml_origin origin;
	uint32_t section; /* where dotted keys made it or used it */
};

struct toml_array {
	struct value_list list;
	bool tables; /* made by [[header]] */
};

struct toml_reader {
	const struct document *document;
	struct arena *arena;
	struct error **err;
	const char *at, *end;
	const char *mark;   /* where `place` was last counted */
	struct place place; /* of `mark` */
	uint32_t section;   /* a number for each header and inline table */
	uint32_t sections;  /* how many there were */
	uint32_t depth;
	size_t nodes;
};

/* An error at `at`. Returns -1. */
int toml_error(struct toml_reader *reader, const char *at, const char *format,
	       ...) __attribute__((format(printf, 3, 4)));

/* The place of `reader->at`, which must only grow from call to call. */
struct place toml_place(struct toml_reader *reader);

/* Pass over blanks; over blanks, comments and line ends. */
void toml_blanks(struct toml_reader *reader);
int toml_lines(struct toml_reader *reader);

/* Is `text` next? It is taken. */
bool toml_take(struct toml_reader *reader, const char *text);

/* One part of a key: bare or quoted. */
int toml_key_part(struct toml_reader *reader, struct value *key);

/* A string that begins with a quote. */
int toml_string(struct toml_reader *reader, struct value *value);

/* A number, boolean or date. */
int toml_scalar(struct toml_reader *reader, struct value *value);

/* Is this a date or time? Then its text is the value. */
bool toml_date(struct toml_reader *reader, const char *text, size_t length,
	       struct value *value);

/* Any value. */
int toml_value(struct toml_reader *reader, struct value *value);

struct value toml_table_new(struct toml_reader *reader,
			    enum toml_origin origin);

/* key = value, into `table`. */
int toml_pair(struct toml_reader *reader, struct toml_table *table);
