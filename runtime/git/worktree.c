#include "runtime/git/worktree.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/branch_find.h"

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct worktree *)a)->name,
		      ((const struct worktree *)b)->name);
}

/* What its own HEAD says. */
static void take_head(struct worktree *worktree)
{
	struct refs refs;

	worktree->gone = refs_read(worktree->path, REFS_TIPS, &refs, NULL) != 0;
	if (worktree->gone)
		return;
	memcpy(worktree->oid, refs.head_oid, sizeof(worktree->oid));
	if (refs.head && strncmp(refs.head, "refs/heads/", 11) == 0)
		worktree->branch = mem_copy(refs.head + 11);
	refs_release(&refs);
}

static int list_names(struct repo *repo, git_strarray *names,
		      struct error **err)
{
	int status = git_worktree_list(names, repo->handle);

	return status < 0 ? library_error(err, status,
					  "cannot list worktrees of '%s'",
					  repo->path)
			  : 0;
}

int repo_worktrees(struct repo *repo, struct worktrees *worktrees,
		   struct error **err)
{
	git_strarray names = {0};

	memset(worktrees, 0, sizeof(*worktrees));
	if (list_names(repo, &names, err) != 0)
		return -1;
	worktrees->items = mem_array(names.count + 1, sizeof(struct worktree));
	for (size_t i = 0; i < names.count; i++) {
		struct worktree *item = &worktrees->items[worktrees->count];
		git_worktree *handle = NULL;

		if (git_worktree_lookup(&handle, repo->handle,
					names.strings[i]) != 0)
			continue;
		item->name = mem_copy(names.strings[i]);
		item->path = path_clean(git_worktree_path(handle));
		item->locked = git_worktree_is_locked(NULL, handle) > 0;
		take_head(item);
		git_worktree_free(handle);
		worktrees->count++;
	}
	git_error_clear();
	git_strarray_dispose(&names);
	if (worktrees->count > 0)
		qsort(worktrees->items, worktrees->count,
		      sizeof(struct worktree), compare);
	return 0;
}

void worktrees_release(struct worktrees *worktrees)
{
	for (size_t i = 0; i < worktrees->count; i++) {
		mem_free(worktrees->items[i].name);
		mem_free(worktrees->items[i].path);
		mem_free(worktrees->items[i].branch);
	}
	mem_free(worktrees->items);
	memset(worktrees, 0, sizeof(*worktrees));
}

/* The branch of the new worktree, made if there is none of that name. */
static int own_branch(struct repo *repo, const char *name, const char *rev,
		      git_reference **branch, struct error **err)
{
	struct branch_options options = {.name = name, .rev = rev};
	char oid[OID_HEX + 1];

	if (git_branch_lookup(branch, repo->handle, name, GIT_BRANCH_LOCAL) !=
	    0) {
		git_error_clear();
		if (repo_branch_create(repo, &options, oid, err) != 0)
			return -1;
		return branch_find(repo, name, branch, err);
	}
	if (git_branch_is_checked_out(*branch) == 1)
		return error_set(err, ERROR_BUSY,
				 "branch '%s' is checked out already", name);
	if (rev)
		return error_set(err, ERROR_BUSY,
				 "branch '%s' exists already: it cannot begin "
				 "at '%s'",
				 name, rev);
	return 0;
}

int repo_worktree_add(struct repo *repo, const struct worktree_options *options,
		      struct error **err)
{
	const char *name =
		options->name ? options->name : path_base(options->dir);
	git_worktree_add_options add;
	git_worktree *made = NULL;
	git_reference *branch = NULL;
	char *parent = path_dir(options->dir);
	int status = -1;

	if (access(options->dir, F_OK) == 0)
		error_set(err, ERROR_BUSY, "'%s' exists already", options->dir);
	else if (file_make_dir(parent, 0777, err) == 0)
		status = own_branch(repo,
				    options->branch ? options->branch : name,
				    options->rev, &branch, err);
	mem_free(parent);
	if (status == 0) {
		git_worktree_add_options_init(&add,
					      GIT_WORKTREE_ADD_OPTIONS_VERSION);
		add.ref = branch;
		status = git_worktree_add(&made, repo->handle, name,
					  options->dir, &add);
		if (status < 0)
			library_error(err, status, "cannot add worktree '%s'",
				      options->dir);
	}
	git_worktree_free(made);
	git_reference_free(branch);
	return status < 0 ? -1 : 0;
}

/* Index of the worktree of this name or path. */
static const struct worktree *find(const struct worktrees *worktrees,
				   const char *name)
{
	char *path = path_absolute(name);
	const struct worktree *found = NULL;

	for (size_t i = 0; i < worktrees->count && !found; i++)
		if (strcmp(worktrees->items[i].name, name) == 0 ||
		    strcmp(worktrees->items[i].path, path) == 0)
			found = &worktrees->items[i];
	mem_free(path);
	return found;
}

/* ERROR_BUSY when something would be lost. */
static int check_clean(const struct worktree *worktree, struct error **err)
{
	struct repo *own;
	struct status changes;
	int status;

	if (worktree->locked)
		return error_set(err, ERROR_BUSY, "worktree '%s' is locked",
				 worktree->name);
	if (worktree->gone)
		return 0;
	own = repo_open(worktree->path, NULL, err);
	if (!own)
		return -1;
	status = repo_status(own, 1, &changes, err);
	repo_close(own);
	if (status == 0 && changes.count > 0)
		status = error_set(err, ERROR_BUSY,
				   "worktree '%s' has changes: %s (force "
				   "removes it all the same)",
				   worktree->name, changes.items[0].path);
	status_release(&changes);
	return status;
}

static int forget(struct repo *repo, const char *name, struct error **err)
{
	git_worktree_prune_options options;
	git_worktree *handle = NULL;
	int status = git_worktree_lookup(&handle, repo->handle, name);

	git_worktree_prune_options_init(&options,
					GIT_WORKTREE_PRUNE_OPTIONS_VERSION);
	options.flags = GIT_WORKTREE_PRUNE_VALID | GIT_WORKTREE_PRUNE_LOCKED;
	if (status == 0)
		status = git_worktree_prune(handle, &options);
	git_worktree_free(handle);
	return status < 0 ? library_error(err, status,
					  "cannot forget worktree '%s'", name)
			  : 0;
}

int repo_worktree_remove(struct repo *repo, const char *name, bool force,
			 struct error **err)
{
	struct worktrees worktrees;
	const struct worktree *found;
	int status = repo_worktrees(repo, &worktrees, err);

	if (status != 0)
		return -1;
	found = find(&worktrees, name);
	if (!found)
		status =
			error_set(err, ERROR_NOT_FOUND,
				  "no worktree '%s' in '%s'", name, repo->path);
	else if (!force)
		status = check_clean(found, err);
	if (status == 0 && found)
		status = file_remove(found->path, err);
	if (status == 0 && found)
		status = forget(repo, found->name, err);
	worktrees_release(&worktrees);
	return status;
}

int repo_worktree_prune(struct repo *repo, size_t *count, struct error **err)
{
	struct worktrees worktrees;
	int status = repo_worktrees(repo, &worktrees, err);

	*count = 0;
	if (status != 0)
		return -1;
	for (size_t i = 0; status == 0 && i < worktrees.count; i++) {
		if (!worktrees.items[i].gone || worktrees.items[i].locked)
			continue;
		status = forget(repo, worktrees.items[i].name, err);
		*count += status == 0;
	}
	worktrees_release(&worktrees);
	return status;
}
