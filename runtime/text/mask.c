#include "runtime/text/mask.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/mask_forms.h"

/*
 * Two stages. The filter looks at every stride-th gram (a few bytes) only:
 * every place where a secret could be has one of its first grams at one of
 * these positions. Where the filter has seen one, an Aho-Corasick automaton
 * reads byte by byte until nothing long is live any more. Each byte is read at
 * most three times, whatever the input.
 */
struct node {
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
	struct node *nodes;   /* owned; breadth first, [0] is the root */
	unsigned char *bytes; /* owned: of each node, to search children */
	uint32_t node_count;
	uint32_t root[256];   /* children of the root, 0: none */
	uint64_t *filter;     /* owned: two bits of a word for each gram */
	unsigned filter_bits; /* it has 2 to the power of this many words */
	uint64_t gram_mask;   /* keeps the bytes of a gram */
	size_t gram;          /* bytes */
	size_t stride;
	size_t left_out;
};

static uint32_t child(const struct mask *mask, uint32_t at, unsigned char byte)
{
	const struct node *node = &mask->nodes[at];
	const unsigned char *found;

	if (at == 0)
		return mask->root[byte];
	found = node->count
			? memchr(mask->bytes + node->first, byte, node->count)
			: NULL;
	return found ? (uint32_t)(found - mask->bytes) : 0;
}

static uint32_t next(const struct mask *mask, uint32_t at, unsigned char byte)
{
	uint32_t to;

	while (!(to = child(mask, at, byte)) && at)
		at = mask->nodes[at].fail;
	return to;
}

/* A node's range of the sorted forms, while the tree is built. */
struct range {
	uint32_t low;
	uint32_t high;
};

