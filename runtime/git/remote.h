/* Remotes: what another repository has, and copies of it. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "runtime/base/error.h"
#include "runtime/git/refs.h"

/*
 * A URL is http://, https://, ssh://, user@host:path, git://, file:// or a
 * path. The latter two are read as local repositories, never through libgit2's
 * slow local transport.
 *
 * Credentials, in this order: those in the URL; for HTTP, TIDEMILL_GIT_TOKEN
 * (as the password) or TIDEMILL_GIT_USER and TIDEMILL_GIT_PASSWORD, then
 * ~/.netrc (or NETRC); for SSH, the agent, then TIDEMILL_SSH_KEY, else
 * ~/.ssh/id_ed25519, id_ecdsa, id_rsa. Host keys of SSH must be in
 * ~/.ssh/known_hosts. Prompts never happen.
 */
struct remote {
	const char *url;
	const atomic_bool *cancelled; /* or NULL */
};

/* Is it a path or file:// URL? Then the owned path, else NULL. */
char *remote_local_path(const char *url);

/* The URL without a password in it, for messages and logs; owned. */
char *remote_display(const char *url);

/* Tips and HEAD, as refs_read gives them; peeled "^{}" entries are left out. */
int remote_refs(const struct remote *remote, struct refs *refs,
		struct error **err);

/*
 * Bring the bare mirror at `dir` up to date: all branches and tags, forced,
 * removed ones too, HEAD as the remote's. Made if it is missing or half-made.
 */
int remote_mirror(const struct remote *remote, const char *dir,
		  struct error **err);

struct clone_options {
	const char *branch; /* to check out; NULL: the remote's HEAD */
	bool bare;
};

/* Clone into `dir`, which must not exist or be empty. Removed on failure. */
int remote_clone(const struct remote *remote, const char *dir,
		 const struct clone_options *options, struct error **err);

/*
 * Fetch a repository's remote `name` ("origin") with its own refspecs and
 * prune what is gone there.
 */
int remote_fetch(const char *path, const char *name,
		 const atomic_bool *cancelled, struct error **err);
