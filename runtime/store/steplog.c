#include "runtime/store/steplog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/store/steplog_echo.h"
#include "runtime/store/steplog_index.h"
#include "runtime/store/steplog_marks.h"

enum {
	STREAMS = 3,
	PIECES = 64,        /* of masked output for one writev */
	HELD_MAX = 1 << 20, /* more than any form of a secret */
	BLOCK = 64 * 1024
};

struct steplog {
	char *path; /* owned, or NULL */
	uint64_t cap;
	size_t keep;
	struct mask_stream streams[STREAMS];
	struct echo echo;
	struct latest latest;

	int fd;         /* -1 before the first byte */
	uint64_t begin; /* size when it was opened: earlier attempts */
	uint64_t size;
	uint64_t lines; /* newlines */
	bool mid_line;  /* the last byte is no newline */
	bool closed;    /* no more bytes into the file: cap, failure, no path */
	uint64_t dropped;
	struct buf tail; /* of what did not get into the file */
	struct error *error;

	enum steplog_stream stream; /* of the pieces */
	struct iovec pieces[PIECES];
	int piece_count;
	size_t piece_bytes;

	struct steplog_marks marks;
};

struct steplog *steplog_open(const struct steplog_options *options)
{
	struct steplog *log = mem_alloc(sizeof(*log));

	log->path = mem_copy(options->path);
	log->cap = options->cap ? options->cap : STEPLOG_CAP;
	log->keep = options->keep ? options->keep : STEPLOG_KEEP;
	log->fd = -1;
	steplog_marks_init(&log->marks);
	log->closed = !log->path;
	for (unsigned i = 0; i < STREAMS; i++)
		mask_stream_init(&log->streams[i], options->mask);
	echo_init(&log->echo, options->echo ? options->echo_fd : -1,
		  options->echo_prefix);
	buf_init(&log->tail, (size_t)2 * log->keep);
	return log;
}

/* Keep the last bytes of `bytes`; the memory is at most twice `keep`. */
static void keep_tail(struct steplog *log, const char *bytes, size_t length)
{
	if (length > log->keep) {
		bytes += length - log->keep;
		length = log->keep;
	}
	if (log->tail.length + length > 2 * log->keep)
		buf_consume(&log->tail, log->tail.length + length - log->keep);
	buf_append(&log->tail, bytes, length);
}

/* The end of this attempt's part of the file, as far as `keep` goes. */
static void tail_of_file(struct steplog *log)
{
	uint64_t length = log->size - log->begin;
	char *room;
	ssize_t got;

	if (length > log->keep)
		length = log->keep;
	room = log->fd < 0 ? NULL : buf_reserve(&log->tail, length);
	if (!room)
		return;
	got = pread(log->fd, room, length, (off_t)(log->size - length));
	if (got > 0)
		log->tail.length += (size_t)got;
	log->tail.data[log->tail.length] = '\0';
}

/* From here on nothing gets into the file any more. */
static void close_file(struct steplog *log)
{
	if (!log->closed)
		tail_of_file(log);
	log->closed = true;
}

static void failed(struct steplog *log, const char *what)
{
	int why = errno;

	if (!log->error)
		error_set(&log->error, ERROR_IO, "cannot %s log '%s': %s", what,
			  log->path, strerror(why));
}

static int make_dir(const char *path)
{
	char *dir = path_dir(path);
	int status = mkdir(dir, 0700);

	if (status < 0 && errno == ENOENT && strcmp(dir, "/") != 0 &&
	    make_dir(dir) == 0)
		status = mkdir(dir, 0700);
	if (status < 0 && errno == EEXIST)
		status = 0;
	mem_free(dir);
	return status;
}

/* Count the lines that are there already, from the last good mark on. */
static void count_lines(struct steplog *log)
{
	struct steplog_mark at =
		steplog_marks_open(&log->marks, log->path, log->size);
	char *block = mem_alloc(BLOCK);

	log->lines = at.line;
	while (at.offset < log->size) {
		ssize_t got = pread(log->fd, block, BLOCK, (off_t)at.offset);

		if (got <= 0)
			break;
		log->lines += steplog_newlines(block, (size_t)got);
		log->mid_line = block[got - 1] != '\n';
		at.offset += (uint64_t)got;
	}
	mem_free(block);
}

static void open_file(struct steplog *log)
{
	enum { FLAGS = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC };
	struct stat status;

	log->fd = open(log->path, FLAGS, 0600);
	if (log->fd < 0 && errno == ENOENT && make_dir(log->path) == 0)
		log->fd = open(log->path, FLAGS, 0600);
	if (log->fd < 0 || fstat(log->fd, &status) < 0) {
		failed(log, "open");
		close_file(log);
		return;
	}
	log->begin = log->size = (uint64_t)status.st_size;
	count_lines(log);
}

static void drop(struct steplog *log, const char *bytes, size_t length)
{
	if (log->path)
		log->dropped += length;
	keep_tail(log, bytes, length);
}

/* What got into the file: lines and whether the last one is whole. */
static void account(struct steplog *log, const char *bytes, size_t length)
{
	if (length == 0)
		return;
	log->size += length;
	log->lines += steplog_newlines(bytes, length);
	log->mid_line = bytes[length - 1] != '\n';
}