/* Append the children of `at`: groups of forms by their next byte. */
static void grow(struct mask *mask, struct range *ranges, uint32_t at)
{
	struct node *node = &mask->nodes[at];
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
	struct node *node = &mask->nodes[at];
	const struct node *fail;

	if (parent)
		node->fail = next(mask, mask->nodes[parent].fail, node->byte);
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

static uint64_t load(const char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Two bits of one word, so that a look costs one access to memory. */
static uint64_t gram_bits(const struct mask *mask, uint64_t gram, size_t *word)
{
	uint64_t hash = (gram & mask->gram_mask) * 0x9e3779b97f4a7c15u;

	*word = hash >> (64 - mask->filter_bits);
	return (uint64_t)1 << (hash >> 40 & 63) | (uint64_t)1
							  << (hash >> 32 & 63);
}

static bool may_begin(const struct mask *mask, const char *at)
{
	size_t word;
	uint64_t bits = gram_bits(mask, load(at), &word);

	return (mask->filter[word] & bits) == bits;
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
	mask->gram_mask = mask->gram == 8 ? UINT64_MAX
					  : ((uint64_t)1 << mask->gram * 8) - 1;
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
			bits = gram_bits(mask, gram, &word);
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

/* One call of mask_write. Positions count from the start of its bytes; those
 * before it, which are held back, are negative. */
struct pass {
	struct mask_stream *stream;
	const char *bytes;
	int64_t length;
	const char *held; /* the bytes before position 0 end here */
	int64_t done;     /* everything before is written */
	mask_sink *sink;
	void *context;
};

static void put_plain(struct pass *pass, int64_t start, int64_t end)
{
	if (start < end)
		pass->stream->hidden = false;
	if (start < 0 && start < end) {
		int64_t stop = end < 0 ? end : 0;

		pass->sink(pass->context, pass->held + start,
			   (size_t)(stop - start));
		start = stop;
	}
	if (start < end)
		pass->sink(pass->context, pass->bytes + start,
			   (size_t)(end - start));
}

/* Write all before `safe`: no secret that is still unknown begins there. */
static void settle(struct pass *pass, int64_t safe)
{
	struct mask_stream *stream = pass->stream;
	size_t done = 0;

	for (; done < stream->run_count; done++) {
		struct mask_run *run = &stream->runs[done];

		if (run->start >= safe)
			break;
		put_plain(pass, pass->done, run->start);
		if (!stream->hidden)
			pass->sink(pass->context, "***", 3);
		stream->hidden = true;
		if (run->end > safe) {
			run->start = pass->done = safe;
			break;
		}
		pass->done = run->end;
	}
	stream->run_count -= done;
	if (done)
		memmove(stream->runs, stream->runs + done,
			stream->run_count * sizeof(*stream->runs));
	if (pass->done < safe) {
		put_plain(pass, pass->done, safe);
		pass->done = safe;
	}
}

/* A secret lies in [start, end): join it with the runs that it touches. */
static void hide(struct pass *pass, int64_t start, int64_t end)
{
	struct mask_stream *stream = pass->stream;

	while (stream->run_count &&
	       stream->runs[stream->run_count - 1].end >= start) {
		stream->run_count--;
		if (stream->runs[stream->run_count].start < start)
			start = stream->runs[stream->run_count].start;
		/* The filter may have sent us over the same bytes again. */
		if (stream->runs[stream->run_count].end > end)
			end = stream->runs[stream->run_count].end;
	}
	if (stream->run_count == stream->run_capacity) {
		stream->run_capacity += 16;
		stream->runs =
			mem_grow(stream->runs,
				 stream->run_capacity * sizeof(*stream->runs));
	}
	stream->runs[stream->run_count++] = (struct mask_run){start, end};
}

/*
 * Read from `at` on until nothing that began before `until` can be a secret any
 * more, nor anything long that began later. Returns where the filter may go on
 * (what is live of a few bytes is left to it), or the length.
 */
static int64_t follow(struct pass *pass, int64_t at, int64_t until)
{
	const struct mask *mask = pass->stream->mask;
	uint32_t node = pass->stream->node;
	uint32_t live = mask->nodes[node].depth;

	while (at < pass->length &&
	       (at - live < until || live > mask->stride)) {
		node = next(mask, node, (unsigned char)pass->bytes[at++]);
		live = mask->nodes[node].depth;
		if (mask->nodes[node].found) {
			hide(pass, at - mask->nodes[node].found, at);
			/* Keep the list short in a stream of nothing else. */
			settle(pass, at - live);
		}
	}
	if (at < pass->length) {
		at -= live;
		node = 0;
	}
	pass->stream->node = node;
	return at;
}

/* The first position from `at` on where a secret may begin (or the last ones,
 * which are too few for a gram). */
static int64_t skip(const struct mask *mask, const struct pass *pass,
		    int64_t at)
{
	int64_t stride = (int64_t)mask->stride;
	int64_t sample = at + stride - 1;
	int64_t last = pass->length - 8;

	while (sample <= last && !may_begin(mask, pass->bytes + sample))
		sample += stride;
	return sample - stride + 1;
}

static void scan(struct pass *pass)
{
	const struct mask *mask = pass->stream->mask;
	int64_t at = follow(pass, 0, 0);

	while (at < pass->length) {
		at = skip(mask, pass, at);
		at = follow(pass, at, at + (int64_t)mask->stride);
	}
}

void mask_stream_init(struct mask_stream *stream, const struct mask *mask)
{
	memset(stream, 0, sizeof(*stream));
	stream->mask = mask && mask->forms.count ? mask : NULL;
}

void mask_stream_release(struct mask_stream *stream)
{
	mem_free(stream->runs);
	mask_stream_init(stream, NULL);
}

/* The held bytes are those of the tree's path to the node. */
static void begin(struct pass *pass)
{
	const struct mask *mask = pass->stream->mask;
	const struct node *node = &mask->nodes[pass->stream->node];

	pass->done = -(int64_t)node->depth;
	pass->held = mask->forms.list[node->form].bytes + node->depth;
}

void mask_write(struct mask_stream *stream, const void *bytes, size_t length,
		mask_sink *sink, void *context)
{
	struct pass pass = {stream, bytes, (int64_t)length, NULL,
			    0,      sink,  context};

	if (!stream->mask) {
		if (length)
			sink(context, bytes, length);
		return;
	}
	begin(&pass);
	scan(&pass);
	settle(&pass, pass.length - stream->mask->nodes[stream->node].depth);
	for (size_t i = 0; i < stream->run_count; i++) {
		stream->runs[i].start -= pass.length;
		stream->runs[i].end -= pass.length;
	}
}

void mask_end(struct mask_stream *stream, mask_sink *sink, void *context)
{
	struct pass pass = {stream, "", 0, NULL, 0, sink, context};

	if (!stream->mask)
		return;
	begin(&pass);
	settle(&pass, 0);
	stream->node = 0;
	stream->run_count = 0;
	stream->hidden = false;
}
