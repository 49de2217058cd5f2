/* Differences as text, the way `git diff` prints them. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/library.h"
#include "runtime/git/tree.h"

struct printing {
	const struct repo *repo;
	struct buf *text;
};

static int on_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
		   const git_diff_line *line, void *payload)
{
	struct printing *printing = payload;

	(void)delta;
	(void)hunk;
	if (library_cancelled(printing->repo->cancelled))
		return GIT_EUSER;
	if (line->origin == GIT_DIFF_LINE_CONTEXT ||
	    line->origin == GIT_DIFF_LINE_ADDITION ||
	    line->origin == GIT_DIFF_LINE_DELETION)
		buf_putc(printing->text, line->origin);
	buf_append(printing->text, line->content, line->content_len);
	return printing->text->full ? GIT_EUSER : 0;
}

static int on_file(const git_diff *diff, const char *old_path,
		   const char *new_path, void *payload)
{
	(void)diff;
	(void)old_path;
	(void)new_path;
	return library_cancelled(payload) ? GIT_EUSER : 0;
}

/* The tree of a commit, or of its merge base with `other`. */
static int tree_of(struct repo *repo, const char *rev, const char *other,
		   git_tree **tree, struct error **err)
{
	git_commit *commit = NULL;
	git_commit *against = NULL;
	git_oid base;
	int status = library_commit(repo, rev, &commit, err);

	if (status == 0 && other)
		status = library_commit(repo, other, &against, err);
	if (status == 0 && other) {
		status = git_merge_base(&base, repo->handle,
					git_commit_id(commit),
					git_commit_id(against));
		git_commit_free(commit);
		commit = NULL;
		if (status == 0)
			status =
				git_commit_lookup(&commit, repo->handle, &base);
		if (status < 0)
			library_error(err, status,
				      "'%s' and '%s' have no common ancestor",
				      rev, other);
	}
	if (status == 0) {
		status = git_commit_tree(tree, commit);
		if (status < 0)
			library_error(err, status, "cannot read '%s'", rev);
	}
	git_commit_free(commit);
	git_commit_free(against);
	return status < 0 ? -1 : 0;
}

static int compare(struct repo *repo, const struct patch_query *query,
		   git_tree *from, git_tree *to, git_diff **diff)
{
	git_diff_options options;
	git_diff_find_options find;
	int status;

	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
	options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
	options.context_lines = (uint32_t)query->context;
	options.pathspec.strings = (char **)query->paths.items;
	options.pathspec.count = query->paths.count;
	options.progress_cb = on_file;
	options.payload = (void *)repo->cancelled;
	if (to)
		status = git_diff_tree_to_tree(diff, repo->handle, from, to,
					       &options);
	else if (query->staged)
		status = git_diff_tree_to_index(diff, repo->handle, from, NULL,
						&options);
	else
		status = git_diff_tree_to_workdir_with_index(diff, repo->handle,
							     from, &options);
	return status < 0 ? status : git_diff_find_similar(*diff, &find);
}

static int print(struct repo *repo, const struct patch_query *query,
		 git_diff *diff, struct buf *text, struct error **err)
{
	struct printing printing = {repo, text};
	int status;

	buf_init(text, query->max ? query->max : PATCH_MAX);
	buf_puts(text, "");
	status =
		git_diff_print(diff, GIT_DIFF_FORMAT_PATCH, on_line, &printing);
	if (!text->full)
		return status < 0 ? library_error(err, status,
						  "cannot compare files of "
						  "'%s'",
						  repo->path)
				  : 0;
	git_error_clear();
	return error_set(err, ERROR_LIMIT, "the patch has more than %zu bytes",
			 text->max);
}

int repo_patch(struct repo *repo, const struct patch_query *query,
	       struct buf *text, struct error **err)
{
	const char *from = query->from ? query->from : "HEAD";
	git_tree *old = NULL;
	git_tree *new = NULL;
	git_diff *diff = NULL;
	int status;

	buf_init(text, 0);
	if (!query->to && !repo_workdir(repo))
		return error_set(err, ERROR_INVALID,
				 "'%s' is bare: say to which commit",
				 repo->path);
	status = tree_of(repo, from,
			 query->merge_base ? query->to ? query->to : "HEAD"
					   : NULL,
			 &old, err);
	if (status == 0 && query->to)
		status = tree_of(repo, query->to, NULL, &new, err);
	if (status == 0) {
		status = compare(repo, query, old, new, &diff);
		if (status < 0)
			library_error(err, status,
				      "cannot compare files of '%s'",
				      repo->path);
		else
			status = print(repo, query, diff, text, err);
	}
	git_diff_free(diff);
	git_tree_free(old);
	git_tree_free(new);
	if (status < 0)
		buf_release(text);
	return status < 0 ? -1 : 0;
}
