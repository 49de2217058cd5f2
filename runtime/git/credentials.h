/* Credentials: who we are to a remote, as told or from the usual places. */
#pragma once

#include <git2.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "runtime/git/login.h"

/*
 * State of one connection: every way to log in is tried once, in this order.
 * HTTP: the login's own; TIDEMILL_GIT_TOKEN and the like; netrc; git's helper
 * programs. SSH: the login's key; the agent; TIDEMILL_SSH_KEY or the usual
 * files. Zeroed but for what is borrowed.
 */
struct credentials {
	const struct login *login;    /* or NULL */
	const atomic_bool *cancelled; /* or NULL */
	unsigned passwords;           /* ways tried */
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

/*
 * Ask the programs of git's credential.helper about `url`, never a person;
 * `user` and `password` become owned strings. Returns whether one knew.
 */
int credentials_helper(const char *url, const char *wanted,
		       const atomic_bool *cancelled, char **user,
		       char **password);