/* Write the first `left` bytes of the pieces; returns how many it wrote. */
static size_t write_pieces(struct steplog *log, size_t left)
{
	struct iovec pieces[PIECES];
	struct iovec *at = pieces;
	size_t done = 0;
	int count = 0;

	for (; count < log->piece_count && left; count++) {
		pieces[count] = log->pieces[count];
		if (pieces[count].iov_len > left)
			pieces[count].iov_len = left;
		left -= pieces[count].iov_len;
	}
	while (count) {
		ssize_t wrote = writev(log->fd, at, count);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0) {
			failed(log, "write");
			break;
		}
		done += (size_t)wrote;
		for (; count && (size_t)wrote >= at->iov_len; count--, at++)
			wrote -= (ssize_t)at->iov_len;
		if (count) {
			at->iov_base = (char *)at->iov_base + wrote;
			at->iov_len -= (size_t)wrote;
		}
	}
	return done;
}

static void flush(struct steplog *log)
{
	size_t wrote = 0;

	if (log->piece_count == 0)
		return;
	if (log->fd < 0 && !log->closed)
		open_file(log);
	if (!log->closed) {
		uint64_t room = log->size < log->cap ? log->cap - log->size : 0;

		if (room)
			steplog_marks_chunk(&log->marks, log->size, log->lines,
					    log->stream);
		wrote = write_pieces(log, room < log->piece_bytes
						  ? (size_t)room
						  : log->piece_bytes);
	}
	for (int i = 0; i < log->piece_count; i++) {
		const char *bytes = log->pieces[i].iov_base;
		size_t length = log->pieces[i].iov_len;
		size_t written = length < wrote ? length : wrote;

		account(log, bytes, written);
		wrote -= written;
		if (written == length)
			continue;
		close_file(log);
		drop(log, bytes + written, length - written);
	}
	log->piece_count = 0;
	log->piece_bytes = 0;
}

static void on_masked(void *context, const char *bytes, size_t length)
{
	struct steplog *log = context;

	if (log->piece_count == PIECES)
		flush(log);
	log->pieces[log->piece_count].iov_base = (char *)bytes;
	log->pieces[log->piece_count++].iov_len = length;
	log->piece_bytes += length;
	latest_write(&log->latest, bytes, length);
	echo_write(&log->echo, log->stream, bytes, length);
}

void steplog_write(struct steplog *log, enum steplog_stream stream,
		   const void *bytes, size_t length)
{
	log->stream = stream;
	mask_write(&log->streams[stream], bytes, length, on_masked, log);
	flush(log);
	if (log->echo.out.length)
		echo_flush(&log->echo);
}

static void on_held(void *context, const char *bytes, size_t length)
{
	buf_append(context, bytes, length);
}

void steplog_remask(struct steplog *log, const struct mask *mask)
{
	for (unsigned i = 0; i < STREAMS; i++) {
		struct buf held;

		/* What was held back may begin one of the new secrets, too. */
		buf_init(&held, HELD_MAX);
		mask_end(&log->streams[i], on_held, &held);
		mask_stream_release(&log->streams[i]);
		mask_stream_init(&log->streams[i], mask);
		log->stream = (enum steplog_stream)i;
		if (held.length > 0)
			mask_write(&log->streams[i], held.data, held.length,
				   on_masked, log);
		flush(log);
		buf_release(&held);
	}
}

void steplog_note(struct steplog *log, const char *text)
{
	char *line;

	if (log->fd < 0 && !log->closed)
		open_file(log);
	line = mem_printf("%s[tidemill: %s]\n", log->mid_line ? "\n" : "",
			  text);
	steplog_write(log, STEPLOG_NOTE, line, strlen(line));
	mem_free(line);
}

const char *steplog_latest(struct steplog *log)
{
	return latest_line(&log->latest);
}

const struct error *steplog_error(const struct steplog *log)
{
	return log->error;
}

/* Behind the cap, so that whoever reads the file knows what is missing. */
static void note_truncation(struct steplog *log)
{
	uint64_t unit = log->cap % 1048576 ? 1 : 1048576;
	char *line = mem_printf("%s[tidemill: output truncated at %llu %s; "
				"%llu bytes dropped]\n",
				log->mid_line ? "\n" : "",
				(unsigned long long)(log->cap / unit),
				unit == 1 ? "bytes" : "MiB",
				(unsigned long long)log->dropped);
	size_t length = strlen(line);

	if (write(log->fd, line, length) == (ssize_t)length)
		account(log, line, length);
	mem_free(line);
}

static void take_tail(struct steplog *log, struct steplog_result *result)
{
	if (!log->closed)
		tail_of_file(log);
	if (log->tail.length > log->keep)
		buf_consume(&log->tail, log->tail.length - log->keep);
	result->tail_length = log->tail.length;
	result->tail = buf_take(&log->tail);
}

static void release(struct steplog *log)
{
	for (unsigned i = 0; i < STREAMS; i++)
		mask_stream_release(&log->streams[i]);
	echo_release(&log->echo);
	buf_release(&log->tail);
	if (log->fd >= 0)
		close(log->fd);
	steplog_marks_close(&log->marks);
	mem_free(log->path);
	mem_free(log);
}

int steplog_close(struct steplog *log, struct steplog_result *result,
		  struct error **err)
{
	struct error *error;

	for (unsigned i = 0; i < STREAMS; i++) {
		log->stream = (enum steplog_stream)i;
		mask_end(&log->streams[i], on_masked, log);
		flush(log);
	}
	if (result) {
		memset(result, 0, sizeof(*result));
		take_tail(log, result);
	}
	if (log->dropped && !log->error && log->fd >= 0)
		note_truncation(log);
	if (result) {
		result->bytes = log->size;
		result->lines = log->lines + log->mid_line;
		result->dropped = log->dropped;
	}
	error = log->error;
	release(log);
	return error ? error_move(err, error) : 0;
}
