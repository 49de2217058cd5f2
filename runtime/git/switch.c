/* Switching: HEAD on a branch, and its files in the working tree. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/branch_find.h"
#include "runtime/git/combine.h"

static int no_branch(struct repo *repo, const char *name, struct error **err)
{
	struct refs refs;
	const char *near = NULL;

	git_error_clear();
	if (refs_read(repo_dir(repo), REFS_TIPS, &refs, NULL) != 0)
		memset(&refs, 0, sizeof(refs));
	near = refs_nearest(&refs, name);
	if (near)
		error_set(err, ERROR_NOT_FOUND,
			  "no branch '%s' in '%s' (did you mean '%s'?)", name,
			  repo->path, near);
	else
		error_set(err, ERROR_NOT_FOUND, "no branch '%s' in '%s'", name,
			  repo->path);
	refs_release(&refs);
	return -1;
}

int branch_find(struct repo *repo, const char *name, git_reference **branch,
		struct error **err)
{
	int status =
		git_branch_lookup(branch, repo->handle, name, GIT_BRANCH_LOCAL);

	if (status == GIT_ENOTFOUND || status == GIT_EINVALIDSPEC)
		return no_branch(repo, name, err);
	if (status < 0)
		return library_error(err, status, "cannot read branch '%s'",
				     name);
	return 0;
}

/* The remote-tracking branch of this name if one remote has it; owned. */
static char *remote_branch(struct repo *repo, const char *name)
{
	git_strarray remotes = {0};
	char *found = NULL;
	size_t count = 0;

	if (git_remote_list(&remotes, repo->handle) != 0)
		return NULL;
	for (size_t i = 0; i < remotes.count; i++) {
		char *ref = mem_printf("%s/%s", remotes.strings[i], name);
		git_reference *branch = NULL;

		if (git_branch_lookup(&branch, repo->handle, ref,
				      GIT_BRANCH_REMOTE) == 0 &&
		    count++ == 0)
			found = mem_copy(ref);
		git_reference_free(branch);
		mem_free(ref);
	}
	git_strarray_dispose(&remotes);
	git_error_clear();
	if (count > 1) {
		mem_free(found);
		found = NULL;
	}
	return found;
}

/* The branch to go to, made if it must be. */
static int target(struct repo *repo, const struct switch_options *options,
		  git_reference **branch, struct error **err)
{
	struct branch_options make = {.name = options->name,
				      .rev = options->rev,
				      .force = options->force};
	char oid[OID_HEX + 1];
	char *upstream = NULL;
	int status;

	if (options->create) {
		if (repo_branch_create(repo, &make, oid, err) != 0)
			return -1;
		return branch_find(repo, options->name, branch, err);
	}
	status = branch_find(repo, options->name, branch, err);
	if (status == 0 || !(upstream = remote_branch(repo, options->name)))
		return status;
	if (err) {
		error_free(*err);
		*err = NULL;
	}
	make.rev = upstream;
	status = repo_branch_create(repo, &make, oid, err);
	if (status == 0)
		status = repo_branch_track(repo, options->name, upstream, err);
	if (status == 0)
		status = branch_find(repo, options->name, branch, err);
	mem_free(upstream);
	return status;
}

static int go(struct repo *repo, const struct switch_options *options,
	      const git_commit *commit, git_reference *branch,
	      struct error **err)
{
	git_tree *tree = NULL;
	int status = git_commit_tree(&tree, commit);

	if (status < 0)
		return library_error(err, status, "cannot read '%s'",
				     options->name);
	status = combine_checkout(repo, tree, options->force, err);
	git_tree_free(tree);
	if (status != 0)
		return error_wrap(err, "cannot switch to '%s'", options->name);
	status = branch ? git_repository_set_head(repo->handle,
						  git_reference_name(branch))
			: git_repository_set_head_detached(
				  repo->handle, git_commit_id(commit));
	if (status < 0)
		return library_error(err, status, "cannot switch to '%s'",
				     options->name);
	return 0;
}

int repo_switch(struct repo *repo, const struct switch_options *options,
		struct error **err)
{
	git_reference *branch = NULL;
	git_commit *commit = NULL;
	int status;

	if (combine_idle(repo, err) != 0)
		return -1;
	if (!options->detach && target(repo, options, &branch, err) != 0)
		return -1;
	if (branch && git_branch_is_head(branch) != 1 &&
	    git_branch_is_checked_out(branch) == 1)
		status = error_set(err, ERROR_BUSY,
				   "another worktree is on branch '%s'",
				   options->name);
	else
		status = library_commit(repo,
					branch ? git_reference_name(branch)
					       : options->name,
					&commit, err);
	if (status == 0)
		status = go(repo, options, commit, branch, err);
	git_commit_free(commit);
	git_reference_free(branch);
	return status;
}
