#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/store/steplog.h"
#include "runtime/store/steplog_index.h"

enum { TAIL_MAX = 16 * 1024 * 1024 };

struct steplog_reader {
	char *path; /* owned */
	int fd;
	int index_fd;    /* -1: none (yet) */
	uint64_t offset; /* of the next line in the log */
	uint64_t number; /* its number, from 1 */
	char *bytes;     /* owned: STEPLOG_LINE of them */
	size_t start;    /* of what is not given out yet, in `bytes` */
	size_t filled;
	uint64_t marks;           /* how many lie at or before `offset` */
	struct steplog_mark mark; /* the last of them */
};

static void open_index(struct steplog_reader *reader)
{
	char *path;

	if (reader->index_fd >= 0)
		return;
	path = steplog_index_path(reader->path);
	reader->index_fd = open(path, O_RDONLY | O_CLOEXEC);
	mem_free(path);
}

struct steplog_reader *steplog_reader_open(const char *path, struct error **err)
{
	struct steplog_reader *reader;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		error_set(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO,
			  "cannot open log '%s': %s", path, strerror(errno));
		return NULL;
	}
	reader = mem_alloc(sizeof(*reader));
	reader->path = mem_copy(path);
	reader->fd = fd;
	reader->index_fd = -1;
	reader->number = 1;
	reader->bytes = mem_alloc(STEPLOG_LINE);
	open_index(reader);
	return reader;
}

void steplog_reader_close(struct steplog_reader *reader)
{
	if (!reader)
		return;
	close(reader->fd);
	if (reader->index_fd >= 0)
		close(reader->index_fd);
	mem_free(reader->path);
	mem_free(reader->bytes);
	mem_free(reader);
}

uint64_t steplog_reader_size(const struct steplog_reader *reader)
{
	struct stat status;

	return fstat(reader->fd, &status) < 0 ? 0 : (uint64_t)status.st_size;
}

/* Bytes from anywhere: their number, 0 at the end, or -1. */
static ssize_t read_at(const struct steplog_reader *reader, void *bytes,
		       size_t length, uint64_t offset)
{
	ssize_t got;

	do
		got = pread(reader->fd, bytes, length, (off_t)offset);
	while (got < 0 && errno == EINTR);
	return got;
}

static int fail(const struct steplog_reader *reader, struct error **err)
{
	return error_set(err, ERROR_IO, "cannot read log '%s': %s",
			 reader->path, strerror(errno));
}

static void move(struct steplog_reader *reader, uint64_t offset,
		 uint64_t newlines)
{
	reader->offset = offset;
	reader->number = newlines + 1;
	reader->start = reader->filled = 0;
	reader->marks = 0;
}

/* Find the `count`-th newline in a block: what is up to and with it. */
static size_t behind_newlines(const char *bytes, size_t length, uint64_t count)
{
	const char *at = bytes;

	for (; count; count--) {
		at = memchr(at, '\n', length - (size_t)(at - bytes));
		at++;
	}
	return (size_t)(at - bytes);
}

/*
 * Go on from `at`, over at most `newlines` of them and at most to `end`. Stops
 * at the end of the file. `at` is moved and counts the lines.
 */
static int advance(struct steplog_reader *reader, struct steplog_mark *at,
		   uint64_t newlines, uint64_t end, struct error **err)
{
	while (newlines && at->offset < end) {
		uint64_t left = end - at->offset;
		size_t want = left < STEPLOG_LINE ? (size_t)left : STEPLOG_LINE;
		ssize_t got = read_at(reader, reader->bytes, want, at->offset);
		size_t found;

		if (got < 0)
			return fail(reader, err);
		if (got == 0)
			return 0;
		found = steplog_newlines(reader->bytes, (size_t)got);
		if (found >= newlines) {
			got = (ssize_t)behind_newlines(reader->bytes,
						       (size_t)got, newlines);
			found = newlines;
		}
		at->offset += (uint64_t)got;
		at->line += found;
		newlines -= found;
	}
	return 0;
}

static struct steplog_mark mark_number(const struct steplog_reader *reader,
				       uint64_t count)
{
	struct steplog_mark mark = {0};

	if (count && !steplog_mark_read(reader->index_fd, count - 1, &mark))
		memset(&mark, 0, sizeof(mark));
	return mark;
}

int steplog_reader_line(struct steplog_reader *reader, uint64_t number,
			struct error **err)
{
	uint64_t newlines = number ? number - 1 : 0;
	struct steplog_mark at;
	int status;

	open_index(reader);
	at = mark_number(reader,
			 steplog_index_line(reader->index_fd, newlines));
	/* An index that promises more than there is deserves no trust. */
	if (at.offset > steplog_reader_size(reader))
		memset(&at, 0, sizeof(at));
	status = advance(reader, &at, newlines - at.line, UINT64_MAX, err);
	move(reader, at.offset, at.line);
	return status;
}

