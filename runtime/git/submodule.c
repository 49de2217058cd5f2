#include "runtime/git/submodule.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/network.h"
#include "runtime/git/remote_link.h"

#define DEPTH_MAX 16 /* of submodules in submodules */
#define COUNT_MAX 10000

struct listing {
	struct repo *repo;
	struct submodules *submodules;
	size_t capacity;
};

static void take_oid(const git_oid *oid, char hex[OID_HEX + 1])
{
	if (oid)
		library_hex(oid, hex);
}

static int on_submodule(git_submodule *module, const char *name, void *payload)
{
	struct listing *listing = payload;
	struct submodules *list = listing->submodules;
	struct submodule *item;
	const char *url = git_submodule_url(module);

	if (library_cancelled(listing->repo->cancelled))
		return GIT_EUSER;
	if (list->count == COUNT_MAX)
		return 0;
	if (list->count == listing->capacity) {
		listing->capacity = listing->capacity * 2 + 8;
		list->items = mem_grow(list->items,
				       listing->capacity * sizeof(*item));
	}
	item = &list->items[list->count++];
	memset(item, 0, sizeof(*item));
	item->name = mem_copy(name);
	item->path = mem_copy(git_submodule_path(module));
	item->url = url ? remote_display(url) : NULL;
	take_oid(git_submodule_head_id(module), item->wanted);
	take_oid(git_submodule_wd_id(module), item->actual);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct submodule *)a)->path,
		      ((const struct submodule *)b)->path);
}

int repo_submodules(struct repo *repo, struct submodules *submodules,
		    struct error **err)
{
	struct listing listing = {.repo = repo, .submodules = submodules};
	int status;

	memset(submodules, 0, sizeof(*submodules));
	if (!repo_workdir(repo))
		return error_set(err, ERROR_INVALID,
				 "'%s' is bare: it has no submodules",
				 repo->path);
	status = git_submodule_foreach(repo->handle, on_submodule, &listing);
	git_error_clear();
	if (status < 0) {
		submodules_release(submodules);
		return library_error(err, status,
				     "cannot list submodules of '%s'",
				     repo->path);
	}
	if (submodules->count > 0)
		qsort(submodules->items, submodules->count,
		      sizeof(struct submodule), compare);
	return 0;
}

void submodules_release(struct submodules *submodules)
{
	for (size_t i = 0; i < submodules->count; i++) {
		mem_free(submodules->items[i].name);
		mem_free(submodules->items[i].path);
		mem_free(submodules->items[i].url);
	}
	mem_free(submodules->items);
	memset(submodules, 0, sizeof(*submodules));
}

/* Is the repository itself from this machine, or from nowhere? */
static bool is_local(struct repo *repo)
{
	git_remote *origin = NULL;
	bool local = true;

	if (git_remote_lookup(&origin, repo->handle, "origin") == 0) {
		char *path = remote_local_path(git_remote_url(origin));

		local = path != NULL;
		mem_free(path);
	}
	git_remote_free(origin);
	git_error_clear();
	return local;
}

/* The absolute URL of a submodule; owned. */
static char *resolve(struct repo *repo, const char *url)
{
	git_buf whole = {0};
	char *result = NULL;

	if (url && git_submodule_resolve_url(&whole, repo->handle, url) == 0)
		result = mem_copy(whole.ptr);
	git_buf_dispose(&whole);
	git_error_clear();
	return result;
}

static int check_url(struct repo *repo, const struct submodule *item,
		     const char *url, const struct submodule_options *options,
		     struct error **err)
{
	char *path;

	if (!url)
		return error_set(err, ERROR_INVALID,
				 "submodule '%s' of '%s' has no URL",
				 item->path, repo->path);
	path = remote_local_path(url);
	if (path && !options->allow_local && !is_local(repo)) {
		mem_free(path);
		return error_set(err, ERROR_INVALID,
				 "submodule '%s' of '%s' is '%s', a repository "
				 "of this machine (allow_local allows it)",
				 item->path, repo->path, url);
	}
	mem_free(path);
	return 0;
}

