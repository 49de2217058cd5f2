/* Values: what documents (YAML, JSON, TOML, …) and templates are made of. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/text/arena.h"

/*
 * The kinds are Python's, because templates print and compare the way Jinja2
 * does. Documents have none, bool, int, big, float, string, list and dict.
 */
enum value_kind {
	VALUE_ABSENT, /* nothing at all: an argument that was not given */
	VALUE_UNDEFINED,
	VALUE_NONE,
	VALUE_BOOL,
	VALUE_INT,
	VALUE_BIG, /* an integer beyond 64 bits */
	VALUE_FLOAT,
	VALUE_STRING,
	VALUE_LIST,
	VALUE_TUPLE,
	VALUE_DICT,
	VALUE_OBJECT, /* something with behaviour: a macro, a loop, a range */
};

enum value_flag {
	VALUE_SAFE = 1,    /* a string that autoescape leaves alone */
	VALUE_ASCII = 2,   /* a string known to be ASCII: index it by bytes */
	VALUE_TAINTED = 4, /* computed from a secret, see template/map.h */
	VALUE_HOLDS = 8,   /* a container with a tainted value in it */
};

/*
 * 16 bytes, passed by value. What it points to lives in an arena and is shared:
 * copying a list's value makes a second name of the same list.
 */
struct value {
	uint8_t kind;    /* enum value_kind */
	uint8_t flags;   /* enum value_flag */
	uint32_t length; /* of a string, in bytes; else 0 or a template's */
	union {
		bool truth;
		int64_t integer;
		double number;
		const char *bytes; /* UTF-8; no zero byte at the end needed */
		const struct value_big *big;
		struct value_list *list; /* of a list or a tuple */
		struct value_dict *dict;
		struct value_object *object;
		struct value_undefined *undefined; /* what is missing */
	};
};

struct value_list {
	struct value *items;
	uint32_t count, capacity;
};

struct value_entry {
	struct value key; /* kind VALUE_ABSENT: removed */
	struct value value;
	uint32_t hash;
};

/* Entries in the order of their first insertion, and an index over them. */
struct value_dict {
	struct value_entry *entries;
	uint32_t *index; /* entry number + 1, 0: free; NULL while small */
	uint32_t used, capacity; /* of entries, removed ones included */
	uint32_t count;          /* of entries that are there */
	uint32_t mask;           /* of the index */
};

/* The sign and magnitude of a big integer: base 10^9, lowest digit first. */
struct value_big {
	bool negative;
	uint32_t count;
	uint32_t digits[];
};

static inline struct value value_none(void)
{
	return (struct value){.kind = VALUE_NONE};
}

static inline struct value value_bool(bool truth)
{
	return (struct value){.kind = VALUE_BOOL, .truth = truth};
}

static inline struct value value_int(int64_t integer)
{
	return (struct value){.kind = VALUE_INT, .integer = integer};
}

static inline struct value value_float(double number)
{
	return (struct value){.kind = VALUE_FLOAT, .number = number};
}

/* A string of bytes that live as long as the value is used. */
static inline struct value value_borrow(const char *bytes, size_t length)
{
	return (struct value){.kind = VALUE_STRING,
			      .length = (uint32_t)length,
			      .bytes = bytes};
}

/* A string of its own: the bytes are copied into `arena`. */
struct value value_string(struct arena *arena, const char *bytes,
			  size_t length);
struct value value_text(struct arena *arena, const char *text);

/* Empty containers with room for `capacity` items before they must grow. */
struct value value_list_new(struct arena *arena, uint32_t capacity);
struct value value_tuple_new(struct arena *arena, uint32_t capacity);
struct value value_dict_new(struct arena *arena, uint32_t capacity);

void value_list_add(struct arena *arena, struct value_list *list,
		    struct value item);

/*
 * Can `value` be a key of a dict? Strings, numbers, booleans, none and tuples
 * of such can, unless they are very deep or large.
 */
bool value_hashable(struct value value);

/* Keys are equal as in Python: 1, 1.0 and true are the same key. */
bool value_same_key(struct value left, struct value right);

/* The value under `key`, borrowed until the dict changes; NULL: none. */
struct value *value_dict_get(const struct value_dict *dict, struct value key);
struct value *value_dict_find(const struct value_dict *dict, const char *name);

/* Set `key`, which must be hashable; a new key goes to the end. */
void value_dict_set(struct arena *arena, struct value_dict *dict,
		    struct value key, struct value value);

/* Remove `key`: false when it is not there. */
bool value_dict_remove(struct value_dict *dict, struct value key);

/*
 * Iterate: start with `*at = 0`; the next entry in order, borrowed until the
 * dict changes, or NULL at the end.
 */
struct value_entry *value_dict_next(const struct value_dict *dict,
				    uint32_t *at);
