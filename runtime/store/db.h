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
void db_close(struct db *db); /* NULL is fine; an open group is committed */

/*
 * Let db_close leave a small write-ahead log as it is. Else the last one to
 * close moves it into the database, with two more syncs.
 */
void db_keep_log(struct db *db);
const char *db_home(const struct db *db); /* borrowed */

/*
 * Statements take `types`, one letter a parameter:
 *
 *	i int64_t	z int64_t, 0 is NULL	o int64_t, negative is NULL
 *	t const char *, NULL is NULL	b const void *, size_t
 *	d double	n nothing: NULL
 *
 * They are compiled once and cached by the address of `sql`, which must be a
 * literal or live as long as `db`. db_run is durable when it returns, unless
 * a transaction is open; a group that is open (commit.h) is committed with it.
 */
int db_run(struct db *db, struct error **err, const char *sql,
	   const char *types, ...);
int64_t db_last_id(const struct db *db);
int64_t db_changes(const struct db *db); /* rows the last one changed */

/* One number, or `missing` when there is no row or it is NULL; errors too. */
int64_t db_number(struct db *db, int64_t missing, const char *sql,
		  const char *types, ...);

struct rows; /* a cursor; opaque */

/*
 * NULL on error. Freed with rows_close, before `db` is closed. Who writes
 * while a cursor is open begins a transaction before both: otherwise the
 * write fails (ERROR_BUSY) when another process has written in between.
 */
struct rows *db_query(struct db *db, struct error **err, const char *sql,
		      const char *types, ...);
/* 1: a row is there, 0: the end, -1: an error. */
int rows_next(struct rows *rows, struct error **err);
int64_t rows_int(struct rows *rows, int column); /* NULL reads as 0 */
double rows_double(struct rows *rows, int column);
const char *rows_text(struct rows *rows, int column); /* NULL; until next */
bool rows_null(struct rows *rows, int column);
void rows_close(struct rows *rows); /* NULL is fine */

/* One row's first column as an owned string, or NULL: no row, or NULL. */
char *db_text(struct db *db, struct error **err, const char *sql,
	      const char *types, ...);

/*
 * For SQL that is made at run time (bindings): compiled once, cached by its
 * text, the least recently used dropped. Exactly one statement, else
 * ERROR_INVALID. Bind (parameters count from 1), then call rows_next; the
 * bytes of texts and blobs are copied.
 */
struct rows *db_prepare(struct db *db, struct error **err, const char *sql);
int rows_parameters(const struct rows *rows);
int rows_parameter(const struct rows *rows, const char *name); /* 0: none */
const char *rows_parameter_name(const struct rows *rows, int parameter);
void rows_bind_null(struct rows *rows, int parameter);
void rows_bind_int(struct rows *rows, int parameter, int64_t value);
void rows_bind_double(struct rows *rows, int parameter, double value);
void rows_bind_text(struct rows *rows, int parameter, const char *text,
		    size_t length);
bool rows_writes(const struct rows *rows); /* does it change the database? */

enum rows_type { ROWS_NULL, ROWS_INT, ROWS_DOUBLE, ROWS_TEXT, ROWS_BLOB };
int rows_columns(const struct rows *rows);
const char *rows_name(const struct rows *rows, int column); /* borrowed */
enum rows_type rows_type(struct rows *rows, int column);
size_t rows_bytes(struct rows *rows, int column); /* of a text or blob */

/*
 * A transaction (BEGIN IMMEDIATE). They nest by counting; a rollback inside
 * makes the outermost commit fail. Never keep one open while waiting. An open
 * group (commit.h) is committed with it, and survives its rollback.
 */
int db_begin(struct db *db, struct error **err);
int db_commit(struct db *db, struct error **err);
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);

/*
 * Write the WAL back into the database now, as far as readers allow; without
 * it that happens by itself every 1,000 pages. For idle moments.
 */
int db_checkpoint(struct db *db, struct error **err);
