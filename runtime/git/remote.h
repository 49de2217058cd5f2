/* Remotes: what another repository has, and copies of it. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "runtime/base/error.h"
#include "runtime/git/login.h"
#include "runtime/git/repo.h"

struct transfer; /* see transfer.h */

/*
 * A URL is http://, https://, ssh://, user@host:path, git://, file:// or a
 * path. The latter two are read as local repositories, never through libgit2's
 * slow local transport.
 *
 * Credentials, in this order: those in the URL, those of `login`; for HTTP,
 * TIDEMILL_GIT_TOKEN (as the password) or TIDEMILL_GIT_USER and
 * TIDEMILL_GIT_PASSWORD, then ~/.netrc (or NETRC), then git's helper programs;
 * for SSH, the agent, then TIDEMILL_SSH_KEY, else ~/.ssh/id_ed25519, id_ecdsa,
 * id_rsa. Host keys of SSH must be in ~/.ssh/known_hosts or
 * /etc/ssh/ssh_known_hosts. Prompts never happen.
 */
struct remote {
	const char *url;
	const atomic_bool *cancelled; /* or NULL */
	const struct login *login;    /* or NULL */
	struct transfer *transfer;    /* gets the progress; or NULL */
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
	bool mirror;        /* bare, with all refs as they are there */
	bool single_branch; /* only that branch (by the git program) */
	size_t depth;       /* commits of history (ditto); 0: all */
	bool recursive;     /* with submodules, theirs too */
};

/* Clone into `dir`, which must not exist or be empty. Removed on failure. */
int remote_clone(const struct remote *remote, const char *dir,
		 const struct clone_options *options, struct error **err);

#define REF_CHANGES_MAX 100000

/* A ref that a fetch or a push changed; zeroes: it was not, is not there. */
struct ref_change {
	char *name; /* owned */
	char old[OID_HEX + 1];
	char new[OID_HEX + 1];
};

struct ref_changes {
	struct ref_change *items;
	size_t count;
};

void ref_changes_release(struct ref_changes *changes); /* fine when zeroed */

enum fetch_tags {
	FETCH_TAGS_AUTO, /* those of commits that come along */
	FETCH_TAGS_ALL,
	FETCH_TAGS_NONE,
};

struct fetch_options {
	const char *name;   /* of the remote; NULL: "origin" */
	struct texts specs; /* refspecs; none: the remote's own */
	enum fetch_tags tags;
	bool keep;    /* do not prune what is gone there */
	size_t depth; /* commits of history (by the git program); 0: all */
};

/*
 * Fetch a remote of `repo`; `remote` says how to log in, its `url` does not
 * matter. `changes` becomes what changed; nothing with a depth.
 */
int remote_fetch(struct repo *repo, const struct remote *remote,
		 const struct fetch_options *options,
		 struct ref_changes *changes, struct error **err);
