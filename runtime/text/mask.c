#include "runtime/text/mask.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/mask_find.h"

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
		node = mask_next(mask, node, (unsigned char)pass->bytes[at++]);
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

	while (sample <= last && !mask_may_begin(mask, pass->bytes + sample))
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
	const struct mask_node *node = &mask->nodes[pass->stream->node];

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
