/* Checkout into a new folder: the files of a commit as they are stored. */
#pragma once

#include "runtime/git/library.h"

struct checkout {
	struct repo *source; /* its `cancelled` counts */
	git_commit *commit;
	const char *dir; /* has a .git and nothing else */
	uint64_t files;  /* result: files and links written */
};

/*
 * Write all files and `.git/index`. 1: not done, because something (attributes,
 * core.autocrlf) may want them changed on the way: libgit2 must do it. It takes
 * four times as long, as it looks at each path with care for what is there.
 */
int checkout_write(struct checkout *checkout, struct error **err);
