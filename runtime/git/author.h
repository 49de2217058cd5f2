/* Authors: who makes a commit, a tag or a note. For this room. */
#pragma once

#include "runtime/git/library.h"

/*
 * The signature that `text` means: "Ada <ada@example.org>", optionally followed
 * by git's "SECONDS +ZONE". NULL: as git would choose, from GIT_AUTHOR_NAME,
 * GIT_AUTHOR_EMAIL, GIT_AUTHOR_DATE (or GIT_COMMITTER_…), then user.name and
 * user.email, else Tidemill itself. Freed with git_signature_free.
 */
int author_read(struct repo *repo, const char *text, git_signature **who,
		struct error **err);
int committer_read(struct repo *repo, const char *text, git_signature **who,
		   struct error **err);
