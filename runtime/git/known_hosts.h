/* Known hosts: is the key of an SSH server the one that it should have? */
#pragma once

#include <git2.h>

enum known_host {
	HOST_KNOWN,
	HOST_UNKNOWN,
	HOST_CHANGED, /* it is there with another key */
};

/*
 * Look the host and port (0: 22) up in `files` (ends with NULL; those that are
 * not there count as empty), as OpenSSH writes them, hashed names included.
 */
enum known_host known_hosts_check(const char *const *files, const char *host,
				  int port, const git_cert_hostkey *key);

/*
 * The same in ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts. Unless the host
 * is known, what to do about it is an owned text.
 */
char *known_hosts_problem(const char *host, int port,
			  const git_cert_hostkey *key);
