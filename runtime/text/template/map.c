/* Maps of rendered texts: which node printed which bytes. */
#include "runtime/text/template/map.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/template/library.h"
#include "runtime/text/template/track.h"

void render_map(struct render *render)
{
	if (!render->map)
		render->map = arena_alloc(&render->arena, sizeof(*render->map));
	*render->map = (struct map){.ranges = NULL};
}

static int add(struct render *render, const struct range *range)
{
	struct map *map = render->map;

	if (range->end == range->start || render->out->full)
		return 0;
	if (map->count == RANGES_MAX)
		return render_fail(render, RENDER_LIMIT,
				   "the output has more than %d parts to map",
				   RANGES_MAX);
	if (map->count == map->capacity) {
		map->capacity = map->capacity * 2 + 64;
		map->ranges = mem_grow(map->ranges,
				       map->capacity * sizeof(*map->ranges));
	}
	map->ranges[map->count++] = *range;
	return 0;
}

static struct capture *capture_of(struct map *map, const char *bytes)
{
	uintptr_t bits = (uintptr_t)bytes;

	return &map->captures[(bits >> 4 ^ bits >> 12) % CAPTURES];
}

/* A captured text is printed: its ranges are known. */
static int replay(struct render *render, const struct capture *capture,
		  size_t start)
{
	for (uint32_t i = 0; i < capture->count; i++) {
		struct range range = capture->ranges[i];

		range.start += start;
		range.end += start;
		if (add(render, &range) != 0)
			return -1;
	}
	return render_count(render, capture->count);
}

/* Has the text a secret of its own, if it should have one at all? */
static bool agrees(const struct capture *capture, struct value value)
{
	if (!(value.flags & FLAGS_SECRET))
		return true;
	for (uint32_t i = 0; i < capture->count; i++)
		if (capture->ranges[i].secret)
			return true;
	return false;
}

int map_print(struct render *render, const struct node *node,
	      struct value value, size_t start)
{
	struct map *map = render->map;
	size_t length = render->out->length - start;

	if (!map)
		return 0;
	if (value.kind == VALUE_STRING && length > 0 &&
	    value.length == length) {
		const struct capture *capture = capture_of(map, value.bytes);

		if (capture->bytes == value.bytes &&
		    capture->length == value.length && agrees(capture, value))
			return replay(render, capture, start);
	}
	return add(render,
		   &(struct range){.start = start,
				   .end = render->out->length,
				   .template = render->frame->loaded->template,
				   .node = node,
				   .origin = map->origin,
				   .secret = value.flags & FLAGS_SECRET});
}

int map_text(struct render *render, const struct node *node, size_t start)
{
	if (!render->map)
		return 0;
	return add(render,
		   &(struct range){.start = start,
				   .end = render->out->length,
				   .template = render->frame->loaded->template,
				   .node = node});
}

void map_take(struct render *render, size_t start, struct value *out)
{
	struct map *map = render->map;
	struct capture *capture;
	struct range *kept;
	uint32_t first;
	uint32_t count;

	if (!map)
		return;
	first = map->count;
	while (first > 0 && map->ranges[first - 1].start >= start)
		first--;
	count = map->count - first;
	map->count = first;
	if (!out || count == 0 || out->length == 0)
		return;
	kept = arena_alloc(&render->arena, count * sizeof(*kept));
	for (uint32_t i = 0; i < count; i++) {
		kept[i] = map->ranges[first + i];
		kept[i].start -= start;
		kept[i].end -= start;
		if (kept[i].secret)
			out->flags |= VALUE_TAINTED;
	}
	capture = capture_of(map, out->bytes);
	*capture = (struct capture){out->bytes, out->length, count, kept};
}

/* Two texts that differ in blanks: how far they were compared. */
struct pair {
	struct value from, out;
	size_t at, out_at; /* in these */
};

/* Go on to byte `to` of the first text; false: they differ in more. */
static bool advance(struct pair *pair, size_t to)
{
	while (pair->at < to) {
		const char *bytes = pair->out.bytes + pair->out_at;
		char byte = pair->from.bytes[pair->at];
		bool left = pair->out_at < pair->out.length;

		if (left && byte == *bytes) {
			pair->at++;
			pair->out_at++;
		} else if (left && *bytes == ' ') {
			pair->out_at++;
		} else if (byte == ' ' || (byte >= '\t' && byte <= '\r')) {
			pair->at++;
		} else {
			return false;
		}
	}
	return true;
}

