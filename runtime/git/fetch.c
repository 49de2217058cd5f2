/* Fetching: what a remote has got since. */
#include <stdio.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/network.h"
#include "runtime/git/remote_find.h"
#include "runtime/git/remote_program.h"

void ref_changes_release(struct ref_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		mem_free(changes->items[i].name);
	mem_free(changes->items);
	memset(changes, 0, sizeof(*changes));
}

static int fetch_with_library(struct remote_link *link, git_remote *handle,
			      const struct fetch_options *options,
			      struct error **err)
{
	static const git_remote_autotag_option_t tags[] = {
		[FETCH_TAGS_AUTO] = GIT_REMOTE_DOWNLOAD_TAGS_AUTO,
		[FETCH_TAGS_ALL] = GIT_REMOTE_DOWNLOAD_TAGS_ALL,
		[FETCH_TAGS_NONE] = GIT_REMOTE_DOWNLOAD_TAGS_NONE,
	};
	git_strarray specs = {.strings = (char **)options->specs.items,
			      .count = options->specs.count};
	git_fetch_options fetch;
	int status;

	if (library_start_tls(err) != 0)
		return -1;
	git_fetch_options_init(&fetch, GIT_FETCH_OPTIONS_VERSION);
	remote_link_prepare(link, &fetch);
	fetch.download_tags = tags[options->tags];
	if (options->keep)
		fetch.prune = GIT_FETCH_NO_PRUNE;
	network_begin(link->cancelled);
	status = git_remote_fetch(handle, specs.count ? &specs : NULL, &fetch,
				  NULL);
	network_end();
	return status < 0 ? remote_link_error(link, status, err) : 0;
}

static int fetch_with_program(struct repo *repo, const struct remote *remote,
			      const struct fetch_options *options,
			      struct error **err)
{
	const char *args[REMOTE_ARGS_MAX] = {"-C", remote_base(repo), "fetch",
					     "-q"};
	char depth[32];
	size_t count = 4;

	snprintf(depth, sizeof(depth), "--depth=%zu", options->depth);
	args[count++] = depth;
	if (!options->keep)
		args[count++] = "--prune";
	if (options->tags == FETCH_TAGS_ALL)
		args[count++] = "--tags";
	else if (options->tags == FETCH_TAGS_NONE)
		args[count++] = "--no-tags";
	args[count++] = "--";
	args[count++] = options->name ? options->name : "origin";
	if (options->specs.count + count >= REMOTE_ARGS_MAX)
		return error_set(err, ERROR_LIMIT,
				 "too many refspecs for a fetch with a depth");
	for (size_t i = 0; i < options->specs.count; i++)
		args[count++] = options->specs.items[i];
	return remote_program_checked(remote, "read from", args, err);
}

int remote_fetch(struct repo *repo, const struct remote *remote,
		 const struct fetch_options *options,
		 struct ref_changes *changes, struct error **err)
{
	struct remote named = *remote;
	struct remote_link link;
	git_remote *handle = NULL;
	int status;

	memset(changes, 0, sizeof(*changes));
	if (remote_find(repo, options->name, &handle, err) != 0)
		return -1;
	named.url = git_remote_url(handle);
	remote_link_init(&link, &named, named.url);
	link.changes = changes;
	status = options->depth > 0
			 ? fetch_with_program(repo, &named, options, err)
			 : fetch_with_library(&link, handle, options, err);
	remote_link_release(&link);
	git_remote_free(handle);
	if (status != 0)
		ref_changes_release(changes);
	return status;
}
