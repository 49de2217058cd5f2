#include "runtime/git/commit.h"

#include <string.h>
#include <sys/stat.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/author.h"
#include "runtime/git/combine.h"
#include "runtime/git/library.h"

static int on_match(const char *path, const char *spec, void *payload)
{
	(void)path;
	(void)spec;
	return library_cancelled(payload) ? GIT_EUSER : 0;
}

/* Is there anything that `path` names, in the working tree or the index? */
static bool is_somewhere(struct repo *repo, git_index *index, const char *path)
{
	char *whole = path_join(repo_workdir(repo), path);
	size_t at = 0;
	struct stat info;
	bool found = path[strcspn(path, "*?[")] != '\0' ||
		     lstat(whole, &info) == 0 ||
		     git_index_find_prefix(&at, index, path) == 0;

	mem_free(whole);
	git_error_clear();
	return found;
}

static int check_paths(struct repo *repo, git_index *index, struct texts paths,
		       struct error **err)
{
	for (size_t i = 0; i < paths.count; i++) {
		int ignored = 0;

		if (!is_somewhere(repo, index, paths.items[i]))
			return error_set(err, ERROR_NOT_FOUND,
					 "no file '%s' in '%s'", paths.items[i],
					 repo->path);
		git_ignore_path_is_ignored(&ignored, repo->handle,
					   paths.items[i]);
		if (ignored && !git_index_get_bypath(index, paths.items[i], 0))
			return error_set(err, ERROR_INVALID,
					 "'%s' is ignored by .gitignore",
					 paths.items[i]);
	}
	return 0;
}

/* "./a/b/" as git's index has it: "a/b". */
static git_strarray clean_specs(struct texts paths)
{
	git_strarray specs = {
		.strings = mem_array(paths.count + 1, sizeof(char *)),
		.count = paths.count};

	for (size_t i = 0; i < paths.count; i++)
		specs.strings[i] = path_clean(paths.items[i]);
	if (paths.count == 1 && strcmp(specs.strings[0], ".") == 0)
		specs.count = 0;
	return specs;
}

static void free_specs(git_strarray *specs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mem_free(specs->strings[i]);
	mem_free(specs->strings);
}

static int add(struct repo *repo, git_index *index, struct texts paths,
	       struct error **err)
{
	git_strarray specs = clean_specs(paths);
	struct texts cleaned = {(const char *const *)specs.strings,
				specs.count};
	int status = check_paths(repo, index, cleaned, err);

	if (status == 0) {
		status = git_index_add_all(index, &specs, GIT_INDEX_ADD_DEFAULT,
					   on_match, (void *)repo->cancelled);
		if (status < 0)
			library_error(err, status, "cannot add files of '%s'",
				      repo->path);
	}
	free_specs(&specs, paths.count);
	return status < 0 ? -1 : 0;
}

static int open_index(struct repo *repo, git_index **index, struct error **err)
{
	int status;

	if (!repo_workdir(repo))
		return error_set(err, ERROR_INVALID,
				 "'%s' is bare: it has no working tree",
				 repo->path);
	status = git_repository_index(index, repo->handle);
	if (status < 0)
		return library_error(err, status, "cannot read the index");
	return 0;
}

static int write_index(git_index *index, struct error **err)
{
	int status = git_index_write(index);

	return status < 0 ? library_error(err, status, "cannot write the index")
			  : 0;
}

int repo_add(struct repo *repo, struct texts paths, struct error **err)
{
	git_index *index = NULL;
	int status = open_index(repo, &index, err);

	if (status == 0)
		status = add(repo, index, paths, err);
	if (status == 0)
		status = write_index(index, err);
	git_index_free(index);
	return status;
}

/* Everything that goes into a commit, while it is made. */
struct making {
	git_index *index;
	git_commit *head; /* NULL: the first commit */
	git_tree *tree;
	git_signature *author;
	git_signature *committer;
	char *message;
};

static void release_making(struct making *making)
{
	git_index_free(making->index);
	git_commit_free(making->head);
	git_tree_free(making->tree);
	git_signature_free(making->author);
	git_signature_free(making->committer);
	mem_free(making->message);
}

static int prepare_index(struct repo *repo,
			 const struct commit_options *options, git_index *index,
			 struct error **err)
{
	int status = 0;

	if (options->paths.count > 0 &&
	    add(repo, index, options->paths, err) != 0)
		return -1;
	if (options->all)
		status = git_index_update_all(index, NULL, on_match,
					      (void *)repo->cancelled);
	if (status < 0)
		return library_error(err, status, "cannot add files of '%s'",
				     repo->path);
	if (git_index_has_conflicts(index))
		return combine_conflicts(index, "cannot commit", err);
	return 0;
}

