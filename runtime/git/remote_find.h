/* Finding a remote by its name. For this room. */
#pragma once

#include "runtime/git/remote_link.h"

/*
 * The remote `name` (NULL: "origin"), or one without a name when it is a URL.
 * ERROR_NOT_FOUND names those that there are.
 */
int remote_find(struct repo *repo, const char *name, git_remote **handle,
		struct error **err);

/* What relative URLs count from: the working tree, or the bare repository. */
const char *remote_base(const struct repo *repo);
