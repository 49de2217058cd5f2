/* The log of a step: masked bytes in a file, times and lines in an index. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"
#include "runtime/text/mask.h"

/*
 * PATH holds the bytes, PATH with ".idx" for ".log" (or ".idx" added) one
 * struct steplog_mark for each chunk of some size or age. The index is a help:
 * where it is missing, torn or wrong, readers scan and times are unknown.
 */
enum steplog_stream { STEPLOG_STDOUT, STEPLOG_STDERR, STEPLOG_NOTE };

enum {
	STEPLOG_CAP = 256 * 1024 * 1024, /* default of options.cap */
	STEPLOG_KEEP = 64 * 1024,        /* default of options.keep */
	STEPLOG_LINE = 64 * 1024,        /* longer lines are read in pieces */
};

/* In the index, in the machine's byte order. */
struct steplog_mark {
	uint64_t offset; /* in the log */
	uint64_t line;   /* newlines before it */
	uint64_t time;   /* check << 56 | milliseconds << 8 | steplog_stream */
};

struct steplog_options {
	const char *path;        /* NULL: keep the tail only, write no file */
	const struct mask *mask; /* borrowed until steplog_close; may be NULL */
	uint64_t cap;            /* bytes in the file; 0: STEPLOG_CAP */
	size_t keep;             /* bytes of the tail; 0: STEPLOG_KEEP */
	bool echo;               /* copy whole lines to `echo_fd` */
	int echo_fd;
	const char *echo_prefix; /* before each of them, or NULL; copied */
};

/* What a step needs to know of its output. */
struct steplog_result {
	uint64_t bytes;   /* that were written to the file */
	uint64_t lines;   /* in the file, counting one without newline */
	uint64_t dropped; /* bytes past the cap, or after a failure */
	char *tail;       /* owned: the last bytes of the masked output */
	size_t tail_length;
};

/* Writing. */

/*
 * Create nothing yet: file and directory are made with the first byte. An
 * existing log is continued. Freed with steplog_close.
 */
struct steplog *steplog_open(const struct steplog_options *options);

/*
 * Mask and write; meant to be called from the read callback. Cannot fail: a
 * failure is kept for steplog_error and steplog_close, and writing stops.
 */
void steplog_write(struct steplog *log, enum steplog_stream stream,
		   const void *bytes, size_t length);

/*
 * From now on mask with another mask, which knows more secrets; borrowed as the
 * first one, which must stay, too, until the call returns.
 */
void steplog_remask(struct steplog *log, const struct mask *mask);

/* Write a line of Tidemill's own: "[tidemill: TEXT]". */
void steplog_note(struct steplog *log, const char *text);

/* The last line so far, at most 255 bytes; borrowed until the next call. */
const char *steplog_latest(struct steplog *log);

/* The first failure (disk full, …), borrowed, or NULL. */
const struct error *steplog_error(const struct steplog *log);

/*
 * Write what was held back and the note about truncation, and free `log`.
 * `result`, if not NULL, is filled in any case; its tail is the caller's.
 * Returns -1 with the first failure in `*err`.
 */
int steplog_close(struct steplog *log, struct steplog_result *result,
		  struct error **err);

/* Reading: any number of readers, also while the step still writes. */

struct steplog_line {
	const char *text; /* without newline; borrowed until the next call */
	size_t length;
	uint64_t offset;
	uint64_t number; /* from 1 */
	int64_t ms;      /* when it was written, or -1: unknown */
	enum steplog_stream stream;
	bool whole; /* ends in a newline (the last one may not yet) */
};

struct steplog_reader; /* starts before the first line */

struct steplog_reader *steplog_reader_open(const char *path,
					   struct error **err);
void steplog_reader_close(struct steplog_reader *reader); /* NULL is fine */

/* Size of the log in bytes at this moment. */
uint64_t steplog_reader_size(const struct steplog_reader *reader);

/* Go before line `number` (from 1), to the end if there are fewer. */
int steplog_reader_line(struct steplog_reader *reader, uint64_t number,
			struct error **err);
/* Go before the last `count` lines (at most the last 16 MiB). */
int steplog_reader_tail(struct steplog_reader *reader, uint64_t count,
			struct error **err);
/* Go to a byte. The line numbers that follow stay right. */
int steplog_reader_byte(struct steplog_reader *reader, uint64_t offset,
			struct error **err);

/*
 * The next line: 1, 0 at the end (call again when the log has grown), or -1.
 * A last line without newline is given only if `last` is true: pass it when
 * nobody writes any more, or when what there is shall be shown.
 */
int steplog_reader_next(struct steplog_reader *reader, bool last,
			struct steplog_line *line, struct error **err);

/*
 * Read up to `length` bytes as they are: their number, 0 at the end, or -1.
 */
int64_t steplog_reader_bytes(struct steplog_reader *reader, void *bytes,
			     size_t length, struct error **err);
