/* Finding a branch by its name. For this room. */
#pragma once

#include "runtime/git/branch.h"
#include "runtime/git/library.h"

/* The local branch `name`; ERROR_NOT_FOUND names the nearest one. */
int branch_find(struct repo *repo, const char *name, git_reference **branch,
		struct error **err);
