/* A connection to a remote: callbacks, cancelling, errors. For this room. */
#pragma once

#include "runtime/git/credentials.h"
#include "runtime/git/library.h"

struct remote_link {
	const char *url; /* borrowed; in messages, without password */
	const atomic_bool *cancelled; /* borrowed, or NULL */
	struct credentials credentials;
};

/* Fill the callbacks of `options`, which borrow `link`. */
void remote_link_prepare(struct remote_link *link, git_fetch_options *options);

/* These two return what libgit2 returns. */
int remote_link_connect(struct remote_link *link, git_remote *remote);

/*
 * Connect if needed, download, update refs, prune. With `specs` they say what;
 * else the remote's own do, and its tags come along.
 */
int remote_link_fetch(struct remote_link *link, git_remote *remote,
		      const git_strarray *specs, struct error **err);

int remote_link_error(const struct remote_link *link, int code,
		      struct error **err);
