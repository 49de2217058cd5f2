/* Inside a mask: how secrets are found. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "runtime/text/mask.h"
#include "runtime/text/mask_forms.h"

/*
 * Two stages. The filter looks at every stride-th gram (a few bytes) only:
 * every place where a secret could be has one of its first grams at one of
 * these positions. Where the filter has seen one, an Aho-Corasick automaton
 * reads byte by byte until nothing long is live any more. Each byte is read at
 * most three times, whatever the input.
 */
struct mask_node {
	uint32_t first; /* its children are nodes first … first + count - 1 */
	uint32_t fail;  /* the longest end of it that begins a secret too */
	uint32_t depth; /* bytes from the root to here */
	uint32_t found; /* length of the longest secret that ends here */
	uint32_t form;  /* some secret that begins with these bytes */
	uint16_t count;
	unsigned char byte; /* that leads here */
};

/* The filter's size: small ones stay in the first cache. */
enum { FILTER_LEAST = 9, FILTER_MOST = 16, MAX_STRIDE = 32 };

struct mask {
	struct forms forms;
	struct mask_node *nodes; /* owned; breadth first, [0] is the root */
	unsigned char *bytes;    /* owned: of each node, to search children */
	uint32_t node_count;
	uint32_t root[256];   /* children of the root, 0: none */
	uint64_t *filter;     /* owned: two bits of a word for each gram */
	unsigned filter_bits; /* it has 2 to the power of this many words */
	uint64_t gram_mask;   /* keeps the bytes of a gram */
	size_t gram;          /* bytes */
	size_t stride;
	size_t left_out;
};

static inline uint32_t mask_child(const struct mask *mask, uint32_t at,
				  unsigned char byte)
{
	const struct mask_node *node = &mask->nodes[at];
	const unsigned char *found;

	if (at == 0)
		return mask->root[byte];
	found = node->count
			? memchr(mask->bytes + node->first, byte, node->count)
			: NULL;
	return found ? (uint32_t)(found - mask->bytes) : 0;
}

static inline uint32_t mask_next(const struct mask *mask, uint32_t at,
				 unsigned char byte)
{
	uint32_t to;

	while (!(to = mask_child(mask, at, byte)) && at)
		at = mask->nodes[at].fail;
	return to;
}

static inline uint64_t mask_load(const char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Two bits of one word, so that a look costs one access to memory. */
static inline uint64_t mask_bits(const struct mask *mask, uint64_t gram,
				 size_t *word)
{
	uint64_t hash = (gram & mask->gram_mask) * 0x9e3779b97f4a7c15u;

	*word = hash >> (64 - mask->filter_bits);
	return (uint64_t)1 << (hash >> 40 & 63) | (uint64_t)1
							  << (hash >> 32 & 63);
}

static inline bool mask_may_begin(const struct mask *mask, const char *at)
{
	size_t word;
	uint64_t bits = mask_bits(mask, mask_load(at), &word);

	return (mask->filter[word] & bits) == bits;
}
