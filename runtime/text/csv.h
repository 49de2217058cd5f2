/* Reading CSV by RFC 4180, a row at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/buf.h"
#include "runtime/base/error.h"

/* Bytes of a field; borrowed until the next row is read. */
struct csv_field {
	const char *data;
	uint32_t length;
	bool quoted; /* "" is a text without characters, not a missing value */
};

enum {
	CSV_COLUMNS = 1 << 16,
	CSV_ROW_BYTES = 16 << 20, /* of one row */
};

/*
 * A text that is being read. Rows end with LF, CRLF or the text; empty lines
 * are skipped; a byte order mark is, too. Beyond the RFC, what is in quotes
 * may be followed by nothing but a separator or the row's end.
 */
struct csv {
	const char *text, *file; /* borrowed; `file` is how errors name it */
	size_t length, at;
	uint64_t line;  /* of the row that was read, from 1 */
	uint64_t next;  /* line that the next one begins at */
	size_t columns; /* of every row, as the first has; 0 before that */
	struct csv_field *fields; /* owned: of the row that was read */
	size_t count, capacity;
	struct buf unquoted; /* fields of this row that had "" in them */
	char separator;
};

void csv_init(struct csv *csv, const char *text, size_t length,
	      const char *file);
void csv_release(struct csv *csv);

/*
 * Read the next row into `fields`. 1; 0 at the end; -1 with ERROR_INVALID
 * "FILE:LINE: what": a row with another number of fields than the first, a
 * quote that is not closed, text behind one; ERROR_LIMIT.
 */
int csv_next(struct csv *csv, struct error **err);

/*
 * Read a header: names that are not empty, each once. ERROR_INVALID says which
 * is not, or that the file is empty. Copies are made: free each and the list
 * with mem_free. 0 or -1.
 */
int csv_header(struct csv *csv, char ***names, size_t *count,
	       struct error **err);

/*
 * The number in a field: decimal as C has it, inf, nan. An empty one, NA, N/A,
 * null and None are missing: NaN. False when it is something else.
 */
bool csv_number(const struct csv_field *field, double *number);

/* ERROR_INVALID "FILE:LINE: what" about the row that was read. Returns -1. */
int csv_error(const struct csv *csv, struct error **err, const char *format,
	      ...) __attribute__((format(printf, 3, 4)));
