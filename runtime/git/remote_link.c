#include "runtime/git/remote_link.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/known_hosts.h"

static int stop_if_cancelled(void *payload)
{
	const struct remote_link *link = payload;

	return library_cancelled(link->cancelled) ? GIT_EUSER : 0;
}

static int on_transfer(const git_indexer_progress *progress, void *payload)
{
	const struct remote_link *link = payload;

	if (link->transfer) {
		transfer_enter(link->transfer, TRANSFER_RECEIVING);
		atomic_store(&link->transfer->objects,
			     progress->received_objects);
		atomic_store(&link->transfer->total, progress->total_objects);
		atomic_store(&link->transfer->bytes, progress->received_bytes);
	}
	return stop_if_cancelled(payload);
}

static int on_sideband(const char *text, int length, void *payload)
{
	(void)text;
	(void)length;
	return stop_if_cancelled(payload);
}

static void keep_change(struct ref_changes *changes, const char *name,
			const git_oid *old, const git_oid *new)
{
	struct ref_change *change;

	if (changes->count == REF_CHANGES_MAX)
		return;
	changes->items = mem_grow(changes->items,
				  (changes->count + 1) * sizeof(*change));
	change = &changes->items[changes->count++];
	change->name = mem_copy(name);
	library_hex(old, change->old);
	library_hex(new, change->new);
}

static int on_tip(const char *name, const git_oid *old, const git_oid *new,
		  void *payload)
{
	const struct remote_link *link = payload;

	if (link->changes)
		keep_change(link->changes, name, old, new);
	return stop_if_cancelled(payload);
}

/* The port in "ssh://host:2222/path"; 0: none is named. */
static int port_of(const char *url)
{
	const char *start = strstr(url, "://");
	const char *end;
	const char *colon;

	if (!start)
		return 0;
	start += 3;
	end = start + strcspn(start, "/");
	colon = memrchr(start, ':', (size_t)(end - start));
	if (!colon || memchr(colon, ']', (size_t)(end - colon)) ||
	    memchr(colon, '@', (size_t)(end - colon)))
		return 0;
	return (int)strtol(colon + 1, NULL, 10);
}

static int on_certificate(git_cert *certificate, int valid, const char *host,
			  void *payload)
{
	struct remote_link *link = payload;

	if (valid)
		return 0;
	mem_free(link->problem);
	link->problem = NULL;
	if (certificate->cert_type == GIT_CERT_HOSTKEY_LIBSSH2)
		link->problem = known_hosts_problem(
			host, port_of(link->url),
			(const git_cert_hostkey *)certificate);
	else
		link->problem = mem_printf(
			"the certificate of '%s' is not signed by anybody who "
			"is trusted here, or not valid now (SSL_CERT_FILE "
			"names a file of further authorities)",
			host);
	if (!link->problem)
		return 0;
	git_error_set_str(GIT_ERROR_NET, link->problem);
	return GIT_ECERTIFICATE;
}

static int on_credentials(git_credential **out, const char *url,
			  const char *user, unsigned allowed, void *payload)
{
	struct remote_link *link = payload;
	int status;

	if (library_cancelled(link->cancelled))
		return GIT_EUSER;
	status = credentials_acquire(out, url, user, allowed,
				     &link->credentials);
	if (status < 0 && git_error_last()) {
		mem_free(link->problem); /* HTTP would call it cancelled */
		link->problem = mem_copy(git_error_last()->message);
	}
	return status;
}

void remote_link_init(struct remote_link *link, const struct remote *remote,
		      const char *url)
{
	*link = (struct remote_link){
		.url = url,
		.cancelled = remote->cancelled,
		.transfer = remote->transfer,
		.credentials = {.login = remote->login,
				.cancelled = remote->cancelled}};
}

void remote_link_release(struct remote_link *link)
{
	transfer_enter(link->transfer, TRANSFER_DONE);
	mem_free(link->problem);
	link->problem = NULL;
}

void remote_link_callbacks(struct remote_link *link,
			   git_remote_callbacks *callbacks)
{
	callbacks->payload = link;
	callbacks->credentials = on_credentials;
	callbacks->certificate_check = on_certificate;
	callbacks->transfer_progress = on_transfer;
	callbacks->sideband_progress = on_sideband;
	callbacks->update_tips = on_tip;
	transfer_enter(link->transfer, TRANSFER_CONNECTING);
}

void remote_link_prepare(struct remote_link *link, git_fetch_options *options)
{
	remote_link_callbacks(link, &options->callbacks);
	options->proxy_opts.type = GIT_PROXY_AUTO;
	options->prune = GIT_FETCH_PRUNE;
}

int remote_link_connect(struct remote_link *link, git_remote *remote)
{
	git_remote_callbacks callbacks;
	git_proxy_options proxy;

	if (library_cancelled(link->cancelled))
		return GIT_EUSER;
	git_remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION);
	git_proxy_options_init(&proxy, GIT_PROXY_OPTIONS_VERSION);
	proxy.type = GIT_PROXY_AUTO;
	remote_link_callbacks(link, &callbacks);
	return git_remote_connect(remote, GIT_DIRECTION_FETCH, &callbacks,
				  &proxy, NULL);
}

int remote_link_fetch(struct remote_link *link, git_remote *remote,
		      const git_strarray *specs, struct error **err)
{
	git_fetch_options options;
	int status;

	if (library_start_tls(err) != 0)
		return -1;
	git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	remote_link_prepare(link, &options);
	options.download_tags = specs ? GIT_REMOTE_DOWNLOAD_TAGS_NONE
				      : GIT_REMOTE_DOWNLOAD_TAGS_AUTO;
	status = git_remote_fetch(remote, specs, &options, NULL);
	return status < 0 ? remote_link_error(link, status, err) : 0;
}

int remote_link_failed(const struct remote_link *link, const char *verb,
		       int code, struct error **err)
{
	char *shown = remote_display(link->url);

	if (library_cancelled(link->cancelled))
		code = GIT_EUSER;
	if (link->problem && !library_cancelled(link->cancelled)) {
		git_error_clear();
		error_set(err, ERROR_IO, "cannot %s '%s': %s", verb, shown,
			  link->problem);
	} else {
		library_error(err, code, "cannot %s '%s'", verb, shown);
	}
	mem_free(shown);
	return -1;
}

int remote_link_error(const struct remote_link *link, int code,
		      struct error **err)
{
	return remote_link_failed(link, "read from", code, err);
}
