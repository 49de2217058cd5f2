#include "runtime/store/steplog_echo.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/mem.h"

enum { OUT_MAX = 256 * 1024, FLUSH_AT = 32 * 1024 };

void echo_init(struct echo *echo, int fd, const char *prefix)
{
	echo->fd = fd;
	echo->prefix = mem_copy(prefix);
	for (unsigned i = 0; i < ECHO_STREAMS; i++)
		buf_init(&echo->part[i], ECHO_LINE);
	buf_init(&echo->out, OUT_MAX);
}

void echo_release(struct echo *echo)
{
	for (unsigned i = 0; i < ECHO_STREAMS; i++) {
		if (echo->part[i].length)
			echo_write(echo, i, "\n", 1);
		buf_release(&echo->part[i]);
	}
	echo_flush(echo);
	buf_release(&echo->out);
	mem_free(echo->prefix);
}

static void put_line(struct echo *echo, struct buf *part, const char *bytes,
		     size_t length)
{
	if (echo->prefix)
		buf_puts(&echo->out, echo->prefix);
	if (part->length)
		buf_append(&echo->out, part->data, part->length);
	buf_append(&echo->out, bytes, length);
	buf_putc(&echo->out, '\n');
	buf_clear(part);
	if (echo->out.length >= FLUSH_AT)
		echo_flush(echo);
}

void echo_write(struct echo *echo, unsigned stream, const char *bytes,
		size_t length)
{
	struct buf *part = &echo->part[stream];
	const char *end = bytes + length;

	while (echo->fd >= 0 && bytes < end) {
		const char *newline =
			memchr(bytes, '\n', (size_t)(end - bytes));
		size_t room = ECHO_LINE - part->length;
		size_t left = (size_t)((newline ? newline : end) - bytes);

		if (left > room) { /* too long: shown in pieces */
			put_line(echo, part, bytes, room);
			bytes += room;
		} else if (newline) {
			put_line(echo, part, bytes, left);
			bytes = newline + 1;
		} else {
			buf_append(part, bytes, left);
			bytes = end;
		}
	}
}

void echo_flush(struct echo *echo)
{
	size_t done = 0;

	while (echo->fd >= 0 && done < echo->out.length) {
		struct pollfd ready = {.fd = echo->fd, .events = POLLOUT};
		ssize_t wrote = write(echo->fd, echo->out.data + done,
				      echo->out.length - done);

		if (wrote >= 0)
			done += (size_t)wrote;
		else if (errno == EAGAIN)
			poll(&ready, 1, -1);
		else if (errno != EINTR)
			echo->fd = -1; /* nobody looks any more */
	}
	buf_clear(&echo->out);
}

static void set_line(struct latest *latest, const char *bytes, size_t length)
{
	size_t room = sizeof(latest->line) - 1;
	size_t begun = latest->part_length;

	if (length && bytes[length - 1] == '\r')
		length--;
	if (begun + length == 0)
		return;
	if (length > room - begun)
		length = room - begun;
	memcpy(latest->line, latest->part, begun);
	memcpy(latest->line + begun, bytes, length);
	latest->line[begun + length] = '\0';
}

static bool is_blank(const char *bytes, size_t length)
{
	return length == 0 || (length == 1 && *bytes == '\r');
}

/* Take the last line that is not blank of some that end with a newline. */
static void last_line(struct latest *latest, const char *bytes, size_t length)
{
	const char *start;

	while ((start = memrchr(bytes, '\n', length))) {
		size_t before = (size_t)(start - bytes);

		start++;
		if (!is_blank(start, length - before - 1)) {
			latest->part_length = 0;
			set_line(latest, start, length - before - 1);
			return;
		}
		length = before;
	}
	set_line(latest, bytes, length);
}

void latest_write(struct latest *latest, const char *bytes, size_t length)
{
	const char *newline = memrchr(bytes, '\n', length);
	size_t room;

	if (newline) {
		size_t before = (size_t)(newline - bytes);

		last_line(latest, bytes, before);
		latest->part_length = 0;
		length -= before + 1;
		bytes = newline + 1;
	}
	room = sizeof(latest->part) - 1 - latest->part_length;
	if (length > room)
		length = room;
	memcpy(latest->part + latest->part_length, bytes, length);
	latest->part_length += length;
	latest->part[latest->part_length] = '\0';
}

const char *latest_line(const struct latest *latest)
{
	const char *line = latest->part_length ? latest->part : latest->line;
	const char *redrawn = strrchr(line, '\r');

	return redrawn && redrawn[1] ? redrawn + 1 : line;
}
