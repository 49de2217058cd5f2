/* What a step's log shows while it is written: whole lines, the last one. */
#pragma once

#include <stddef.h>

#include "runtime/base/buf.h"

enum { ECHO_STREAMS = 3, ECHO_LINE = 8 * 1024, ECHO_LATEST = 256 };

/* Copies whole lines with a prefix to a file descriptor. */
struct echo {
	int fd;                        /* -1: off */
	char *prefix;                  /* owned, or NULL */
	struct buf part[ECHO_STREAMS]; /* lines that are not whole yet */
	struct buf out;
};

void echo_init(struct echo *echo, int fd, const char *prefix);
void echo_release(struct echo *echo); /* shows unfinished lines first */
void echo_write(struct echo *echo, unsigned stream, const char *bytes,
		size_t length);
void echo_flush(struct echo *echo);

/* Remembers the last line that has something in it. */
struct latest {
	char line[ECHO_LATEST]; /* the last whole one */
	char part[ECHO_LATEST]; /* what has begun after it */
	size_t part_length;
};

void latest_write(struct latest *latest, const char *bytes, size_t length);
const char *latest_line(const struct latest *latest);
