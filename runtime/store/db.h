/* The database: one SQLite file that every process opens. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"

struct db; /* opaque; one per process, used from the loop's thread only */

enum db_mode {
	DB_WRITE,    /* create and migrate when needed */
	DB_READ_ONLY /* never writes; missing file: ERROR_NOT_FOUND */
};

/*
 * Open HOME/tidemill.db: WAL, synchronous=FULL, foreign keys, a busy handler
 * that waits up to 10 s in steps of fractions of a millisecond. A newer schema
 * than this program's, a corrupted file and a full disk are errors that say so.
 */
struct db *db_open(const char *home, enum db_mode mode, struct error **err);
void db_close(struct db *db);             /* NULL is fine; commits nothing */
const char *db_home(const struct db *db); /* borrowed until db_close */

/*
 * Statements take `types`, one letter a parameter: i int64_t, t const char *
 * (NULL: SQL NULL), d double, b const void * + size_t, n nothing (SQL NULL).
 * They are compiled once and cached by the address of `sql`, which must be a
 * literal or live as long as `db`.
 */
int db_run(struct db *db, struct error **err, const char *sql,
	   const char *types, ...);
int64_t db_last_id(const struct db *db);
int64_t db_changes(const struct db *db); /* rows the last db_run changed */

/* One number, or `missing` when there is no row or it is NULL; errors too. */
int64_t db_number(struct db *db, int64_t missing, const char *sql,
		  const char *types, ...);

struct rows; /* a cursor; opaque */

/* NULL on error. Close it before the same `sql` is used again. */
struct rows *db_query(struct db *db, struct error **err, const char *sql,
		      const char *types, ...);
/* 1: a row is there, 0: the end, -1: an error. */
int rows_next(struct rows *rows, struct error **err);
int64_t rows_int(struct rows *rows, int column); /* NULL reads as 0 */
double rows_double(struct rows *rows, int column);
const char *rows_text(struct rows *rows, int column); /* NULL; until next */
bool rows_null(struct rows *rows, int column);
void rows_close(struct rows *rows); /* NULL is fine */

/*
 * A transaction (BEGIN IMMEDIATE). They nest by counting; a rollback inside
 * makes the outermost commit fail. Never keep one open while waiting.
 */
int db_begin(struct db *db, struct error **err);
int db_commit(struct db *db, struct error **err);
void db_rollback(struct db *db);
