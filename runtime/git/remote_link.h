/* A connection to a remote: callbacks, cancelling, errors. For this room. */
#pragma once

#include "runtime/git/credentials.h"
#include "runtime/git/library.h"
#include "runtime/git/remote.h"
#include "runtime/git/transfer.h"

/* Begins with remote_link_init and ends with remote_link_release. */
struct remote_link {
	const char *url; /* borrowed; in messages, without password */
	const atomic_bool *cancelled; /* borrowed, or NULL */
	struct transfer *transfer;    /* borrowed, or NULL */
	struct credentials credentials;
	struct ref_changes *changes; /* of refs, collected; borrowed or NULL */
	char *problem; /* owned: why the host was refused; or NULL */
};

void remote_link_init(struct remote_link *link, const struct remote *remote,
		      const char *url);
void remote_link_release(struct remote_link *link);

/* Fill `callbacks`, which borrow `link`. */
void remote_link_callbacks(struct remote_link *link,
			   git_remote_callbacks *callbacks);

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

/* "cannot read from 'URL': why", or with another verb. */
int remote_link_error(const struct remote_link *link, int code,
		      struct error **err);
int remote_link_failed(const struct remote_link *link, const char *verb,
		       int code, struct error **err);
