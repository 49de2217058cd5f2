/* What a rendering with a map notes on its way. Private to this folder. */
#pragma once

#include "runtime/text/template/frame.h"

enum { RANGES_MAX = 1 << 20, CAPTURES = 256 };

#define FLAGS_SECRET (VALUE_TAINTED | VALUE_HOLDS)

/* A place in the values: a key in what `up` is; the root has no key. */
struct origin {
	const struct origin *up; /* NULL: of the root, or there is no origin */
	struct value key;
};

/* An expression in evaluation: what its operands were. */
struct touch {
	struct touch *up;
	uint8_t flags; /* of the operands, or'ed */
	uint32_t count;
	struct value first, last;
	struct origin origin, latest; /* the first one found, that of `last` */
};

/* Bytes of the output and what printed them. */
struct range {
	size_t start, end;
	const struct template *template;
	const struct node *node;
	struct origin origin;
	bool secret;
};

/* A text that was captured: its ranges, which count from its start. */
struct capture {
	const char *bytes;
	uint32_t length, count;
	const struct range *ranges;
};

/* A string or container of the values, by its address. */
struct known {
	const void *address;
	struct origin origin;
};

struct map {
	struct range *ranges;
	uint32_t count, capacity;
	struct touch *touch;
	struct origin origin; /* of what was evaluated last */
	struct origin root;
	struct origin *numbers; /* of numbers, by their `length` - 1; owned */
	uint32_t number_count, number_capacity;
	struct known *known; /* a hash table */
	uint32_t known_count, known_mask;
	struct capture captures[CAPTURES];
	bool mixed; /* a secret went into a container that was there before */
};

/* Evaluation, see touch.c: as eval_plain, but noting. */
int map_eval(struct render *render, const struct node *node, struct value *out);
int map_filter(struct render *render, const struct node *node,
	       const struct value *subject, struct value *out);
int map_call(struct render *render, const struct node *node,
	     const struct value *caller, struct value *out);
int eval_plain(struct render *render, const struct node *node,
	       struct value *out);
int eval_filter_plain(struct render *render, const struct node *node,
		      const struct value *subject, struct value *out);
int eval_call_plain(struct render *render, const struct node *node,
		    const struct value *caller, struct value *out);

/* A filter or test that is called by its name, within `map` and friends. */
void map_enter(struct render *render, struct touch *touch,
	       const struct call *call);
void map_leave(struct render *render, const struct touch *touch,
	       struct value name, struct value *out);

/*
 * What is captured by a call (a macro, a block) begins with no operands;
 * map_return ends that: the answer is what was printed, and no more.
 */
struct touch *map_begin(struct render *render);
void map_return(struct render *render, struct touch *touch,
		const struct value *out);

/* Does an operand of the expression in evaluation know a secret? */
bool map_touched(const struct render *render);
/* Marks, see taint.c: of what `node`, or a filter, made of its operands. */
void map_judge(struct map *map, const struct node *node,
	       const struct touch *touch, struct value *out);
void map_judge_filter(const struct touch *touch, struct value name,
		      struct value *out);
/* Taint `value` and all that it holds. */
void map_taint(struct value *value);
/* Mark a container that was made of other values, if a secret is in it. */
void map_mark(const struct render *render, struct value *value);
/* What is taken out of a marked value is marked. */
void map_pass(struct value from, struct value *out);
/* A value with a secret goes into a container or namespace. */
void map_mix(struct render *render, struct value value);

/* The output, see map.c. Nothing happens without a map. */
int map_print(struct render *render, const struct node *node,
	      struct value value, size_t start);
int map_text(struct render *render, const struct node *node, size_t start);
/* The filter `name` made `out` of `from`: if only blanks, ranges go along. */
void map_reshape(struct render *render, struct value name, struct value from,
		 struct value out);
/* What is behind `start` becomes `*out`, or nothing if `out` is NULL. */
void map_take(struct render *render, size_t start, struct value *out);

/* Origins, see origin.c. */
void map_learn(struct render *render, struct value_dict *values);
const struct origin *map_find(const struct map *map, struct value value);
void map_path(const struct origin *origin, struct buf *out);
static inline bool has_origin(const struct origin *origin)
{
	return origin->key.kind != VALUE_ABSENT;
}
