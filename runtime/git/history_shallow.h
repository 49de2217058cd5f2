/* The history of shallow clones. For this room. */
#pragma once

#include "runtime/git/history.h"

/*
 * What log_read gives, as lines of names in `*oids` (owned), by the git
 * program. Both ends of the query are known to exist.
 */
int shallow_list(struct repo *repo, const struct log_query *query, size_t limit,
		 char **oids, struct error **err);
