#include "runtime/base/mem.h"
#include "runtime/text/mask_find.h"

/* A node's range of the sorted forms, while the tree is built. */
struct range {
	uint32_t low;
	uint32_t high;
};

/* Append the children of `at`: groups of forms by their next byte. */
static void grow(struct mask *mask, struct range *ranges, uint32_t at)
{
	struct mask_node *node = &mask->nodes[at];
	const struct form *forms = mask->forms.list;
	uint32_t depth = node->depth;
	uint32_t low = ranges[at].low;

	while (low < ranges[at].high && forms[low].length == depth)
		low++; /* it ends here */
	node->first = mask->node_count;
	while (low < ranges[at].high) {
		unsigned char byte = (unsigned char)forms[low].bytes[depth];
		uint32_t made = mask->node_count++;
		uint32_t high = low;

		while (high < ranges[at].high &&
		       (unsigned char)forms[high].bytes[depth] == byte)
			high++;
		mask->nodes[made].depth = depth + 1;
		mask->nodes[made].byte = byte;
		mask->nodes[made].form = low;
		if (forms[low].length == depth + 1)
			mask->nodes[made].found = depth + 1;
		mask->bytes[made] = byte;
		ranges[made] = (struct range){low, high};
		node->count++;
		low = high;
	}
}

/* Parents come before their children, so their failure links are there. */
static void link_node(struct mask *mask, uint32_t parent, uint32_t at)
{
	struct mask_node *node = &mask->nodes[at];
	const struct mask_node *fail;

	if (parent)
		node->fail =
			mask_next(mask, mask->nodes[parent].fail, node->byte);
	fail = &mask->nodes[node->fail];
	if (node->found < fail->found)
		node->found = fail->found;
}

static void build_automaton(struct mask *mask)
{
	size_t most = 1;
	struct range *ranges;

	for (size_t i = 0; i < mask->forms.count; i++)
		most += mask->forms.list[i].length;
	mask->nodes = mem_array(most, sizeof(*mask->nodes));
	mask->bytes = mem_alloc(most);
	ranges = mem_array(most, sizeof(*ranges));
	ranges[0].high = (uint32_t)mask->forms.count;
	mask->node_count = 1;
	for (uint32_t at = 0; at < mask->node_count; at++)
		grow(mask, ranges, at);
	mem_free(ranges);
	for (uint32_t i = 0; i < mask->nodes[0].count; i++)
		mask->root[mask->bytes[1 + i]] = 1 + i;
	for (uint32_t at = 0; at < mask->node_count; at++)
		for (uint32_t i = 0; i < mask->nodes[at].count; i++)
			link_node(mask, at, mask->nodes[at].first + i);
	mask->nodes =
		mem_grow(mask->nodes, mask->node_count * sizeof(*mask->nodes));
}

static void build_filter(struct mask *mask)
{
	size_t shortest = SIZE_MAX;

	for (size_t i = 0; i < mask->forms.count; i++)
		if (mask->forms.list[i].length < shortest)
			shortest = mask->forms.list[i].length;
	mask->gram = shortest < 6    ? 3
		     : shortest < 12 ? 4
		     : shortest < 16 ? 6
				     : 8;
	memset(&mask->gram_mask, 0xff, mask->gram);
	mask->stride = shortest - mask->gram + 1;
	if (mask->stride > MAX_STRIDE)
		mask->stride = MAX_STRIDE;
	mask->filter_bits = FILTER_LEAST;
	while (mask->filter_bits < FILTER_MOST &&
	       (size_t)1 << mask->filter_bits <
		       mask->forms.count * mask->stride)
		mask->filter_bits++;
	mask->filter = mem_array((size_t)1 << mask->filter_bits,
				 sizeof(*mask->filter));
	for (size_t i = 0; i < mask->forms.count; i++) {
		for (size_t at = 0; at < mask->stride; at++) {
			uint64_t gram = 0;
			uint64_t bits;
			size_t word;

			memcpy(&gram, mask->forms.list[i].bytes + at,
			       mask->gram);
			bits = mask_bits(mask, gram, &word);
			mask->filter[word] |= bits;
		}
	}
}

struct mask *mask_new(const struct mask_secret *secrets, size_t count)
{
	struct mask *mask = mem_alloc(sizeof(*mask));

	for (size_t i = 0; i < count; i++)
		if (forms_add(&mask->forms, secrets[i].bytes,
			      secrets[i].length) < 0)
			mask->left_out++;
	forms_finish(&mask->forms);
	if (mask->forms.count == 0)
		return mask;
	build_automaton(mask);
	build_filter(mask);
	return mask;
}

void mask_free(struct mask *mask)
{
	if (!mask)
		return;
	forms_release(&mask->forms);
	mem_free(mask->nodes);
	mem_free(mask->bytes);
	mem_free(mask->filter);
	mem_free(mask);
}

size_t mask_left_out(const struct mask *mask)
{
	return mask->left_out;
}
