/* Group commit: what one iteration of the loop writes shares one fsync. */
#pragma once

#include <uv.h>

#include "runtime/loop/op.h"
#include "runtime/store/db.h"

/*
 * Attach `db` to `loop`: db_write opens a transaction at the first write of an
 * iteration, and it is committed (FULL) before the loop waits again.
 * db_ungroup commits what is open and closes the handles; run the loop once
 * more before db_close. db_close alone commits an open group too.
 */
void db_group(struct db *db, uv_loop_t *loop);
void db_ungroup(struct db *db);

/*
 * Like db_run, but durable only with the group: start a struct commit to know
 * when. Without db_group, and in a db_begin transaction, the same as db_run.
 * When the disk makes the group impossible, everything in it is undone and
 * every commit that waits, or else the next one, gets the error.
 */
int db_write(struct db *db, struct error **err, const char *sql,
	     const char *types, ...);

/*
 * From now on let a group that no struct commit waits for stay open for up to
 * `ms` milliseconds, so that many iterations share one fsync; 0: as before.
 * Others cannot write meanwhile: for bulk work, and a few milliseconds.
 */
void db_group_patience(struct db *db, int64_t ms);

/* Open the group by hand, before statements of db_prepare. */
int db_group_open(struct db *db, struct error **err);

/* Commit the group now instead of at the end of the iteration. */
int db_flush(struct db *db, struct error **err);

struct commit {
	struct op op;
	struct db *db;       /* private */
	struct commit *next; /* private */
};

/*
 * Completes when everything that was written so far is durable, or with the
 * error that undid it. Cancelling does nothing: it is over in a moment. `db`
 * must be attached to a loop.
 */
void commit_start(struct commit *commit, struct db *db);