void map_reshape(struct render *render, struct value name, struct value from,
		 struct value out)
{
	const struct capture *capture = capture_of(render->map, from.bytes);
	struct pair pair = {.from = from, .out = out};
	struct range *kept;
	uint32_t count = capture->count;

	if ((!text_is(name, "indent") && !text_is(name, "trim")) ||
	    capture->bytes != from.bytes || capture->length != from.length ||
	    out.length == 0 || render_count(render, from.length / 64) != 0)
		return;
	kept = arena_alloc(&render->arena, count * sizeof(*kept));
	for (uint32_t i = 0; i < count; i++) {
		kept[i] = capture->ranges[i];
		if (!advance(&pair, kept[i].start))
			return;
		kept[i].start = pair.out_at;
		if (!advance(&pair, kept[i].end))
			return;
		kept[i].end = pair.out_at;
	}
	*capture_of(render->map, out.bytes) =
		(struct capture){out.bytes, out.length, count, kept};
}

/* The last range that begins at or before `offset`; NULL: none. */
static const struct range *range_at(const struct map *map, size_t offset)
{
	uint32_t low = 0;
	uint32_t high = map ? map->count : 0;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (map->ranges[middle].start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &map->ranges[low - 1] : NULL;
}

static uint32_t count_lines(const char *from, const char *to)
{
	uint32_t lines = 0;

	while ((from = memchr(from, '\n', (size_t)(to - from)))) {
		from++;
		lines++;
	}
	return lines;
}

/* A text of the template has many lines; what it prints has them, too. */
static uint32_t line_of(const struct range *range, const struct buf *text,
			size_t offset)
{
	const struct template *template = range->template;
	const char *bytes = range->node->value.bytes;
	uint32_t line = range->node->line;

	if (range->node->kind != NODE_TEXT)
		return line;
	if (bytes >= template->source &&
	    bytes < template->source + template->length)
		line = 1 + count_lines(template->source, bytes);
	if (offset > text->length || offset < range->start)
		return line;
	return line +
	       count_lines(text->data + range->start, text->data + offset);
}

bool render_map_at(const struct render *render, const struct buf *text,
		   size_t offset, struct map_spot *spot, struct buf *path)
{
	const struct range *range = range_at(render->map, offset);

	if (!range || offset >= text->length)
		return false;
	*spot = (struct map_spot){.template = range->template->name,
				  .line = line_of(range, text, offset),
				  .secret =
					  range->secret && offset < range->end};
	if (offset < range->end)
		map_path(&range->origin, path);
	return true;
}

size_t render_map_value(const struct render *render, size_t from, size_t to,
			size_t near)
{
	const struct map *map = render->map;
	const struct range *range = range_at(map, from);
	const struct range *end = map ? map->ranges + map->count : NULL;
	const struct range *found = NULL;

	for (; range && range < end && range->start < to; range++)
		if (has_origin(&range->origin) && range->end > from &&
		    (!found || range->start <= near))
			found = range;
	return found && found->start > from ? found->start : from;
}

/* Bytes that a secret went into: a mark for each line of them. */
static void hide(const char *from, const char *to, const char *mark,
		 bool *hidden, struct buf *out)
{
	for (; from < to; from++) {
		if (*from == '\n')
			buf_putc(out, '\n');
		else if (!*hidden)
			buf_puts(out, mark);
		*hidden = *from != '\n';
	}
}

int render_map_masked(const struct render *render, const struct buf *text,
		      const char *mark, struct buf *out)
{
	const struct map *map = render->map;
	size_t at = 0;
	bool hidden = false; /* the mark of this line is there already */

	for (uint32_t i = 0; map && i < map->count; i++) {
		const struct range *range = &map->ranges[i];

		if (!range->secret)
			continue;
		if (range->start > at)
			hidden = false;
		buf_append(out, text->data + at, range->start - at);
		hide(text->data + range->start, text->data + range->end, mark,
		     &hidden, out);
		at = range->end;
	}
	if (at < text->length)
		buf_append(out, text->data + at, text->length - at);
	return out->full ? -1 : 0;
}
