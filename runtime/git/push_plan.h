/* What a push is to do: short names made whole. For this room. */
#pragma once

#include "runtime/git/library.h"
#include "runtime/git/push.h"

struct push_item {
	char *from; /* full ref or oid; owned; NULL: delete */
	char *to;   /* full ref there; owned */
	bool force;
	char expected[OID_HEX + 1]; /* of a lease; zeroes: not there */
};

struct push_plan {
	struct push_item *items;
	size_t count;
	const char *remote; /* its name or URL; borrowed */
	bool lease;
};

int push_plan_make(struct repo *repo, const struct push_options *options,
		   struct push_plan *plan, struct error **err);
void push_plan_release(struct push_plan *plan); /* fine when zeroed */

/* "+from:to", owned. */
char *push_plan_spec(const struct push_item *item);
