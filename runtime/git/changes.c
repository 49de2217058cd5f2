/* What differs between two commits, and what a push brought. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/history.h"
#include "runtime/git/library.h"

/* Both sides while they are compared. */
struct sides {
	git_commit *old; /* NULL: nothing to compare with */
	git_commit *new;
};

static bool is_null(const char *oid)
{
	return !oid || oid[strspn(oid, "0")] == '\0';
}

/* The commit `oid` if it still exists, else NULL without an error. */
static git_commit *known_commit(struct repo *repo, const char *oid)
{
	git_commit *commit = NULL;

	if (is_null(oid) || library_commit(repo, oid, &commit, NULL) != 0)
		return NULL;
	return commit;
}

static git_commit *default_tip(struct repo *repo)
{
	const struct ref *ref;
	git_commit *commit = NULL;
	struct refs refs;

	if (refs_read(repo_dir(repo), REFS_TIPS, &refs, NULL) != 0)
		return NULL;
	ref = refs_default(&refs);
	if (ref)
		commit = known_commit(repo, ref->oid);
	refs_release(&refs);
	return commit;
}

static git_commit *merge_base(struct repo *repo, const git_commit *old,
			      const git_commit *new)
{
	git_commit *base = NULL;
	git_oid oid;

	if (git_merge_base(&oid, repo->handle, git_commit_id(old),
			   git_commit_id(new)) == 0)
		git_commit_lookup(&base, repo->handle, &oid);
	git_error_clear();
	return base;
}

/*
 * What to compare a push with; NULL: nothing. A base that is `new` itself says
 * nothing about a new ref (it is on the default branch already), so its parent
 * is taken; for a known `old` it means that the branch went back: no changes.
 */
static git_commit *push_base(struct repo *repo, const char *old,
			     const git_commit *new)
{
	git_commit *from = known_commit(repo, old);
	bool fresh = !from;
	git_commit *base = NULL;

	if (fresh)
		from = default_tip(repo);
	if (from)
		base = merge_base(repo, from, new);
	git_commit_free(from);
	if (base && fresh &&
	    git_oid_equal(git_commit_id(base), git_commit_id(new))) {
		git_commit_free(base);
		base = NULL;
	}
	if (!base && git_commit_parentcount(new) > 0)
		git_commit_parent(&base, new, 0);
	git_error_clear();
	return base;
}

static int find_sides(struct repo *repo, const struct changes_query *query,
		      struct sides *sides, struct error **err)
{
	if (library_commit(repo, query->new ? query->new : "HEAD", &sides->new,
			   err) != 0)
		return -1;
	if (query->merge_base)
		sides->old = push_base(repo, query->old, sides->new);
	else if (!is_null(query->old))
		return library_commit(repo, query->old, &sides->old, err);
	return 0;
}

static int on_progress(const git_diff *diff, const char *old_path,
		       const char *new_path, void *payload)
{
	(void)diff;
	(void)old_path;
	(void)new_path;
	return library_cancelled(payload) ? GIT_EUSER : 0;
}

static int make_diff(struct repo *repo, const struct sides *sides, bool renames,
		     git_diff **diff)
{
	git_diff_options options;
	git_diff_find_options find;
	git_tree *old = NULL;
	git_tree *new = NULL;
	int status;

	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
	options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
	options.context_lines = 0;
	options.progress_cb = on_progress;
	options.payload = (void *)repo->cancelled;
	status = git_commit_tree(&new, sides->new);
	if (status == 0 && sides->old)
		status = git_commit_tree(&old, sides->old);
	if (status == 0)
		status = git_diff_tree_to_tree(diff, repo->handle, old, new,
					       &options);
	if (status == 0 && renames)
		status = git_diff_find_similar(*diff, &find);
	git_tree_free(old);
	git_tree_free(new);
	return status;
}

static char letter(git_delta_t kind)
{
	switch (kind) {
	case GIT_DELTA_ADDED:
		return 'A';
	case GIT_DELTA_DELETED:
		return 'D';
	case GIT_DELTA_RENAMED:
		return 'R';
	case GIT_DELTA_TYPECHANGE:
		return 'T';
	default:
		return 'M';
	}
}

static int count_lines(git_diff *diff, size_t at, struct change *change)
{
	git_patch *patch = NULL;
	size_t insertions = 0;
	size_t deletions = 0;
	int status = git_patch_from_diff(&patch, diff, at);

	if (status < 0)
		return status;
	if (patch &&
	    !(git_patch_get_delta(patch)->flags & GIT_DIFF_FLAG_BINARY)) {
		status = git_patch_line_stats(NULL, &insertions, &deletions,
					      patch);
		change->insertions = (int64_t)insertions;
		change->deletions = (int64_t)deletions;
	}
	git_patch_free(patch);
	return status;
}

static int take_change(git_diff *diff, size_t at, bool lines,
		       struct change *change)
{
	const git_diff_delta *delta = git_diff_get_delta(diff, at);

	change->path = mem_copy(delta->new_file.path);
	change->kind = letter(delta->status);
	change->insertions = -1;
	change->deletions = -1;
	if (delta->status == GIT_DELTA_RENAMED)
		change->old_path = mem_copy(delta->old_file.path);
	return lines ? count_lines(diff, at, change) : 0;
}

static int take_changes(struct repo *repo, const struct changes_query *query,
			git_diff *diff, struct changes *changes)
{
	size_t max = query->max ? query->max : CHANGES_MAX;
	size_t found = git_diff_num_deltas(diff);

	changes->truncated = found > max;
	if (found > max)
		found = max;
	changes->items = mem_array(found + 1, sizeof(*changes->items));
	for (size_t i = 0; i < found; i++) {
		struct change *change = &changes->items[changes->count++];
		int status = take_change(diff, i, query->lines, change);

		if (status < 0)
			return status;
		if (library_cancelled(repo->cancelled))
			return GIT_EUSER;
		if (change->insertions > 0)
			changes->insertions += change->insertions;
		if (change->deletions > 0)
			changes->deletions += change->deletions;
	}
	return 0;
}

int changes_read(struct repo *repo, const struct changes_query *query,
		 struct changes *changes, struct error **err)
{
	struct sides sides = {0};
	git_diff *diff = NULL;
	int status = -1;

	memset(changes, 0, sizeof(*changes));
	if (find_sides(repo, query, &sides, err) != 0)
		goto out;
	if (sides.old)
		library_hex(git_commit_id(sides.old), changes->base);
	status = make_diff(repo, &sides, query->lines, &diff);
	if (status == 0)
		status = take_changes(repo, query, diff, changes);
	if (status < 0)
		status = library_error(err, status,
				       "cannot compare commits of '%s'",
				       repo->path);
out:
	git_diff_free(diff);
	git_commit_free(sides.old);
	git_commit_free(sides.new);
	if (status != 0)
		changes_release(changes);
	return status;
}

void changes_release(struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		mem_free(changes->items[i].path);
		mem_free(changes->items[i].old_path);
	}
	mem_free(changes->items);
	memset(changes, 0, sizeof(*changes));
}
