/* Refs read from files, compared with what git says. */
#include "tests/unit/git_fixture.h"

#include "runtime/base/clock.h"
#include "runtime/git/refs.h"

/* The same list as `git for-each-ref`, as text. */
static char *list(const char *path, enum refs_scope scope)
{
	struct error *err = NULL;
	struct refs refs;
	struct buf out;

	refs_read(path, scope, &refs, &err);
	assert_no_error(err);
	buf_init(&out, 16 << 20);
	for (size_t i = 0; i < refs.count; i++)
		buf_printf(&out, "%s%s %s", i ? "\n" : "", refs.items[i].oid,
			   refs.items[i].name);
	refs_release(&refs);
	return buf_take(&out);
}

static void assert_same(const char *path)
{
	char *script = mem_printf("git -C %s for-each-ref "
				  "--format='%%(objectname) %%(refname)'",
				  path);
	char *expected = sh(script);
	char *got = list(path, REFS_ALL);

	assert_string_equal(got, expected);
	mem_free(script);
	mem_free(expected);
	mem_free(got);
}

static void loose_and_packed_refs_are_as_git_sees_them(void **state)
{
	(void)state;
	run(NEW_REPO " && git branch feature/x && git tag light &&"
		     "git tag -m annotated v1.0");
	assert_same("r");
	run("cd r && git pack-refs --all");
	assert_same("r");
	run("cd r && echo 2 >a && git commit -qam second &&"
	    "git branch 'b\xc3\xa4um' && git branch -D feature/x >&2 &&"
	    "git branch feature");
	assert_same("r");
	run("cd r && git symbolic-ref refs/heads/alias refs/heads/main &&"
	    "git update-ref refs/remotes/origin/main main &&"
	    "git symbolic-ref refs/remotes/origin/HEAD "
	    "refs/remotes/origin/main");
	assert_same("r");
}

static void noise_and_broken_refs_are_left_out(void **state)
{
	char *got;

	(void)state;
	run(NEW_REPO " && : >.git/refs/heads/main.lock &&"
		     ": >.git/refs/heads/empty && echo junk "
		     ">.git/refs/heads/junk && mkdir .git/refs/heads/dir &&"
		     "echo 'ref: refs/heads/none' >.git/refs/heads/dangling");
	got = list("r", REFS_TIPS);
	assert_non_null(strstr(got, " refs/heads/main"));
	assert_null(strchr(got, '\n'));
	mem_free(got);
}

static void head_is_a_branch_a_commit_or_unborn(void **state)
{
	struct refs refs;

	(void)state;
	run("git init -q -b main empty");
	assert_int_equal(refs_read("empty", REFS_TIPS, &refs, NULL), 0);
	assert_string_equal(refs.head, "refs/heads/main");
	assert_string_equal(refs.head_oid, "");
	assert_null(refs_default(&refs));
	refs_release(&refs);

	run(NEW_REPO);
	assert_int_equal(refs_read("r", REFS_TIPS, &refs, NULL), 0);
	assert_string_equal(refs.head_oid, refs.items[0].oid);
	assert_string_equal(refs_default(&refs)->name, "refs/heads/main");
	refs_release(&refs);

	run("cd r && git checkout -q --detach");
	assert_int_equal(refs_read("r", REFS_TIPS, &refs, NULL), 0);
	assert_null(refs.head);
	assert_string_equal(refs.head_oid, refs.items[0].oid);
	refs_release(&refs);
}

static void worktrees_bare_ones_and_git_files_are_found(void **state)
{
	struct refs refs;

	(void)state;
	run(NEW_REPO " && git worktree add -q -b side ../w &&"
		     "git clone -q --bare . ../bare.git &&"
		     "git init -q --separate-git-dir=../apart ../s");
	assert_same("w");
	assert_same("bare.git");
	assert_same("r/.git");
	assert_same("s");
	assert_int_equal(refs_read("w", REFS_TIPS, &refs, NULL), 0);
	assert_string_equal(refs.head, "refs/heads/side");
	refs_release(&refs);
}

