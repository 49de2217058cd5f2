/* Loops: the object `loop`, and what a `for` goes over. Private. */
#pragma once

#include "runtime/text/template/frame.h"

struct loop {
	struct value_object object;
	const struct node *node;
	struct frame *outer; /* around the loop */
	struct value over;
	uint64_t at;
	int64_t index0; /* -1 before the first item */
	int64_t length; /* -1: not known yet */
	struct value before, current;
	struct value after;   /* read ahead; VALUE_ABSENT: nothing */
	struct value changed; /* a tuple; VALUE_ABSENT: never asked */
	struct value rest;    /* what is left, once the length was asked */
	uint64_t rest_at;
	uint32_t depth0;
	bool recursive;
};

/* The class of loops, see loop_object.c. */
extern const struct value_class loop_class;

/* The next item: 1, 0 at the end, or -1. */
int loop_next(struct render *render, struct loop *loop, struct value *out);
int loop_peek(struct render *render, struct loop *loop);

/* Run the recursive loop once more over other items, into a string. */
int loop_again(struct render *render, const struct loop *loop,
	       struct value over, struct value *out);