static bool is_asked_for(const struct submodule *item,
			 const struct submodule_options *options)
{
	for (size_t i = 0; i < options->paths.count; i++)
		if (strcmp(item->path, options->paths.items[i]) == 0)
			return true;
	return options->paths.count == 0;
}

static int update_one(struct repo *repo, const struct remote *remote,
		      const struct submodule *item, const char *url,
		      struct error **err)
{
	struct remote named = *remote;
	struct remote_link link;
	git_submodule_update_options update;
	git_submodule *module = NULL;
	int status = git_submodule_lookup(&module, repo->handle, item->path);

	named.url = url;
	remote_link_init(&link, &named, url);
	git_submodule_update_options_init(&update,
					  GIT_SUBMODULE_UPDATE_OPTIONS_VERSION);
	remote_link_prepare(&link, &update.fetch_opts);
	update.checkout_opts.checkout_strategy = GIT_CHECKOUT_SAFE;
	if (status == 0) {
		network_begin(remote->cancelled);
		status = git_submodule_update(module, 1, &update);
		network_end();
	}
	git_submodule_free(module);
	if (status < 0) {
		remote_link_error(&link, status, err);
		error_wrap(err, "submodule '%s' of '%s'", item->path,
			   repo->path);
	}
	remote_link_release(&link);
	return status < 0 ? -1 : 0;
}

/* What holds for all of them, however deep. */
struct update {
	const struct remote *remote;
	const struct submodule_options *options;
	int depth;
};

static int update_all(struct repo *repo, const struct update *update,
		      struct error **err);

/* The same in the submodule, whose paths are its own. */
static int go_down(struct repo *repo, const struct update *update,
		   const struct submodule *item, struct error **err)
{
	struct submodule_options below = {
		.recursive = true, .allow_local = update->options->allow_local};
	struct update next = {update->remote, &below, update->depth + 1};
	char *path = mem_printf("%s%s", repo_workdir(repo), item->path);
	struct repo *inner = repo_open(path, repo->cancelled, err);
	int status = -1;

	mem_free(path);
	if (inner && update->depth >= DEPTH_MAX)
		error_set(err, ERROR_LIMIT,
			  "submodules of '%s' are more than %d deep",
			  inner->path, DEPTH_MAX);
	else if (inner)
		status = update_all(inner, &next, err);
	repo_close(inner);
	return status;
}

static int update_all(struct repo *repo, const struct update *update,
		      struct error **err)
{
	const struct submodule_options *options = update->options;
	struct submodules list;
	int status = repo_submodules(repo, &list, err);

	for (size_t i = 0; status == 0 && i < list.count; i++) {
		const struct submodule *item = &list.items[i];
		char *url;

		if (!is_asked_for(item, options))
			continue;
		if (library_cancelled(repo->cancelled)) {
			status = library_stop(err);
			break;
		}
		url = resolve(repo, item->url);
		status = check_url(repo, item, url, options, err);
		if (status == 0)
			status = update_one(repo, update->remote, item, url,
					    err);
		if (status == 0 && options->recursive)
			status = go_down(repo, update, item, err);
		mem_free(url);
	}
	submodules_release(&list);
	return status;
}

static int check_paths(struct repo *repo,
		       const struct submodule_options *options,
		       struct error **err)
{
	for (size_t i = 0; i < options->paths.count; i++) {
		git_submodule *module = NULL;
		int status = git_submodule_lookup(&module, repo->handle,
						  options->paths.items[i]);

		git_submodule_free(module);
		git_error_clear();
		if (status != 0)
			return error_set(err, ERROR_NOT_FOUND,
					 "no submodule '%s' in '%s'",
					 options->paths.items[i], repo->path);
	}
	return 0;
}

int repo_submodules_update(struct repo *repo, const struct remote *remote,
			   const struct submodule_options *options,
			   struct error **err)
{
	struct update update = {.remote = remote, .options = options};

	if (library_start_tls(err) != 0 || check_paths(repo, options, err) != 0)
		return -1;
	return update_all(repo, &update, err);
}
