/* Logins: credentials that a caller has for a remote. */
#pragma once

#include <stdbool.h>

/* All strings are borrowed, and NULL unless they were given. */
struct login {
	const char *token; /* HTTP: the password, of any user */
	const char *user;
	const char *password;
	const char *key;        /* SSH: file of the private key */
	const char *passphrase; /* of the key */
	bool no_agent;          /* do not ask the SSH agent */
	bool no_helper;         /* do not ask git's helper programs */
	bool no_netrc;
};
