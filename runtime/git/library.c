#include "runtime/git/library.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/mem.h"

/*
 * libgit2 reads the system's certificates when it starts, which takes longer
 * than most of what is done with local repositories. In the static build the
 * linker sends that call here (--wrap), and it is answered with "done" until
 * somebody really needs TLS. The shared library keeps its own way: then
 * __real_… does not exist, and nothing calls this.
 */
int __wrap_mbedtls_x509_crt_parse_file(void *chain, const char *path);
int __real_mbedtls_x509_crt_parse_file(void *chain, const char *path)
	__attribute__((weak));

static atomic_bool certificates_wanted;

int __wrap_mbedtls_x509_crt_parse_file(void *chain, const char *path)
{
	if (!atomic_load(&certificates_wanted) ||
	    !__real_mbedtls_x509_crt_parse_file)
		return 0;
	return __real_mbedtls_x509_crt_parse_file(chain, path);
}

#ifdef __SANITIZE_ADDRESS__
/*
 * libgit2 1.5 forgets the match data of a regular expression that does not
 * match, when it looks through a repository's configuration for remotes. What
 * a server repeats (refs, facts, mirrors, workspaces) does not get there. So
 * does its search for a common ancestor when a shallow clone ends too early.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2\nleak:git_index_read_tree\n"
	       "leak:git_graph_reachable_from_any\n";
}
#endif

static pthread_once_t started = PTHREAD_ONCE_INIT;
static pthread_once_t tls_started = PTHREAD_ONCE_INIT;
static int start_status;
static int tls_status;

static void start(void)
{
	start_status = git_libgit2_init();
	/* Whoever names a repository means it: a server reads repositories of
	 * other users, and nothing here runs hooks or commands of theirs. */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
}

static const char *certificate_file(void)
{
	static const char *const usual[] = {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/ca-bundle.pem",
		"/etc/ssl/cert.pem",
	};
	const char *named = getenv("SSL_CERT_FILE");

	if (named && *named)
		return named;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (access(usual[i], R_OK) == 0)
			return usual[i];
	return NULL;
}

static void start_tls(void)
{
	const char *file = certificate_file();

	atomic_store(&certificates_wanted, true);
	if (file)
		tls_status = git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS,
					      file, NULL);
}

int library_start(struct error **err)
{
	pthread_once(&started, start);
	if (start_status < 0)
		return library_error(err, start_status, "cannot start libgit2");
	return 0;
}

int library_start_tls(struct error **err)
{
	if (library_start(err) != 0)
		return -1;
	pthread_once(&tls_started, start_tls);
	if (tls_status < 0)
		return error_set(err, ERROR_IO,
				 "cannot read the certificates in '%s'",
				 certificate_file());
	return 0;
}

static enum error_code code_of(int code)
{
	switch (code) {
	case GIT_ENOTFOUND:
	case GIT_EUNBORNBRANCH:
		return ERROR_NOT_FOUND;
	case GIT_EEXISTS:
	case GIT_ELOCKED:
	case GIT_EMODIFIED:
		return ERROR_BUSY;
	case GIT_EAMBIGUOUS:
	case GIT_EINVALIDSPEC:
	case GIT_EINVALID:
	case GIT_EPEEL:
		return ERROR_INVALID;
	case GIT_EUSER:
		return ERROR_CANCELLED;
	default:
		return ERROR_IO;
	}
}

int library_error(struct error **err, int code, const char *format, ...)
{
	const git_error *last = code == GIT_EUSER ? NULL : git_error_last();
	const char *why = last && last->message ? last->message : NULL;
	va_list args;
	char *message;

	if (code == GIT_EUSER)
		why = "cancelled";
	va_start(args, format);
	message = mem_vprintf(format, args);
	va_end(args);
	if (why)
		error_set(err, code_of(code), "%s: %s", message, why);
	else
		error_set(err, code_of(code), "%s", message);
	mem_free(message);
	git_error_clear();
	return -1;
}

bool library_cancelled(const atomic_bool *cancelled)
{
	return cancelled && atomic_load(cancelled);
}

int library_stop(struct error **err)
{
	return error_set(err, ERROR_CANCELLED, "cancelled");
}

void library_hex(const git_oid *oid, char hex[OID_HEX + 1])
{
	git_oid_tostr(hex, OID_HEX + 1, oid);
}
