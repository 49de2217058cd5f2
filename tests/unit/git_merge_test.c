/* Branches, commits and merges: what changes, and what must not. */
#include "tests/unit/git_fixture.h"

#include "runtime/git/branch.h"
#include "runtime/git/commit.h"
#include "runtime/git/merge.h"
#include "runtime/git/push.h"
#include "runtime/git/stash.h"
#include "runtime/git/tree.h"

/* "r" with branches main and side, which differ in `a`; and side has `s`. */
#define TWO_SIDES                                                              \
	NEW_REPO                                                               \
	" && git checkout -qb side && echo s >s && echo side >a && "           \
	"git add . && git commit -qm side && git checkout -q main && "         \
	"echo main >a && git commit -qam main"

static struct repo *open_repo(const char *path, const atomic_bool *cancelled)
{
	struct error *err = NULL;
	struct repo *repo = repo_open(path, cancelled, &err);

	assert_no_error(err);
	return repo;
}

static void a_conflict_leaves_all_as_it_was(void **state)
{
	struct merge_options options = {.rev = "side"};
	struct merge_result result;
	struct error *err = NULL;
	struct repo *repo;

	(void)state;
	run(TWO_SIDES);
	repo = open_repo("r", NULL);
	assert_int_equal(repo_merge(repo, &options, &result, &err), -1);
	assert_error(err, ERROR_CONFLICT, "merging 'side': conflicts in a");
	assert_prints("cd r && git status --short && git log -1 --format=%s",
		      "main");
	err = NULL;
	options.favor = "ours";
	repo_merge(repo, &options, &result, &err);
	assert_no_error(err);
	assert_int_equal(result.kind, MERGE_COMMIT);
	assert_prints("cd r && git status --short && cat a s && "
		      "git rev-list --parents -1 HEAD | wc -w",
		      "main\ns\n3");
	repo_close(repo);
}

static void a_bare_repository_is_merged_in(void **state)
{
	struct merge_options options = {.rev = "side", .favor = "theirs"};
	struct merge_result result;
	struct error *err = NULL;
	struct repo *repo;

	(void)state;
	run(TWO_SIDES " && git clone -q --bare . ../b.git");
	repo = open_repo("b.git", NULL);
	repo_merge(repo, &options, &result, &err);
	assert_no_error(err);
	assert_prints("git -C b.git show main:a main:s", "side\ns");
	repo_close(repo);
}

static void what_is_cancelled_changes_nothing(void **state)
{
	atomic_bool cancelled = true;
	struct switch_options options = {.name = "side"};
	struct error *err = NULL;
	struct repo *repo;

	(void)state;
	run(TWO_SIDES);
	repo = open_repo("r", &cancelled);
	assert_int_equal(repo_switch(repo, &options, &err), -1);
	assert_error(err, ERROR_CANCELLED, "cannot switch to 'side'");
	assert_prints("cd r && git status --short && git branch --show-current",
		      "main");
	repo_close(repo);
}

static void a_merge_of_gits_own_is_not_disturbed(void **state)
{
	struct commit_options options = {.message = "x", .allow_empty = true};
	char oid[OID_HEX + 1];
	struct error *err = NULL;
	struct repo *repo;

	(void)state;
	run(TWO_SIDES " && { git merge -q side || :; } >../sh.err");
	repo = open_repo("r", NULL);
	assert_int_equal(repo_commit(repo, &options, oid, &err), -1);
	assert_error(err, ERROR_BUSY, "a merge is under way");
	repo_close(repo);
}

static void branches_of_other_worktrees_are_left_alone(void **state)
{
	struct switch_options options = {.name = "side"};
	struct error *err = NULL;
	struct repo *repo;

	(void)state;
	run(TWO_SIDES " && git worktree add -q ../w side");
	repo = open_repo("r", NULL);
	assert_int_equal(repo_switch(repo, &options, &err), -1);
	assert_error(err, ERROR_BUSY, "another worktree is on branch 'side'");
	err = NULL;
	assert_int_equal(repo_branch_delete(repo, "side", true, &err), -1);
	assert_error(err, ERROR_BUSY, "checked out");
	repo_close(repo);
}

static void limits_are_kept(void **state)
{
	struct tree_query query = {.rev = "side", .max = 1};
	struct patch_query patch = {.from = "main", .to = "side", .max = 20};
	struct error *err = NULL;
	struct repo *repo;
	struct tree tree;
	struct buf text;

	(void)state;
	run(TWO_SIDES);
	repo = open_repo("r", NULL);
	assert_int_equal(repo_tree(repo, &query, &tree, &err), -1);
	assert_error(err, ERROR_LIMIT, "more than 1 entries");
	err = NULL;
	assert_int_equal(repo_patch(repo, &patch, &text, &err), -1);
	assert_error(err, ERROR_LIMIT, "more than 20 bytes");
	repo_close(repo);
}

static void a_stash_that_does_not_fit_stays(void **state)
{
	struct stash_options options = {0};
	char oid[OID_HEX + 1];
	struct error *err = NULL;
	struct repo *repo;

	(void)state;
	run(TWO_SIDES " && echo mine >a");
	repo = open_repo("r", NULL);
	repo_stash(repo, &options, oid, &err);
	assert_no_error(err);
	run("cd r && echo theirs >a && git commit -qam theirs");
	assert_int_equal(repo_stash_apply(repo, 0, true, &err), -1);
	assert_error(err, ERROR_CONFLICT, "conflicts in a");
	assert_prints("cd r && git status --short && cat a && "
		      "git stash list | wc -l",
		      "theirs\n1");
	repo_close(repo);
}

static void a_lease_is_kept_or_broken(void **state)
{
	struct push_options options = {.lease = true};
	struct remote remote = {0};
	struct ref_changes changes;
	struct error *err = NULL;
	struct repo *repo;

	(void)state;
	run(NEW_REPO " && git clone -q --bare . ../b.git && "
		     "git clone -q ../b.git ../c && "
		     "git remote add origin ../b.git && git fetch -q && "
		     "cd ../c && git commit -q --allow-empty -m theirs && "
		     "git push -q && cd ../r && "
		     "git commit -q --allow-empty --amend -m ours");
	repo = open_repo("r", NULL);
	assert_int_equal(remote_push(repo, &remote, &options, &changes, &err),
			 -1);
	assert_error(err, ERROR_CONFLICT, "refs/heads/main: stale info");
	err = NULL;
	run("git -C r fetch -q");
	remote_push(repo, &remote, &options, &changes, &err);
	assert_no_error(err);
	assert_int_equal(changes.count, 1);
	assert_string_equal(changes.items[0].name, "refs/heads/main");
	ref_changes_release(&changes);
	assert_prints("git -C b.git log -1 --format=%s main", "ours");
	repo_close(repo);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_enter, fixture_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_conflict_leaves_all_as_it_was),
		TEST(a_bare_repository_is_merged_in),
		TEST(what_is_cancelled_changes_nothing),
		TEST(a_merge_of_gits_own_is_not_disturbed),
		TEST(branches_of_other_worktrees_are_left_alone),
		TEST(limits_are_kept),
		TEST(a_stash_that_does_not_fit_stays),
		TEST(a_lease_is_kept_or_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
