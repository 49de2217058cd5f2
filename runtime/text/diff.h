/* What changed between two texts, line by line. */
#pragma once

#include <stddef.h>

#include "runtime/base/buf.h"

struct diff_side {
	const char *text; /* borrowed */
	size_t length;
	const char *name; /* behind "---" and "+++" */
};

struct diff_stats {
	size_t added, removed;
};

enum {
	DIFF_EDITS = 4000, /* with more, everything between the first and the
			      last change is one change */
};

/*
 * Append the changes as a unified diff with `context` lines around them;
 * nothing when the texts are equal. The shortest edit script by E. W. Myers:
 * An O(ND) Difference Algorithm and Its Variations, 1986.
 */
void diff_unified(const struct diff_side *before, const struct diff_side *after,
		  size_t context, struct buf *out, struct diff_stats *stats);
