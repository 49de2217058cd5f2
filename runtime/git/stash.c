#include "runtime/git/stash.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/author.h"
#include "runtime/git/combine.h"

#define STASHES_MAX 10000

int repo_stash(struct repo *repo, const struct stash_options *options,
	       char oid[OID_HEX + 1], struct error **err)
{
	git_signature *who = NULL;
	uint32_t flags = GIT_STASH_DEFAULT;
	git_oid made;
	int status;

	if (options->untracked)
		flags |= GIT_STASH_INCLUDE_UNTRACKED;
	if (options->keep_index)
		flags |= GIT_STASH_KEEP_INDEX;
	if (combine_idle(repo, err) != 0 ||
	    committer_read(repo, NULL, &who, err) != 0)
		return -1;
	status = git_stash_save(&made, repo->handle, who, options->message,
				flags);
	git_signature_free(who);
	if (status == GIT_ENOTFOUND) {
		git_error_clear();
		return error_set(err, ERROR_NOT_FOUND,
				 "nothing to put aside in '%s'", repo->path);
	}
	if (status < 0)
		return library_error(err, status,
				     "cannot put aside changes of '%s'",
				     repo->path);
	library_hex(&made, oid);
	return 0;
}

static int on_stash(size_t at, const char *message, const git_oid *oid,
		    void *payload)
{
	struct stashes *stashes = payload;
	struct stash *stash;

	if (at >= STASHES_MAX)
		return 1;
	stashes->items = mem_grow(stashes->items, (at + 1) * sizeof(*stash));
	stash = &stashes->items[stashes->count++];
	stash->message = mem_copy(message);
	library_hex(oid, stash->oid);
	return 0;
}

int repo_stashes(struct repo *repo, struct stashes *stashes, struct error **err)
{
	int status;

	memset(stashes, 0, sizeof(*stashes));
	status = git_stash_foreach(repo->handle, on_stash, stashes);
	if (status >= 0)
		return 0;
	stashes_release(stashes);
	return library_error(err, status, "cannot read the stash of '%s'",
			     repo->path);
}

void stashes_release(struct stashes *stashes)
{
	for (size_t i = 0; i < stashes->count; i++)
		mem_free(stashes->items[i].message);
	mem_free(stashes->items);
	memset(stashes, 0, sizeof(*stashes));
}

static int failed(struct repo *repo, size_t at, int status, struct error **err)
{
	if (status == GIT_ENOTFOUND) {
		git_error_clear();
		return error_set(err, ERROR_NOT_FOUND,
				 "no stash number %zu in '%s'", at, repo->path);
	}
	if (status == GIT_ECONFLICT || status == GIT_EMERGECONFLICT ||
	    status == GIT_EUNCOMMITTED) {
		git_error_clear();
		return error_set(err, ERROR_CONFLICT,
				 "stash number %zu does not fit the files of "
				 "'%s' as they are now: commit or put aside "
				 "their changes first",
				 at, repo->path);
	}
	return library_error(err, status, "cannot use stash number %zu", at);
}

/* Can the stash be combined with HEAD? libgit2 writes markers if not. */
static int check_fits(struct repo *repo, size_t at, struct error **err)
{
	struct stashes stashes;
	git_commit *stash = NULL;
	git_commit *head = NULL;
	git_index *index = NULL;
	int status = repo_stashes(repo, &stashes, err);

	if (status != 0)
		return -1;
	if (at >= stashes.count) {
		status = failed(repo, at, GIT_ENOTFOUND, err);
	} else if (combine_head(repo, &head, err) != 0 ||
		   library_commit(repo, stashes.items[at].oid, &stash, err) !=
			   0) {
		status = -1;
	} else {
		status = git_cherrypick_commit(&index, repo->handle, stash,
					       head, 1, NULL);
		if (status < 0)
			failed(repo, at, status, err);
		else if (git_index_has_conflicts(index))
			status = combine_conflicts(
				index, "cannot bring back a stash", err);
	}
	git_index_free(index);
	git_commit_free(stash);
	git_commit_free(head);
	stashes_release(&stashes);
	return status < 0 ? -1 : 0;
}

int repo_stash_apply(struct repo *repo, size_t at, bool drop,
		     struct error **err)
{
	git_stash_apply_options options;
	int status;

	if (check_fits(repo, at, err) != 0)
		return -1;
	git_stash_apply_options_init(&options, GIT_STASH_APPLY_OPTIONS_VERSION);
	options.checkout_options.checkout_strategy = GIT_CHECKOUT_SAFE;
	status = drop ? git_stash_pop(repo->handle, at, &options)
		      : git_stash_apply(repo->handle, at, &options);
	return status < 0 ? failed(repo, at, status, err) : 0;
}

int repo_stash_drop(struct repo *repo, size_t at, struct error **err)
{
	int status = git_stash_drop(repo->handle, at);

	return status < 0 ? failed(repo, at, status, err) : 0;
}
