/* Pushing to a repository of this machine. For this room. */
#pragma once

#include "runtime/git/push_plan.h"

/*
 * By the git program: libgit2 would neither run its hooks nor push to one with
 * a working tree.
 */
int push_local(struct repo *repo, const struct remote *remote,
	       const struct push_plan *plan, struct ref_changes *changes,
	       struct error **err);

/* Shared by both ways. */
void push_refuse(struct buf *refused, const char *ref, const char *why);
void push_keep(struct ref_changes *changes, const char *name, const char *old,
	       const char *new);
int push_failed(const char *url, const struct buf *refused, bool stale,
		struct error **err);
