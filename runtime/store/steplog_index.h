/* The index of a step's log, for its writer and its readers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/store/steplog.h"

/* "x/7.log" -> "x/7.idx"; owned. */
char *steplog_index_path(const char *path);

struct steplog_mark steplog_mark_make(uint64_t offset, uint64_t line,
				      int64_t ms, enum steplog_stream stream);
bool steplog_mark_valid(const struct steplog_mark *mark);
int64_t steplog_mark_ms(const struct steplog_mark *mark);
enum steplog_stream steplog_mark_stream(const struct steplog_mark *mark);

/* Read mark number `at`; false where there is no valid one. `fd` may be -1. */
bool steplog_mark_read(int fd, uint64_t at, struct steplog_mark *mark);

/*
 * The number of marks that come before the first one behind a byte offset, or
 * before the first one whose line is `line` or more.
 */
uint64_t steplog_index_offset(int fd, uint64_t offset);
uint64_t steplog_index_line(int fd, uint64_t line);

size_t steplog_newlines(const char *bytes, size_t length);