/* What `git commit` makes of a message: no empty lines around, one end. */
static int take_message(const struct commit_options *options,
			struct making *making, struct error **err)
{
	const char *text = options->message;
	git_buf clean = {0};
	int status;

	if (!text && options->amend && making->head)
		text = git_commit_message(making->head);
	status = text ? git_message_prettify(&clean, text, 0, '#') : 0;
	if (status == 0 && clean.size > 0)
		making->message = mem_copy_n(clean.ptr, clean.size);
	git_buf_dispose(&clean);
	if (status < 0)
		return library_error(err, status, "cannot use the message");
	if (!making->message)
		return error_set(err, ERROR_INVALID,
				 "a commit needs a message");
	return 0;
}

static int take_people(struct repo *repo, const struct commit_options *options,
		       struct making *making, struct error **err)
{
	if (options->amend && !options->author) {
		int status = git_signature_dup(&making->author,
					       git_commit_author(making->head));

		if (status < 0)
			return library_error(err, status, "cannot copy");
	} else if (author_read(repo, options->author, &making->author, err) !=
		   0) {
		return -1;
	}
	return committer_read(repo, options->committer, &making->committer,
			      err);
}

/* The tree that the new one is compared with; NULL: an empty one. */
static int base_tree(const struct commit_options *options,
		     const struct making *making, git_oid *oid)
{
	git_commit *parent = NULL;
	int status = GIT_ENOTFOUND;

	if (making->head && !options->amend) {
		*oid = *git_commit_tree_id(making->head);
		return 0;
	}
	if (making->head && git_commit_parentcount(making->head) > 0)
		status = git_commit_parent(&parent, making->head, 0);
	if (status == 0)
		*oid = *git_commit_tree_id(parent);
	git_commit_free(parent);
	git_error_clear();
	return status;
}

static int take_tree(struct repo *repo, const struct commit_options *options,
		     struct making *making, struct error **err)
{
	git_oid oid;
	git_oid base;
	bool merge = options->amend && git_commit_parentcount(making->head) > 1;
	int status = git_index_write_tree(&oid, making->index);

	if (status == 0)
		status = git_tree_lookup(&making->tree, repo->handle, &oid);
	if (status < 0)
		return library_error(err, status, "cannot write a tree");
	if (options->allow_empty || merge)
		return 0;
	if (base_tree(options, making, &base) == 0
		    ? git_oid_equal(&oid, &base)
		    : git_tree_entrycount(making->tree) == 0)
		return error_set(err, ERROR_INVALID,
				 "nothing to commit in '%s' "
				 "(allow_empty commits all the same)",
				 repo->path);
	return 0;
}

static int write_commit(struct repo *repo, const struct commit_options *options,
			struct making *making, git_oid *oid)
{
	const git_commit *parents[] = {making->head};

	if (options->amend)
		return git_commit_amend(oid, making->head, "HEAD",
					making->author, making->committer, NULL,
					making->message, making->tree);
	return git_commit_create(oid, repo->handle, "HEAD", making->author,
				 making->committer, NULL, making->message,
				 making->tree, making->head ? 1 : 0, parents);
}

static int make(struct repo *repo, const struct commit_options *options,
		struct making *making, git_oid *oid, struct error **err)
{
	int status;

	if (combine_idle(repo, err) != 0 ||
	    open_index(repo, &making->index, err) != 0)
		return -1;
	if (git_repository_head_unborn(repo->handle) == 0 &&
	    library_commit(repo, "HEAD", &making->head, err) != 0)
		return -1;
	if (options->amend && !making->head)
		return error_set(err, ERROR_INVALID,
				 "there is no commit to amend in '%s'",
				 repo->path);
	if (prepare_index(repo, options, making->index, err) != 0 ||
	    take_message(options, making, err) != 0 ||
	    take_people(repo, options, making, err) != 0 ||
	    take_tree(repo, options, making, err) != 0 ||
	    write_index(making->index, err) != 0)
		return -1;
	status = write_commit(repo, options, making, oid);
	if (status < 0)
		return library_error(err, status, "cannot commit in '%s'",
				     repo->path);
	return 0;
}

int repo_commit(struct repo *repo, const struct commit_options *options,
		char oid[OID_HEX + 1], struct error **err)
{
	struct making making = {0};
	git_oid made;
	int status = make(repo, options, &making, &made, err);

	if (status == 0)
		library_hex(&made, oid);
	release_making(&making);
	return status;
}
