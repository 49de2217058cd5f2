/* What the files of the store share, and nobody else may know. */
#pragma once

#include <sqlite3.h>
#include <stdarg.h>
#include <uv.h>

#include "runtime/store/commit.h"
#include "runtime/store/db.h"

enum { STATEMENTS = 256, TEXTS = 64 };

/* A compiled statement; at the same time the cursor over its rows. */
struct rows {
	struct db *db;
	sqlite3_stmt *statement;
	const void *key; /* address of its SQL; NULL: cached by text */
	uint64_t hash;   /* of its text, when cached by that */
	uint64_t used;   /* for the least recently used */
	bool busy;       /* between db_query and rows_close */
	bool cached;     /* else freed by rows_close */
};

/* The handles outlive the database by one turn of the loop. */
struct group {
	struct db *db; /* NULL: closing */
	uv_prepare_t prepare;
	uv_idle_t idle;
	uv_timer_t timer; /* of a group that waits for more */
	int64_t patience; /* ms; 0: every iteration commits */
	int64_t opened;
	unsigned handles;
	struct commit *waiting; /* oldest first */
	struct commit **last;
	struct error *error; /* of what `waiting` waits for */
};

struct db {
	sqlite3 *sqlite;
	char *home, *path;
	enum db_mode mode;
	unsigned depth;      /* of db_begin */
	bool doomed;         /* an inner transaction was rolled back */
	bool open;           /* the group's transaction is open */
	bool keeps_log;      /* see db_keep_log */
	struct error *lost;  /* why a group was undone; for the next waiter */
	struct group *group; /* NULL: not attached to a loop */
	int64_t patience, busy_since, busy_for; /* us */
	int checkpoint_at;                      /* pages in the WAL */
	int64_t limit, deadline; /* of guarded statements; ms, 0: none */
	uint64_t clock;          /* of rows.used */
	struct rows *statements[STATEMENTS]; /* open addressing by address */
	struct rows *texts[TEXTS];
	unsigned text_count;
};

/* Turn an SQLite result into an error; always -1. */
int db_failed(struct db *db, int result, struct error **err);

/* Run one of our own literals without parameters; changes no group. */
int db_execute(struct db *db, const char *sql, struct error **err);

/* db_run without its care for groups. */
int db_run_list(struct db *db, struct error **err, const char *sql,
		const char *types, va_list args);

/* After a failed statement: has SQLite undone the open group? */
void db_check_lost(struct db *db);

void db_forget_statements(struct db *db);
