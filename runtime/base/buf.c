#include "runtime/base/buf.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/mem.h"

void buf_init(struct buf *buf, size_t max)
{
	memset(buf, 0, sizeof(*buf));
	buf->max = max;
}

void buf_release(struct buf *buf)
{
	mem_free(buf->data);
	buf_init(buf, buf->max);
}

void buf_clear(struct buf *buf)
{
	buf->length = 0;
	buf->full = false;
	if (buf->data)
		buf->data[0] = '\0';
}

char *buf_reserve(struct buf *buf, size_t length)
{
	size_t needed = buf->length + length + 1;

	if (buf->full || length > buf->max - buf->length) {
		buf->full = true;
		return NULL;
	}
	if (needed > buf->capacity) {
		size_t capacity = buf->capacity ? buf->capacity : 64;

		while (capacity < needed)
			capacity *= 2;
		buf->data = mem_grow(buf->data, capacity);
		buf->capacity = capacity;
	}
	return buf->data + buf->length;
}

int buf_append(struct buf *buf, const void *bytes, size_t length)
{
	char *room = buf_reserve(buf, length);

	if (!room)
		return -1;
	if (length)
		memcpy(room, bytes, length);
	room[length] = '\0';
	buf->length += length;
	return 0;
}

int buf_puts(struct buf *buf, const char *text)
{
	return buf_append(buf, text, strlen(text));
}

int buf_putc(struct buf *buf, char c)
{
	return buf_append(buf, &c, 1);
}

int buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	char *text;
	int status;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	status = buf_puts(buf, text);
	mem_free(text);
	return status;
}

void buf_consume(struct buf *buf, size_t length)
{
	if (length == 0)
		return;
	buf->length -= length;
	memmove(buf->data, buf->data + length, buf->length);
	buf->data[buf->length] = '\0';
}

char *buf_take(struct buf *buf)
{
	char *text = buf->data ? buf->data : mem_copy("");

	buf->data = NULL;
	buf_release(buf);
	return text;
}
