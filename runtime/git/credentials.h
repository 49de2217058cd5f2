/* Credentials: who we are to a remote, from environment, netrc and keys. */
#pragma once

#include <git2.h>

/* State of one connection: every way to log in is tried once. Zeroed. */
struct credentials {
	unsigned passwords; /* ways tried */
	unsigned keys;
};

/* A git_credential_acquire_cb; `payload` is a struct credentials. */
int credentials_acquire(git_credential **out, const char *url, const char *user,
			unsigned allowed, void *payload);

/*
 * Look up `host` in the text of a netrc file; `user` and `password` become
 * owned strings. Returns whether it is there.
 */
int credentials_netrc(const char *text, const char *host, char **user,
		      char **password);
