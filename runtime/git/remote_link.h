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

/* Connect if needed, download, update refs, prune. */
int remote_link_fetch(struct remote_link *link, git_remote *remote,
		      git_remote_autotag_option_t tags, struct error **err);

int remote_link_error(const struct remote_link *link, int code,
		      struct error **err);