int steplog_reader_byte(struct steplog_reader *reader, uint64_t offset,
			struct error **err)
{
	uint64_t size = steplog_reader_size(reader);
	struct steplog_mark at;
	int status;

	open_index(reader);
	if (offset > size)
		offset = size;
	at = mark_number(reader,
			 steplog_index_offset(reader->index_fd, offset));
	status = advance(reader, &at, UINT64_MAX, offset, err);
	move(reader, offset, at.line);
	return status;
}

/* The start of the last `count` lines in a block that ends at `length`; takes
 * the newlines it finds off `count`. 0 if the block has too few. */
static size_t lines_before(const char *bytes, size_t length, uint64_t *count)
{
	const char *at = bytes + length;

	while ((at = memrchr(bytes, '\n', (size_t)(at - bytes)))) {
		if (*count == 0)
			return (size_t)(at - bytes) + 1;
		--*count;
	}
	return 0;
}

int steplog_reader_tail(struct steplog_reader *reader, uint64_t count,
			struct error **err)
{
	uint64_t size = steplog_reader_size(reader);
	uint64_t at = size;
	uint64_t floor = size > TAIL_MAX ? size - TAIL_MAX : 0;
	size_t found = 0;
	char last = '\n';

	if (count == 0 || size == 0)
		return steplog_reader_byte(reader, size, err);
	if (read_at(reader, &last, 1, size - 1) < 0)
		return fail(reader, err);
	/* A line is what a newline ends; the last one may have none. */
	if (last != '\n')
		count--;
	while (at > floor && !found) {
		uint64_t left = at - floor;
		size_t want = left < STEPLOG_LINE ? (size_t)left : STEPLOG_LINE;
		ssize_t got = read_at(reader, reader->bytes, want, at - want);

		if (got != (ssize_t)want)
			return fail(reader, err);
		at -= want;
		found = lines_before(reader->bytes, want, &count);
	}
	return steplog_reader_byte(reader, at + found, err);
}

/* Move on to the last mark at or before the offset of the next line. */
static void find_mark(struct steplog_reader *reader)
{
	struct steplog_mark next;

	open_index(reader);
	if (reader->marks == 0) {
		reader->marks =
			steplog_index_offset(reader->index_fd, reader->offset);
		reader->mark = mark_number(reader, reader->marks);
	}
	while (steplog_mark_read(reader->index_fd, reader->marks, &next) &&
	       next.offset <= reader->offset) {
		reader->mark = next;
		reader->marks++;
	}
}

/* Make room and read more behind what is there: as read_at. */
static ssize_t fill(struct steplog_reader *reader)
{
	size_t have = reader->filled - reader->start;
	ssize_t got;

	memmove(reader->bytes, reader->bytes + reader->start, have);
	reader->start = 0;
	reader->filled = have;
	got = read_at(reader, reader->bytes + have, STEPLOG_LINE - have,
		      reader->offset + have);
	if (got > 0)
		reader->filled += (size_t)got;
	return got;
}

/* Is there a whole line? Its length without the newline, or the bytes there. */
static bool find_line(const struct steplog_reader *reader, size_t *length)
{
	const char *start = reader->bytes + reader->start;
	const char *newline;

	*length = reader->filled - reader->start;
	newline = memchr(start, '\n', *length);
	if (newline)
		*length = (size_t)(newline - start);
	return newline;
}

int steplog_reader_next(struct steplog_reader *reader, bool last,
			struct steplog_line *line, struct error **err)
{
	size_t length;
	bool whole = find_line(reader, &length);

	while (!whole && length < STEPLOG_LINE) {
		ssize_t got = fill(reader);

		if (got < 0)
			return fail(reader, err);
		whole = find_line(reader, &length);
		if (got == 0)
			break;
	}
	if (!whole && (length == 0 || (!last && length < STEPLOG_LINE)))
		return 0;
	find_mark(reader);
	line->text = reader->bytes + reader->start;
	line->length = length;
	line->offset = reader->offset;
	line->number = reader->number;
	line->ms = reader->marks ? steplog_mark_ms(&reader->mark) : -1;
	line->stream = reader->marks ? steplog_mark_stream(&reader->mark)
				     : STEPLOG_STDOUT;
	line->whole = whole;
	reader->start += length + whole;
	reader->offset += length + whole;
	reader->number += whole;
	return 1;
}

int64_t steplog_reader_bytes(struct steplog_reader *reader, void *bytes,
			     size_t length, struct error **err)
{
	ssize_t got = read_at(reader, bytes, length, reader->offset);

	if (got < 0)
		return fail(reader, err);
	reader->number += steplog_newlines(bytes, (size_t)got);
	reader->offset += (uint64_t)got;
	reader->start = reader->filled = 0;
	return got;
}
