#include "runtime/git/combine.h"

#include "runtime/base/mem.h"
#include "runtime/git/author.h"

#define LISTED 20 /* paths in a message */
#define TEXT_MAX ((size_t)16 * 1024)

/* A list of paths while it is made: "a, b and 3 more". */
struct listed {
	struct buf text;
	size_t count;
};

static void list(struct listed *listed, const char *path)
{
	if (++listed->count <= LISTED)
		buf_printf(&listed->text, "%s%s", listed->count > 1 ? ", " : "",
			   path);
}

static const char *finish_list(struct listed *listed)
{
	if (listed->count > LISTED)
		buf_printf(&listed->text, " and %zu more",
			   listed->count - LISTED);
	return listed->text.data ? listed->text.data : "?";
}

int combine_conflicts(git_index *index, const char *what, struct error **err)
{
	const git_index_entry *sides[3];
	git_index_conflict_iterator *iterator = NULL;
	struct listed listed = {0};

	buf_init(&listed.text, TEXT_MAX);
	if (git_index_conflict_iterator_new(&iterator, index) == 0)
		while (git_index_conflict_next(&sides[0], &sides[1], &sides[2],
					       iterator) == 0)
			list(&listed, sides[1]   ? sides[1]->path
				      : sides[2] ? sides[2]->path
						 : sides[0]->path);
	git_index_conflict_iterator_free(iterator);
	git_error_clear();
	error_set(err, ERROR_CONFLICT, "%s: conflicts in %s", what,
		  finish_list(&listed));
	buf_release(&listed.text);
	return -1;
}

int combine_idle(struct repo *repo, struct error **err)
{
	int state = git_repository_state(repo->handle);
	const char *what = "another operation";

	if (state == GIT_REPOSITORY_STATE_NONE)
		return 0;
	if (state == GIT_REPOSITORY_STATE_MERGE)
		what = "a merge";
	else if (state >= GIT_REPOSITORY_STATE_REBASE)
		what = "a rebase";
	return error_set(err, ERROR_BUSY,
			 "%s is under way in '%s': finish or abort it first",
			 what, repo->path);
}

int combine_head(struct repo *repo, git_commit **head, struct error **err)
{
	return library_commit(repo, "HEAD", head, err);
}

struct visit {
	struct listed listed;
	const atomic_bool *cancelled;
};

/* NOLINTNEXTLINE(readability-function-size): libgit2's six parameters */
static int on_notify(git_checkout_notify_t why, const char *path,
		     const git_diff_file *baseline, const git_diff_file *target,
		     const git_diff_file *workdir, void *payload)
{
	struct visit *visit = payload;

	(void)baseline;
	(void)target;
	(void)workdir;
	if (why == GIT_CHECKOUT_NOTIFY_CONFLICT)
		list(&visit->listed, path);
	return library_cancelled(visit->cancelled) ? GIT_EUSER : 0;
}

int combine_checkout(struct repo *repo, const git_tree *tree, bool force,
		     struct error **err)
{
	struct visit visit = {.cancelled = repo->cancelled};
	git_checkout_options options;
	int status;

	if (!repo_workdir(repo))
		return 0;
	buf_init(&visit.listed.text, TEXT_MAX);
	git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
	options.checkout_strategy =
		force ? GIT_CHECKOUT_FORCE : GIT_CHECKOUT_SAFE;
	options.notify_flags =
		GIT_CHECKOUT_NOTIFY_CONFLICT | GIT_CHECKOUT_NOTIFY_UPDATED;
	options.notify_cb = on_notify;
	options.notify_payload = &visit;
	status = git_checkout_tree(repo->handle, (const git_object *)tree,
				   &options);
	if (status == GIT_ECONFLICT && visit.listed.count > 0) {
		git_error_clear();
		error_set(err, ERROR_BUSY,
			  "changes in the working tree would be lost: %s",
			  finish_list(&visit.listed));
	} else if (status < 0) {
		library_error(err, status, "cannot write the files of '%s'",
			      repo->path);
	}
	buf_release(&visit.listed.text);
	return status < 0 ? -1 : 0;
}

static int write_tree(struct repo *repo, const struct combine *combine,
		      git_tree **tree, struct error **err)
{
	git_oid oid;
	int status;

	if (git_index_has_conflicts(combine->index))
		return combine_conflicts(combine->index, combine->what, err);
	status = git_index_write_tree_to(&oid, combine->index, repo->handle);
	if (status == 0)
		status = git_tree_lookup(tree, repo->handle, &oid);
	return status < 0 ? library_error(err, status, "%s", combine->what) : 0;
}

static int write_commit(struct repo *repo, const struct combine *combine,
			const git_tree *tree, git_oid *oid, struct error **err)
{
	git_signature *author = NULL;
	git_signature *committer = NULL;
	git_buf message = {0};
	int status = committer_read(repo, NULL, &committer, err);

	if (status == 0 && !combine->author)
		status = author_read(repo, NULL, &author, err);
	if (status == 0) {
		status = git_message_prettify(&message, combine->message, 0,
					      '#');
		if (status == 0)
			status = git_commit_create(
				oid, repo->handle, "HEAD",
				combine->author ? combine->author : author,
				committer, NULL, message.ptr, tree,
				combine->parent_count,
				(const git_commit **)combine->parents);
		if (status < 0)
			library_error(err, status, "%s", combine->what);
	}
	git_buf_dispose(&message);
	git_signature_free(author);
	git_signature_free(committer);
	return status < 0 ? -1 : 0;
}

int combine_finish(struct repo *repo, const struct combine *combine,
		   git_oid *oid, struct error **err)
{
	const git_commit *head = combine->parents[0];
	git_tree *tree = NULL;
	int status = write_tree(repo, combine, &tree, err);

	*oid = *git_commit_id(head);
	if (status == 0 && combine->parent_count == 1 &&
	    git_oid_equal(git_tree_id(tree), git_commit_tree_id(head)))
		goto out; /* it changes nothing */
	if (status == 0 && combine_checkout(repo, tree, false, err) != 0)
		status = error_wrap(err, "%s", combine->what);
	if (status == 0 && !combine->keep)
		status = write_commit(repo, combine, tree, oid, err);
out:
	git_tree_free(tree);
	return status;
}
