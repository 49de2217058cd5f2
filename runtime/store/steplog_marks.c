#include "runtime/store/steplog_marks.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"

enum {
	EVERY_BYTES = 64 * 1024, /* a mark at least so often, and … */
	EVERY_MS = 10,           /* … at most so often otherwise, and … */
	SWITCH_BYTES = 64,       /* … after so many bytes of another stream */
	WRITE_MS = 20
};

void steplog_marks_init(struct steplog_marks *marks)
{
	memset(marks, 0, sizeof(*marks));
	marks->fd = -1;
}

/* The log is worth more than its index: on failure it goes on without one. */
static void give_up(struct steplog_marks *marks)
{
	close(marks->fd);
	marks->fd = -1;
}

struct steplog_mark steplog_marks_open(struct steplog_marks *marks,
				       const char *log, uint64_t size)
{
	struct steplog_mark last = {0};
	char *path = steplog_index_path(log);
	uint64_t count;

	marks->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	mem_free(path);
	count = steplog_index_offset(marks->fd, size);
	if (count && !steplog_mark_read(marks->fd, count - 1, &last))
		memset(&last, 0, sizeof(last));
	if (marks->fd >= 0 &&
	    ftruncate(marks->fd, (off_t)(count * sizeof(last))) < 0)
		give_up(marks);
	return last;
}

static void write_kept(struct steplog_marks *marks, int64_t now)
{
	size_t length = marks->count * sizeof(marks->kept[0]);

	marks->count = 0;
	marks->written = now;
	if (length && marks->fd >= 0 &&
	    write(marks->fd, marks->kept, length) != (ssize_t)length)
		give_up(marks);
}

void steplog_marks_chunk(struct steplog_marks *marks, uint64_t offset,
			 uint64_t lines, enum steplog_stream stream)
{
	int64_t now = clock_now();
	uint64_t since = offset - marks->last.offset;
	bool other = steplog_mark_stream(&marks->last) != stream;

	if (marks->any && since < EVERY_BYTES &&
	    now - steplog_mark_ms(&marks->last) < EVERY_MS &&
	    !(other && since >= SWITCH_BYTES))
		return;
	marks->last = steplog_mark_make(offset, lines, now, stream);
	marks->any = true;
	marks->kept[marks->count++] = marks->last;
	if (marks->count == MARKS_KEPT || now - marks->written >= WRITE_MS)
		write_kept(marks, now);
}

void steplog_marks_close(struct steplog_marks *marks)
{
	write_kept(marks, 0);
	if (marks->fd >= 0)
		give_up(marks);
}
