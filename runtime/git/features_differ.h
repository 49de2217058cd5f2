/* What one commit changed: its files of source code, with counted lines. */
#pragma once

#include "runtime/git/features_history.h"
#include "runtime/git/features_lines.h"
#include "runtime/git/features_objects.h"
#include "runtime/git/features_tree.h"

/* One commit to look at. */
struct differ_job {
	uint32_t revision;
	git_oid tree;
	git_oid parent_tree;
	bool has_parent;
};

/* The files of a job, in `touches` of the differ that did it. */
struct differ_result {
	uint32_t revision;
	size_t first;
	size_t count;
};

/* A touch whose names are still places in `names`. */
struct differ_touch {
	size_t path;
	size_t old_path;
	struct touch touch;
};

/* What one thread works with, and all that it found out. */
struct differ {
	struct objects *objects;
	struct line_counter *counter;
	struct tree_changes changes;
	struct differ_touch *touches;
	size_t count;
	size_t capacity;
	struct differ_result *results;
	size_t result_count;
	size_t result_capacity;
	struct buf names;
};

int differ_init(struct differ *differ, const struct repo *repo,
		struct error **err);
void differ_release(struct differ *differ); /* fine when zeroed */

int differ_do(struct differ *differ, const struct differ_job *job,
	      struct error **err);

/* Move everything that was found into `history`, with numbers for names. */
void differ_deliver(struct differ *differ, struct history *history);
