#include "runtime/git/known_hosts.h"

#include <libssh2.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"

enum { SSH_PORT = 22, DIGEST = 32 };

static int key_bits(git_cert_ssh_raw_type_t type)
{
	switch (type) {
	case GIT_CERT_SSH_RAW_TYPE_RSA:
		return LIBSSH2_KNOWNHOST_KEY_SSHRSA;
	case GIT_CERT_SSH_RAW_TYPE_DSS:
		return LIBSSH2_KNOWNHOST_KEY_SSHDSS;
	case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_256:
		return LIBSSH2_KNOWNHOST_KEY_ECDSA_256;
	case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_384:
		return LIBSSH2_KNOWNHOST_KEY_ECDSA_384;
	case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_521:
		return LIBSSH2_KNOWNHOST_KEY_ECDSA_521;
	case GIT_CERT_SSH_RAW_TYPE_KEY_ED25519:
		return LIBSSH2_KNOWNHOST_KEY_ED25519;
	default:
		return LIBSSH2_KNOWNHOST_KEY_UNKNOWN;
	}
}

static enum known_host look_up(LIBSSH2_KNOWNHOSTS *hosts, const char *host,
			       int port, const git_cert_hostkey *key)
{
	int bits = LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW |
		   key_bits(key->raw_type);

	if (!(key->type & GIT_CERT_SSH_RAW))
		return HOST_UNKNOWN;
	switch (libssh2_knownhost_checkp(hosts, host, port, key->hostkey,
					 key->hostkey_len, bits, NULL)) {
	case LIBSSH2_KNOWNHOST_CHECK_MATCH:
		return HOST_KNOWN;
	case LIBSSH2_KNOWNHOST_CHECK_MISMATCH:
		return HOST_CHANGED;
	default:
		return HOST_UNKNOWN;
	}
}

enum known_host known_hosts_check(const char *const *files, const char *host,
				  int port, const git_cert_hostkey *key)
{
	LIBSSH2_SESSION *session = libssh2_session_init();
	LIBSSH2_KNOWNHOSTS *hosts =
		session ? libssh2_knownhost_init(session) : NULL;
	enum known_host found = HOST_UNKNOWN;

	for (; hosts && *files; files++)
		libssh2_knownhost_readfile(hosts, *files,
					   LIBSSH2_KNOWNHOST_FILE_OPENSSH);
	if (hosts) {
		found = look_up(hosts, host, port ? port : SSH_PORT, key);
		libssh2_knownhost_free(hosts);
	}
	if (session)
		libssh2_session_free(session);
	return found;
}

/* "SHA256:…" as ssh-keygen prints it; owned. */
static char *fingerprint(const git_cert_hostkey *key)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789+/";
	char text[DIGEST * 4 / 3 + 2];
	const unsigned char *bytes = key->hash_sha256;
	size_t used = 0;
	unsigned long held = 0;
	int bits = 0;

	if (!(key->type & GIT_CERT_SSH_SHA256))
		return mem_copy("unknown");
	for (int i = 0; i < DIGEST; i++) {
		held = (held << 8 | bytes[i]) & 0xffff;
		for (bits += 8; bits >= 6; bits -= 6)
			text[used++] = letters[held >> (bits - 6) & 63];
	}
	text[used++] = letters[held << (6 - bits) & 63];
	text[used] = '\0';
	return mem_printf("SHA256:%s", text);
}

/* How OpenSSH names a host in its files; owned. */
static char *place_name(const char *host, int port)
{
	if (port == 0 || port == SSH_PORT)
		return mem_copy(host);
	return mem_printf("[%s]:%d", host, port);
}

static char *explain(enum known_host found, const char *host, int port,
		     const git_cert_hostkey *key)
{
	char *print = fingerprint(key);
	char *name = place_name(host, port);
	char *where = port == 0 || port == SSH_PORT
			      ? mem_copy(host)
			      : mem_printf("-p %d %s", port, host);
	char *text;

	if (found == HOST_CHANGED)
		text = mem_printf(
			"the host key of '%s' has changed, it is now %s: "
			"somebody may be listening in. If its operator "
			"confirms the new key, forget the old one with "
			"`ssh-keygen -R '%s'` and add the new one with "
			"`ssh-keyscan %s >> ~/.ssh/known_hosts`",
			name, print, name, where);
	else
		text = mem_printf(
			"the host key of '%s' is not known: if %s is what its "
			"operator publishes, add it with `ssh-keyscan %s >> "
			"~/.ssh/known_hosts`",
			name, print, where);
	mem_free(where);
	mem_free(print);
	mem_free(name);
	return text;
}

char *known_hosts_problem(const char *host, int port,
			  const git_cert_hostkey *key)
{
	const char *home = getenv("HOME");
	char *own = path_join(home ? home : "/", ".ssh/known_hosts");
	const char *files[] = {own, "/etc/ssh/ssh_known_hosts", NULL};
	enum known_host found = known_hosts_check(files, host, port, key);

	mem_free(own);
	return found == HOST_KNOWN ? NULL : explain(found, host, port, key);
}
