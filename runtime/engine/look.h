/* A look into a repository: what the decider must know of a commit. */
#pragma once

#include "runtime/base/buf.h"
#include "runtime/git/refs.h"
#include "runtime/loop/work.h"

struct look {
	struct work work;
	char *path, *old, *new, *recipe; /* owned */
	bool want_paths;

	char commit[OID_HEX + 1]; /* a tag's commit */
	char *text;               /* owned: of the recipe; NULL: no such file */
	size_t length;
	char *author, *message; /* owned */
	char **paths;           /* owned, with what is in it */
	size_t path_count;
	bool truncated; /* there are more paths than anybody counts */
};

/* Fills work.op.release, which frees everything but `look` itself. */
void look_start(struct look *look, uv_loop_t *loop);
