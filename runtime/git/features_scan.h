/* The first pass: every commit of a history is read and compared, in parallel.
 */
#pragma once

#include "runtime/git/features_history.h"
#include "runtime/git/library.h"

/*
 * Read all commits that `tip` reaches and that are not in `history` yet, and
 * compare each, unless it is a merge, with its first parent. As many threads
 * as there are processors take part, the caller's among them. On failure
 * `history` is not to be used.
 */
int scan_history(const struct repo *repo, const git_oid *tip,
		 struct history *history, struct error **err);
