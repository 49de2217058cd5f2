#include "runtime/git/remote_link.h"

#include "runtime/base/mem.h"
#include "runtime/git/remote.h"

static int stop_if_cancelled(void *payload)
{
	const struct remote_link *link = payload;

	return library_cancelled(link->cancelled) ? GIT_EUSER : 0;
}

static int on_transfer(const git_indexer_progress *progress, void *payload)
{
	(void)progress;
	return stop_if_cancelled(payload);
}

static int on_sideband(const char *text, int length, void *payload)
{
	(void)text;
	(void)length;
	return stop_if_cancelled(payload);
}

static int on_tip(const char *name, const git_oid *old, const git_oid *new,
		  void *payload)
{
	(void)name;
	(void)old;
	(void)new;
	return stop_if_cancelled(payload);
}

static int on_credentials(git_credential **out, const char *url,
			  const char *user, unsigned allowed, void *payload)
{
	struct remote_link *link = payload;

	if (library_cancelled(link->cancelled))
		return GIT_EUSER;
	return credentials_acquire(out, url, user, allowed, &link->credentials);
}

static void fill(struct remote_link *link, git_remote_callbacks *callbacks)
{
	callbacks->payload = link;
	callbacks->credentials = on_credentials;
	callbacks->transfer_progress = on_transfer;
	callbacks->sideband_progress = on_sideband;
	callbacks->update_tips = on_tip;
}

void remote_link_prepare(struct remote_link *link, git_fetch_options *options)
{
	fill(link, &options->callbacks);
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
	fill(link, &callbacks);
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

int remote_link_error(const struct remote_link *link, int code,
		      struct error **err)
{
	char *shown = remote_display(link->url);

	if (library_cancelled(link->cancelled))
		code = GIT_EUSER;
	library_error(err, code, "cannot read from '%s'", shown);
	mem_free(shown);
	return -1;
}
