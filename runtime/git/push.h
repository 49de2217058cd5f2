/* Pushing: branches and tags to a remote, and what became of each. */
#pragma once

#include "runtime/git/remote.h"

struct push_options {
	const char *name;    /* of the remote; NULL: "origin" */
	struct texts specs;  /* "main", "HEAD:next", "+x", ":gone", "v1.0" */
	struct texts remove; /* names that are deleted there */
	bool force;
	bool tags;     /* all tags, too */
	bool lease;    /* as force, if the remote still is as last fetched */
	bool upstream; /* the branches track what they are pushed to */
};

/*
 * Push; without specs, the current branch to its own name. `changes` becomes
 * what was asked for and taken. ERROR_CONFLICT: the remote has commits by now
 * that would be lost. ERROR_IO names the refs that it refused, and why. A
 * remote of this machine is pushed to by the git program, so that its hooks
 * run.
 */
int remote_push(struct repo *repo, const struct remote *remote,
		const struct push_options *options, struct ref_changes *changes,
		struct error **err);
