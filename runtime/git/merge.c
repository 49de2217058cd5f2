#include "runtime/git/merge.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/author.h"
#include "runtime/git/combine.h"

/* Both sides while they are merged. */
struct sides {
	git_commit *ours;
	git_commit *theirs;
	char *what; /* "merging 'side'" */
};

static int check_favor(const char *text, struct error **err)
{
	if (!text || strcmp(text, "ours") == 0 || strcmp(text, "theirs") == 0)
		return 0;
	return error_set(err, ERROR_INVALID,
			 "a merge favors 'ours' or 'theirs', not '%s'", text);
}

static git_merge_file_favor_t favor_of(const char *text)
{
	if (!text)
		return GIT_MERGE_FILE_FAVOR_NORMAL;
	return strcmp(text, "ours") == 0 ? GIT_MERGE_FILE_FAVOR_OURS
					 : GIT_MERGE_FILE_FAVOR_THEIRS;
}

/* "Merge branch 'side' into next", as git says it. */
static char *usual_message(struct repo *repo, const char *rev)
{
	git_reference *branch = NULL;
	git_reference *head = NULL;
	const char *kind = "commit";
	const char *into = NULL;
	char *message;

	if (git_branch_lookup(&branch, repo->handle, rev, GIT_BRANCH_LOCAL) ==
	    0)
		kind = "branch";
	else if (git_branch_lookup(&branch, repo->handle, rev,
				   GIT_BRANCH_REMOTE) == 0)
		kind = "remote-tracking branch";
	if (git_repository_head(&head, repo->handle) == 0 &&
	    git_reference_is_branch(head))
		into = git_reference_shorthand(head);
	if (!into || strcmp(into, "main") == 0 || strcmp(into, "master") == 0)
		message = mem_printf("Merge %s '%s'", kind, rev);
	else
		message = mem_printf("Merge %s '%s' into %s", kind, rev, into);
	git_reference_free(branch);
	git_reference_free(head);
	git_error_clear();
	return message;
}

static int combine(struct repo *repo, const struct merge_options *options,
		   const struct sides *sides, struct merge_result *result,
		   struct error **err)
{
	struct combine combine = {.what = sides->what,
				  .parents = {sides->ours, sides->theirs},
				  .parent_count = options->squash ? 1 : 2,
				  .keep = options->keep};
	git_merge_options merge;
	git_signature *author = NULL;
	char *message = usual_message(repo, options->rev);
	git_oid oid;
	int status = 0;

	git_merge_options_init(&merge, GIT_MERGE_OPTIONS_VERSION);
	combine.message = options->message ? options->message : message;
	merge.file_favor = favor_of(options->favor);
	if (options->author)
		status = author_read(repo, options->author, &author, err);
	combine.author = author;
	if (status == 0) {
		status = git_merge_commits(&combine.index, repo->handle,
					   sides->ours, sides->theirs, &merge);
		if (status < 0)
			library_error(err, status, "%s", sides->what);
		else
			status = combine_finish(repo, &combine, &oid, err);
	}
	if (status == 0) {
		library_hex(&oid, result->oid);
		result->kind = options->keep     ? MERGE_KEPT
			       : options->squash ? MERGE_SQUASH
						 : MERGE_COMMIT;
	}
	git_index_free(combine.index);
	git_signature_free(author);
	mem_free(message);
	return status < 0 ? -1 : 0;
}

static int move_head(struct repo *repo, const struct sides *sides,
		     struct error **err)
{
	git_reference *head = NULL;
	git_reference *moved = NULL;
	const git_oid *oid = git_commit_id(sides->theirs);
	int status = git_repository_head(&head, repo->handle);

	if (status == 0 && git_repository_head_detached(repo->handle) == 1)
		status = git_repository_set_head_detached(repo->handle, oid);
	else if (status == 0)
		status = git_reference_set_target(&moved, head, oid,
						  "merge: Fast-forward");
	git_reference_free(moved);
	git_reference_free(head);
	return status < 0 ? library_error(err, status, "%s", sides->what) : 0;
}

