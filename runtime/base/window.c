/* Reading ahead in a file. */
#include "runtime/base/window.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/mem.h"

enum { FIRST = 1 << 20 };

int window_open(struct window *window, const char *path, size_t max,
		struct error **err)
{
	*window = (struct window){
		.file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY),
		.max = max};
	if (window->file < 0)
		return error_set(err,
				 errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO,
				 "cannot read '%s': %s", path, strerror(errno));
	if (window_more(window, 0, err) < 0)
		return error_wrap(err, "cannot read '%s'", path);
	return 0;
}

void window_close(struct window *window)
{
	if (window->data || window->file > 0)
		close(window->file);
	mem_free(window->data);
	*window = (struct window){.file = -1};
}

static int make_room(struct window *window, struct error **err)
{
	if (window->length < window->capacity)
		return 0;
	if (window->capacity >= window->max)
		return error_set(err, ERROR_LIMIT,
				 "a part of the file has more than %zu MiB",
				 window->max >> 20);
	window->capacity = window->capacity ? 2 * window->capacity : FIRST;
	if (window->capacity > window->max)
		window->capacity = window->max;
	window->data = mem_grow(window->data, window->capacity);
	return 0;
}

int window_more(struct window *window, size_t used, struct error **err)
{
	if (used && used < window->length)
		memmove(window->data, window->data + used,
			window->length - used);
	window->length -= used;
	if (make_room(window, err) < 0)
		return -1;
	while (!window->ended && window->length < window->capacity) {
		ssize_t count =
			read(window->file, window->data + window->length,
			     window->capacity - window->length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set(err, ERROR_IO, "cannot read: %s",
					 strerror(errno));
		window->ended = count == 0;
		window->length += (size_t)count;
	}
	return 0;
}
