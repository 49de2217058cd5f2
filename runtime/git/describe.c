/* Describing: the nearest tag, and how far a commit is from it. */
#include "runtime/base/mem.h"
#include "runtime/git/blame.h"
#include "runtime/git/library.h"

/* Without any tag at all libgit2 fails in another way than without a near one.
 */
static bool says_there_is_none(int status)
{
	const git_error *last = status < 0 ? git_error_last() : NULL;

	return last && last->klass == GIT_ERROR_DESCRIBE;
}

static int describe(struct repo *repo, const struct describe_options *options,
		    git_describe_result **result, struct error **err)
{
	git_describe_options how;
	git_commit *commit = NULL;
	int status;

	git_describe_options_init(&how, GIT_DESCRIBE_OPTIONS_VERSION);
	if (options->tags)
		how.describe_strategy = GIT_DESCRIBE_TAGS;
	if (options->all)
		how.describe_strategy = GIT_DESCRIBE_ALL;
	if (options->exact)
		how.max_candidates_tags = 0;
	how.pattern = options->pattern;
	how.show_commit_oid_as_fallback = options->always;
	if (options->dirty && !options->rev) {
		status = git_describe_workdir(result, repo->handle, &how);
	} else {
		if (library_commit(repo, options->rev ? options->rev : "HEAD",
				   &commit, err) != 0)
			return -1;
		status =
			git_describe_commit(result, (git_object *)commit, &how);
		git_commit_free(commit);
	}
	if (status == GIT_ENOTFOUND || says_there_is_none(status)) {
		git_error_clear();
		return error_set(
			err, ERROR_NOT_FOUND, "no %s leads to '%s' in '%s'",
			options->all    ? "ref"
			: options->tags ? "tag"
					: "annotated tag",
			options->rev ? options->rev : "HEAD", repo->path);
	}
	return status < 0 ? library_error(err, status, "cannot describe '%s'",
					  options->rev ? options->rev : "HEAD")
			  : 0;
}

int repo_describe(struct repo *repo, const struct describe_options *options,
		  char **text, struct error **err)
{
	git_describe_format_options format;
	git_describe_result *result = NULL;
	git_buf out = {0};
	int status;

	if (options->dirty && options->rev)
		return error_set(err, ERROR_INVALID,
				 "only HEAD's files can be dirty, not those "
				 "of '%s'",
				 options->rev);
	if (options->dirty && !repo_workdir(repo))
		return error_set(err, ERROR_INVALID,
				 "'%s' is bare: it has no working tree",
				 repo->path);
	if (describe(repo, options, &result, err) != 0)
		return -1;
	git_describe_format_options_init(&format,
					 GIT_DESCRIBE_FORMAT_OPTIONS_VERSION);
	format.always_use_long_format = options->whole;
	if (options->dirty)
		format.dirty_suffix = "-dirty";
	status = git_describe_format(&out, result, &format);
	if (status < 0)
		library_error(err, status, "cannot describe");
	else
		*text = mem_copy_n(out.ptr, out.size);
	git_buf_dispose(&out);
	git_describe_result_free(result);
	return status < 0 ? -1 : 0;
}