static int forward(struct repo *repo, const struct sides *sides,
		   struct merge_result *result, struct error **err)
{
	git_tree *tree = NULL;
	int status = git_commit_tree(&tree, sides->theirs);

	if (status < 0)
		return library_error(err, status, "%s", sides->what);
	status = combine_checkout(repo, tree, false, err);
	git_tree_free(tree);
	if (status != 0)
		return error_wrap(err, "%s", sides->what);
	if (move_head(repo, sides, err) != 0)
		return -1;
	result->kind = MERGE_FORWARD;
	library_hex(git_commit_id(sides->theirs), result->oid);
	return 0;
}

static int merge(struct repo *repo, const struct merge_options *options,
		 const struct sides *sides, struct merge_result *result,
		 struct error **err)
{
	const git_oid *ours = git_commit_id(sides->ours);
	const git_oid *theirs = git_commit_id(sides->theirs);
	bool ahead;

	if (git_oid_equal(ours, theirs) ||
	    git_graph_descendant_of(repo->handle, ours, theirs) == 1) {
		result->kind = MERGE_NOTHING;
		library_hex(ours, result->oid);
		return 0;
	}
	ahead = git_graph_descendant_of(repo->handle, theirs, ours) == 1;
	if (ahead && options->ff != MERGE_NO_FF && !options->squash &&
	    !options->keep)
		return forward(repo, sides, result, err);
	if (options->ff == MERGE_FF_ONLY)
		return error_set(err, ERROR_CONFLICT,
				 "%s: cannot be fast-forwarded: HEAD has "
				 "commits of its own",
				 sides->what);
	return combine(repo, options, sides, result, err);
}

int repo_merge(struct repo *repo, const struct merge_options *options,
	       struct merge_result *result, struct error **err)
{
	struct sides sides = {0};
	int status = -1;

	memset(result, 0, sizeof(*result));
	if (check_favor(options->favor, err) == 0 &&
	    combine_idle(repo, err) == 0 &&
	    combine_head(repo, &sides.ours, err) == 0 &&
	    library_commit(repo, options->rev, &sides.theirs, err) == 0) {
		sides.what = mem_printf("merging '%s'", options->rev);
		status = merge(repo, options, &sides, result, err);
	}
	git_commit_free(sides.ours);
	git_commit_free(sides.theirs);
	mem_free(sides.what);
	return status;
}

int repo_merge_base(struct repo *repo, struct texts revs, char oid[OID_HEX + 1],
		    struct error **err)
{
	git_oid *oids = mem_array(revs.count + 1, sizeof(*oids));
	git_oid base;
	int status = 0;

	for (size_t i = 0; i < revs.count && status == 0; i++) {
		git_commit *commit = NULL;

		status = library_commit(repo, revs.items[i], &commit, err);
		if (status == 0)
			oids[i] = *git_commit_id(commit);
		git_commit_free(commit);
	}
	if (status == 0) {
		status = git_merge_base_many(&base, repo->handle, revs.count,
					     oids);
		if (status < 0)
			library_error(err, status, "no common ancestor");
		else
			library_hex(&base, oid);
	}
	mem_free(oids);
	return status < 0 ? -1 : 0;
}

int repo_distance(struct repo *repo, const char *rev, const char *base,
		  size_t counts[2], struct error **err)
{
	git_commit *ours = NULL;
	git_commit *theirs = NULL;
	int status = library_commit(repo, rev, &ours, err);

	if (status == 0)
		status = library_commit(repo, base, &theirs, err);
	if (status == 0) {
		status = git_graph_ahead_behind(
			&counts[0], &counts[1], repo->handle,
			git_commit_id(ours), git_commit_id(theirs));
		if (status < 0)
			library_error(err, status,
				      "cannot compare '%s' and "
				      "'%s'",
				      rev, base);
	}
	git_commit_free(ours);
	git_commit_free(theirs);
	return status < 0 ? -1 : 0;
}
