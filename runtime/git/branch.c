#include "runtime/git/branch.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/branch_find.h"

static char *upstream_of(struct repo *repo, const char *ref)
{
	git_buf name = {0};
	char *upstream = NULL;

	if (git_branch_upstream_name(&name, repo->handle, ref) == 0 &&
	    name.ptr) {
		const char *text = name.ptr;

		if (strncmp(text, "refs/remotes/", 13) == 0)
			text += 13;
		else if (strncmp(text, "refs/heads/", 11) == 0)
			text += 11;
		upstream = mem_copy(text);
	}
	git_buf_dispose(&name);
	git_error_clear();
	return upstream;
}

static void take(struct repo *repo, const struct ref *ref, const char *head,
		 struct branches *branches)
{
	struct branch *branch = &branches->items[branches->count++];

	branch->remote = strncmp(ref->name, "refs/remotes/", 13) == 0;
	branch->name = mem_copy(ref->name + (branch->remote ? 13 : 11));
	branch->current = head && strcmp(head, ref->name) == 0;
	memcpy(branch->oid, ref->oid, sizeof(branch->oid));
	if (!branch->remote)
		branch->upstream = upstream_of(repo, ref->name);
}

int repo_branches(struct repo *repo, bool remote, struct branches *branches,
		  struct error **err)
{
	struct refs refs;

	memset(branches, 0, sizeof(*branches));
	if (refs_read(repo_dir(repo), REFS_ALL, &refs, err) != 0)
		return -1;
	branches->items = mem_array(refs.count + 1, sizeof(struct branch));
	for (size_t i = 0; i < refs.count; i++) {
		const char *name = refs.items[i].name;
		size_t length = strlen(name);

		if (library_cancelled(repo->cancelled))
			break;
		if (strncmp(name, "refs/heads/", 11) == 0 ||
		    (remote && strncmp(name, "refs/remotes/", 13) == 0 &&
		     strcmp(name + length - 5, "/HEAD") != 0))
			take(repo, &refs.items[i], refs.head, branches);
	}
	refs_release(&refs);
	return library_cancelled(repo->cancelled) ? library_stop(err) : 0;
}

void branches_release(struct branches *branches)
{
	for (size_t i = 0; i < branches->count; i++) {
		mem_free(branches->items[i].name);
		mem_free(branches->items[i].upstream);
	}
	mem_free(branches->items);
	memset(branches, 0, sizeof(*branches));
}

int repo_branch(struct repo *repo, char **name, struct error **err)
{
	struct refs refs;

	*name = NULL;
	if (refs_read(repo_dir(repo), REFS_TIPS, &refs, err) != 0)
		return -1;
	if (refs.head && strncmp(refs.head, "refs/heads/", 11) == 0)
		*name = mem_copy(refs.head + 11);
	refs_release(&refs);
	return 0;
}

static int check_name(const char *name, struct error **err)
{
	int valid = 0;

	git_branch_name_is_valid(&valid, name);
	git_error_clear();
	return valid ? 0
		     : error_set(err, ERROR_INVALID,
				 "'%s' cannot be a branch's name", name);
}

int repo_branch_create(struct repo *repo, const struct branch_options *options,
		       char oid[OID_HEX + 1], struct error **err)
{
	git_reference *made = NULL;
	git_commit *commit = NULL;
	int status;

	if (check_name(options->name, err) != 0 ||
	    library_commit(repo, options->rev ? options->rev : "HEAD", &commit,
			   err) != 0)
		return -1;
	status = git_branch_create(&made, repo->handle, options->name, commit,
				   options->force);
	if (status == GIT_EEXISTS)
		status = error_set(err, ERROR_BUSY,
				   "branch '%s' exists already (force moves "
				   "it)",
				   options->name);
	else if (status < 0)
		library_error(err, status, "cannot make branch '%s'",
			      options->name);
	else
		library_hex(git_commit_id(commit), oid);
	git_reference_free(made);
	git_commit_free(commit);
	return status < 0 ? -1 : 0;
}

/* Is all of it in its upstream, or in HEAD? */
static bool is_merged(struct repo *repo, git_reference *branch)
{
	const git_oid *tip = git_reference_target(branch);
	git_reference *upstream = NULL;
	git_reference *against = NULL;
	bool merged = false;

	if (git_branch_upstream(&upstream, branch) == 0)
		git_reference_resolve(&against, upstream);
	else
		git_repository_head(&against, repo->handle);
	if (against && tip) {
		const git_oid *base = git_reference_target(against);

		merged = base && (git_oid_equal(base, tip) ||
				  git_graph_descendant_of(repo->handle, base,
							  tip) == 1);
	}
	git_reference_free(upstream);
	git_reference_free(against);
	git_error_clear();
	return merged;
}

int repo_branch_delete(struct repo *repo, const char *name, bool force,
		       struct error **err)
{
	git_reference *branch = NULL;
	int status = branch_find(repo, name, &branch, err);

	if (status != 0)
		return -1;
	if (git_branch_is_checked_out(branch) == 1)
		status = error_set(err, ERROR_BUSY,
				   "branch '%s' is checked out: switch to "
				   "another one first",
				   name);
	else if (!force && !is_merged(repo, branch))
		status = error_set(err, ERROR_CONFLICT,
				   "branch '%s' has commits that are not "
				   "merged (force deletes it all the same)",
				   name);
	else
		status = git_branch_delete(branch);
	if (status < 0 && err && !*err)
		library_error(err, status, "cannot delete branch '%s'", name);
	git_reference_free(branch);
	return status < 0 ? -1 : 0;
}

int repo_branch_rename(struct repo *repo, const char *name, const char *new,
		       bool force, struct error **err)
{
	git_reference *branch = NULL;
	git_reference *renamed = NULL;
	int status;

	if (check_name(new, err) != 0 ||
	    branch_find(repo, name, &branch, err) != 0)
		return -1;
	status = git_branch_move(&renamed, branch, new, force);
	if (status == GIT_EEXISTS) {
		git_error_clear();
		error_set(err, ERROR_BUSY,
			  "branch '%s' exists already (force replaces it)",
			  new);
	} else if (status < 0) {
		library_error(err, status, "cannot rename branch '%s'", name);
	}
	git_reference_free(renamed);
	git_reference_free(branch);
	return status < 0 ? -1 : 0;
}

int repo_branch_track(struct repo *repo, const char *name, const char *upstream,
		      struct error **err)
{
	git_reference *branch = NULL;
	int status;

	if (branch_find(repo, name, &branch, err) != 0)
		return -1;
	status = git_branch_set_upstream(branch, upstream);
	git_reference_free(branch);
	if (status == GIT_ENOTFOUND && upstream) {
		git_error_clear();
		return error_set(err, ERROR_NOT_FOUND,
				 "no branch '%s' that '%s' could track",
				 upstream, name);
	}
	if (status < 0 && status != GIT_ENOTFOUND)
		return library_error(err, status, "cannot track '%s'",
				     upstream ? upstream : name);
	git_error_clear();
	return 0;
}
