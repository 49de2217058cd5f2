/* Texts in the making, escaping, and what the library takes from the arena. */
#include "runtime/text/template/library.h"

static int too_long(struct render *render)
{
	return render_fail(render, RENDER_LIMIT, "a string of more than %d MiB",
			   TEXT_MAX >> 20);
}

void *room_new(struct render *render, uint64_t count, size_t size)
{
	if (count > TEXT_MAX / size * 8) {
		render_fail(render, RENDER_LIMIT, "%llu items are too many",
			    (unsigned long long)count);
		return NULL;
	}
	if (render_room(render, (size_t)count * size))
		return NULL;
	return arena_alloc(render_arena(render), (size_t)count * size);
}

char *text_new(struct render *render, size_t length, struct value *out)
{
	char *bytes;

	if (length > TEXT_MAX) {
		too_long(render);
		return NULL;
	}
	if (render_room(render, length) || render_count(render, length / 64))
		return NULL;
	bytes = arena_alloc(render_arena(render), length ? length : 1);
	*out = value_borrow(bytes, length);
	return bytes;
}

int text_take(struct render *render, struct buf *buf, struct value *out)
{
	char *bytes = NULL;

	if (buf->full)
		too_long(render);
	else
		bytes = text_new(render, buf->length, out);
	if (bytes && buf->length > 0)
		memcpy(bytes, buf->data, buf->length);
	buf_release(buf);
	return bytes ? 0 : -1;
}

int text_done(struct render *render, int status, struct buf *buf,
	      struct value *out)
{
	if (status == 0)
		return text_take(render, buf, out);
	buf_release(buf);
	return -1;
}

int value_to_string(struct render *render, struct value value,
		    struct value *out)
{
	struct buf buf;

	if (value.kind == VALUE_STRING) {
		*out = value;
		return 0;
	}
	text_init(&buf);
	return text_done(render, value_print(render, value, &buf), &buf, out);
}

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\'':
		return "&#39;";
	case '"':
		return "&#34;";
	default:
		return NULL;
	}
}

void escape_bytes(struct buf *out, const char *bytes, size_t length)
{
	const char *plain = bytes;
	const char *end = bytes + length;

	for (const char *at = bytes; at < end; at++) {
		const char *escaped = entity(*at);

		if (!escaped)
			continue;
		buf_append(out, plain, (size_t)(at - plain));
		buf_puts(out, escaped);
		plain = at + 1;
	}
	buf_append(out, plain, (size_t)(end - plain));
}

int value_escape(struct render *render, struct value value, struct buf *out)
{
	struct value text;

	switch (value.kind) {
	case VALUE_STRING:
		if (value.flags & VALUE_SAFE)
			buf_append(out, value.bytes, value.length);
		else
			escape_bytes(out, value.bytes, value.length);
		return 0;
	case VALUE_NONE:
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_UNDEFINED:
		return value_print(render, value, out);
	default:
		if (value_to_string(render, value, &text))
			return -1;
		escape_bytes(out, text.bytes, text.length);
		return 0;
	}
}
