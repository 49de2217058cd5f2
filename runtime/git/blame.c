#include "runtime/git/blame.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/library.h"

static void take_summary(struct repo *repo, const git_oid *oid,
			 struct blame_hunk *hunk)
{
	git_commit *commit = NULL;

	if (git_commit_lookup(&commit, repo->handle, oid) == 0)
		hunk->summary = mem_copy(git_commit_summary(commit));
	git_commit_free(commit);
	git_error_clear();
}

static void take(struct repo *repo, const git_blame_hunk *from,
		 struct blame_hunk *hunk)
{
	hunk->first = from->final_start_line_number;
	hunk->count = from->lines_in_hunk;
	hunk->first_before = from->orig_start_line_number;
	hunk->path = mem_copy(from->orig_path);
	library_hex(&from->final_commit_id, hunk->oid);
	if (from->final_signature) {
		hunk->author.name = mem_copy(from->final_signature->name);
		hunk->author.email = mem_copy(from->final_signature->email);
		hunk->author.time =
			(int64_t)from->final_signature->when.time * 1000;
		hunk->author.offset = from->final_signature->when.offset;
	}
	take_summary(repo, &from->final_commit_id, hunk);
}

/* libgit2 has no good words for a file that is not there. */
static int check_file(const git_commit *commit, const char *path,
		      struct error **err)
{
	git_tree *tree = NULL;
	git_tree_entry *entry = NULL;
	int status = git_commit_tree(&tree, commit);

	if (status == 0)
		status = git_tree_entry_bypath(&entry, tree, path);
	if (status == 0 && git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		status = GIT_ENOTFOUND;
	git_tree_entry_free(entry);
	git_tree_free(tree);
	git_error_clear();
	return status < 0 ? error_set(err, ERROR_NOT_FOUND,
				      "no file '%s' in the commit", path)
			  : 0;
}

static int blame_file(struct repo *repo, const struct blame_query *query,
		      const git_commit *commit, struct blame *blame)
{
	git_blame_options options;
	git_blame *found = NULL;
	size_t count;
	int status;

	git_blame_options_init(&options, GIT_BLAME_OPTIONS_VERSION);
	options.newest_commit = *git_commit_id(commit);
	options.min_line = query->from;
	options.max_line = query->to;
	status = git_blame_file(&found, repo->handle, query->path, &options);
	if (status < 0)
		return status;
	count = git_blame_get_hunk_count(found);
	blame->items = mem_array(count + 1, sizeof(*blame->items));
	for (size_t i = 0; i < count; i++) {
		if (library_cancelled(repo->cancelled))
			status = GIT_EUSER;
		if (status == 0)
			take(repo,
			     git_blame_get_hunk_byindex(found, (uint32_t)i),
			     &blame->items[blame->count++]);
	}
	git_blame_free(found);
	return status;
}

int repo_blame(struct repo *repo, const struct blame_query *query,
	       struct blame *blame, struct error **err)
{
	git_commit *commit = NULL;
	int status;

	memset(blame, 0, sizeof(*blame));
	if (library_commit(repo, query->rev ? query->rev : "HEAD", &commit,
			   err) != 0)
		return -1;
	status = check_file(commit, query->path, err);
	if (status == 0) {
		status = blame_file(repo, query, commit, blame);
		if (status < 0)
			library_error(err, status, "cannot blame '%s'",
				      query->path);
	}
	git_commit_free(commit);
	if (status < 0)
		blame_release(blame);
	return status < 0 ? -1 : 0;
}

void blame_release(struct blame *blame)
{
	for (size_t i = 0; i < blame->count; i++) {
		struct blame_hunk *hunk = &blame->items[i];

		mem_free(hunk->author.name);
		mem_free(hunk->author.email);
		mem_free(hunk->summary);
		mem_free(hunk->path);
	}
	mem_free(blame->items);
	memset(blame, 0, sizeof(*blame));
}