static void no_repository_is_an_error_that_says_so(void **state)
{
	struct error *err = NULL;
	struct refs refs;

	(void)state;
	assert_int_equal(refs_read("nowhere", REFS_TIPS, &refs, &err), -1);
	assert_error(err, ERROR_NOT_FOUND, "no such folder");
	err = NULL;
	run("mkdir plain");
	assert_int_equal(refs_read("plain", REFS_TIPS, &refs, &err), -1);
	assert_error(err, ERROR_NOT_FOUND, "not a git repository");
	err = NULL;
	run("git init -q --object-format=sha256 wide && cd wide &&"
	    "git commit -q --allow-empty -m x");
	assert_int_equal(refs_read("wide", REFS_TIPS, &refs, &err), -1);
	assert_error(err, ERROR_INVALID, "SHA-256");
}

static void short_names_resolve_and_near_ones_are_found(void **state)
{
	struct refs refs;

	(void)state;
	run(NEW_REPO " && git branch release/2 && git tag v1.0");
	assert_int_equal(refs_read("r", REFS_ALL, &refs, NULL), 0);
	assert_string_equal(refs_resolve(&refs, "main")->name,
			    "refs/heads/main");
	assert_string_equal(refs_resolve(&refs, "heads/release/2")->name,
			    "refs/heads/release/2");
	assert_string_equal(refs_resolve(&refs, "v1.0")->name,
			    "refs/tags/v1.0");
	assert_null(refs_resolve(&refs, "mian"));
	assert_string_equal(refs_nearest(&refs, "mian"), "main");
	assert_string_equal(refs_nearest(&refs, "relase/2"), "release/2");
	assert_null(refs_nearest(&refs, "something-else"));
	refs_release(&refs);
}

/* While another process packs and unpacks, no branch may ever be missing. */
static void nothing_is_missing_while_git_packs_refs(void **state)
{
	int status;
	pid_t pid;
	unsigned rounds = 0;

	(void)state;
	run(NEW_REPO " && for i in 1 2 3 4 5 6 7 8 9; do git branch b$i; done");
	pid = fork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c",
		      "cd r; for n in 1 2 3 4 5 6 7 8; do "
		      "git pack-refs --all; for i in 1 3 5 7; do "
		      "git update-ref refs/heads/b$i HEAD HEAD; done; done",
		      (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct refs refs;

		assert_int_equal(refs_read("r", REFS_TIPS, &refs, NULL), 0);
		assert_int_equal(refs.count, 10);
		refs_release(&refs);
		rounds++;
	}
	assert_int_equal(status, 0);
	assert_true(rounds > 1);
}

static void ten_thousand_packed_refs_take_milliseconds(void **state)
{
	int64_t best = INT64_MAX;

	(void)state;
	run(NEW_REPO " && seq -f 'create refs/heads/b%.0f HEAD' 10000 |"
		     "git update-ref --stdin && git pack-refs --all");
	assert_same("r");
	for (int i = 0; i < 5; i++) {
		int64_t start = clock_monotonic_us();
		struct refs refs;

		assert_int_equal(refs_read("r", REFS_TIPS, &refs, NULL), 0);
		assert_int_equal(refs.count, 10001);
		refs_release(&refs);
		if (clock_monotonic_us() - start < best)
			best = clock_monotonic_us() - start;
	}
	assert_true(best < 20000); /* 0.6 ms; room for sanitizers */
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_enter, fixture_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loose_and_packed_refs_are_as_git_sees_them),
		TEST(noise_and_broken_refs_are_left_out),
		TEST(head_is_a_branch_a_commit_or_unborn),
		TEST(worktrees_bare_ones_and_git_files_are_found),
		TEST(no_repository_is_an_error_that_says_so),
		TEST(short_names_resolve_and_near_ones_are_found),
		TEST(nothing_is_missing_while_git_packs_refs),
		TEST(ten_thousand_packed_refs_take_milliseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
