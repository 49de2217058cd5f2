/* Commits, changes, files and tags, compared with what git says. */
#include "tests/unit/git_fixture.h"

#include "runtime/git/history.h"
#include "runtime/git/repo.h"

static struct repo *open_repo(const char *path)
{
	struct error *err = NULL;
	struct repo *repo = repo_open(path, NULL, &err);

	assert_no_error(err);
	return repo;
}

/* What a push of `new` over `old` brought: "A x,M y". */
static char *pushed(struct repo *repo, const char *old, const char *new)
{
	struct error *err = NULL;
	struct facts facts;
	struct buf out;

	facts_read(repo, old, new, &facts, &err);
	assert_no_error(err);
	buf_init(&out, 1 << 20);
	buf_puts(&out, "");
	for (size_t i = 0; i < facts.changes.count; i++)
		buf_printf(&out, "%s%c %s", i ? "," : "",
			   facts.changes.items[i].kind,
			   facts.changes.items[i].path);
	facts_release(&facts);
	return buf_take(&out);
}

static void assert_pushed(struct repo *repo, const char *old, const char *new,
			  const char *expected)
{
	char *got = pushed(repo, old, new);

	assert_string_equal(got, expected);
	mem_free(got);
}

static void a_commit_says_what_git_says(void **state)
{
	struct repo *repo;
	struct commit commit;

	(void)state;
	run(NEW_REPO " && GIT_AUTHOR_DATE='1700000000 +0130' "
		     "git commit -q --allow-empty -m 'empty\n\nbody'");
	repo = open_repo("r");
	assert_int_equal(commit_read(repo, "HEAD", &commit, NULL), 0);
	assert_prints("git -C r rev-parse HEAD", commit.oid);
	assert_prints("git -C r rev-parse HEAD^{tree}", commit.tree);
	assert_string_equal(commit.author.name, "Ada");
	assert_string_equal(commit.author.email, "ada@example.org");
	assert_string_equal(commit.committer.name, "Bob");
	assert_true(commit.author.time == INT64_C(1700000000000));
	assert_int_equal(commit.author.offset, 90);
	assert_int_equal(commit.parent_count, 1);
	assert_prints("git -C r rev-parse HEAD~1", commit.parents[0]);
	commit_release(&commit);
	repo_close(repo);
}

static void a_push_is_compared_with_the_merge_base(void **state)
{
	struct repo *repo;

	(void)state;
	run(NEW_REPO " && git checkout -qb side && echo s >s && git add s &&"
		     "git commit -qm s && echo '\xc3\xa4 b' >'\xc3\xa4 b' &&"
		     "git add . && git commit -qm t && git checkout -q main &&"
		     "echo m >m && git add m && echo two >a &&"
		     "git commit -qam m");
	repo = open_repo("r");
	assert_pushed(repo, "main~1", "main", "M a,A m");
	/* A forced push from main to side: only what side brought. */
	assert_pushed(repo, "main", "side", "A s,A \xc3\xa4 b");
	/* A new branch: against the default one; null and unknown are new. */
	assert_pushed(repo, NULL, "side", "A s,A \xc3\xa4 b");
	assert_pushed(repo, "0000000000000000000000000000000000000000", "side",
		      "A s,A \xc3\xa4 b");
	assert_pushed(repo, "1234567890123456789012345678901234567890", "side",
		      "A s,A \xc3\xa4 b");
	/* The default branch itself when it is new; the first commit. */
	assert_pushed(repo, NULL, "main", "M a,A m");
	assert_pushed(repo, NULL, "main~1", "A a");
	/* Back to an older commit: nothing. */
	assert_pushed(repo, "main", "main~1", "");
	repo_close(repo);
}

static void changes_have_kinds_lines_renames_and_a_maximum(void **state)
{
	struct changes_query query = {
		.old = "HEAD~1", .new = "HEAD", .lines = true};
	struct changes changes;
	struct repo *repo;

	(void)state;
	run(NEW_REPO
	    " && seq 20 >list && printf 'a\\0b' >bin && echo x >gone &&"
	    "ln -s a link && git add . && git commit -qm x &&"
	    "git mv list moved && printf 'a\\0c' >bin && rm gone &&"
	    "rm link && echo file >link && echo 1 >new &&"
	    "echo more >>a && git add -A . && git commit -qm y");
	repo = open_repo("r");
	assert_int_equal(changes_read(repo, &query, &changes, NULL), 0);
	assert_int_equal(changes.count, 6);
	assert_string_equal(changes.items[0].path, "a");
	assert_int_equal(changes.items[0].insertions, 1);
	assert_int_equal(changes.items[1].insertions, -1); /* bin */
	assert_int_equal(changes.items[2].kind, 'D');
	assert_int_equal(changes.items[3].kind, 'T');
	assert_int_equal(changes.items[4].kind, 'R');
	assert_string_equal(changes.items[4].old_path, "list");
	assert_string_equal(changes.items[5].path, "new");
	changes_release(&changes);
	query.max = 2;
	assert_int_equal(changes_read(repo, &query, &changes, NULL), 0);
	assert_int_equal(changes.count, 2);
	assert_true(changes.truncated);
	changes_release(&changes);
	repo_close(repo);
}

static void logs_have_ranges_limits_and_paths(void **state)
{
	const char *paths[] = {"b"};
	struct log_query query = {.limit = 2};
	struct commits commits;
	struct repo *repo;

	(void)state;
	run(NEW_REPO " && echo 1 >b && git add b && git commit -qm two &&"
		     "echo 2 >a && git commit -qam three && echo 3 >b &&"
		     "git commit -qam four");
	repo = open_repo("r");
	assert_int_equal(log_read(repo, &query, &commits, NULL), 0);
	assert_int_equal(commits.count, 2);
	assert_string_equal(commits.items[0].message, "four\n");
	commits_release(&commits);
	query = (struct log_query){.to = "HEAD~3"};
	assert_int_equal(log_read(repo, &query, &commits, NULL), 0);
	assert_int_equal(commits.count, 3);
	commits_release(&commits);
	query = (struct log_query){.paths = paths, .path_count = 1};
	assert_int_equal(log_read(repo, &query, &commits, NULL), 0);
	assert_int_equal(commits.count, 2);
	assert_string_equal(commits.items[1].message, "two\n");
	commits_release(&commits);
	repo_close(repo);

	run("git init -q unborn");
	repo = open_repo("unborn");
	query = (struct log_query){0};
	assert_int_equal(log_read(repo, &query, &commits, NULL), 0);
	assert_int_equal(commits.count, 0);
	repo_close(repo);
}

static void files_are_read_at_a_commit(void **state)
{
	struct error *err = NULL;
	struct blob blob;
	struct repo *repo;

	(void)state;
	run(NEW_REPO " && mkdir d && echo deep >'d/f \xc3\xa4' && git add . &&"
		     "head -c 1048577 /dev/zero >big && git add . &&"
		     "git commit -qm x && git tag -m t v1 && rm -r d");
	repo = open_repo("r");
	assert_int_equal(repo_blob(repo, "v1", "d/f \xc3\xa4", &blob, NULL), 0);
	assert_string_equal(blob.bytes.data, "deep\n");
	assert_prints("git -C r rev-parse 'HEAD:d/f \xc3\xa4'", blob.oid);
	blob_release(&blob);
	assert_int_equal(repo_blob(repo, "HEAD", "none", &blob, &err), -1);
	assert_error(err, ERROR_NOT_FOUND, "no file 'none'");
	err = NULL;
	assert_int_equal(repo_blob(repo, "HEAD", "d", &blob, &err), -1);
	error_free(err);
	err = NULL;
	assert_int_equal(repo_blob(repo, "HEAD", "big", &blob, &err), -1);
	assert_error(err, ERROR_LIMIT, "'big' has 1048577 bytes");
	repo_close(repo);
}

static void mistakes_are_explained(void **state)
{
	char oid[OID_HEX + 1];
	struct error *err = NULL;
	struct repo *repo;

	(void)state;
	run(NEW_REPO);
	repo = open_repo("r");
	assert_int_equal(repo_resolve(repo, "mian", oid, &err), -1);
	assert_error(err, ERROR_NOT_FOUND, "did you mean 'main'?");
	err = NULL;
	assert_int_equal(repo_resolve(repo, "1234567890", oid, &err), -1);
	assert_error(err, ERROR_NOT_FOUND, "no commit '1234567890'");
	err = NULL;
	assert_int_equal(repo_resolve(repo, "main:a", oid, &err), -1);
	assert_error(err, ERROR_INVALID, "is a blob, not a commit");
	repo_close(repo);
	err = NULL;
	assert_null(repo_open("nowhere", NULL, &err));
	assert_error(err, ERROR_NOT_FOUND, "not in a git repository");
	err = NULL;

	run("cd r && f=.git/objects/$(git rev-parse HEAD:a |"
	    "sed 's,^..,&/,') && chmod +w $f && echo junk >$f");
	repo = open_repo("r");
	{
		struct blob blob;

		assert_int_equal(repo_blob(repo, "HEAD", "a", &blob, &err), -1);
		assert_error(err, ERROR_IO, "cannot read 'a'");
	}
	repo_close(repo);
}

static void tags_are_made_and_listed(void **state)
{
	struct tag_options light = {.name = "light"};
	struct tag_options heavy = {.name = "v1", .message = "one"};
	char oid[OID_HEX + 1];
	struct error *err = NULL;
	struct repo *repo;
	struct tags tags;

	(void)state;
	run(NEW_REPO);
	repo = open_repo("r");
	assert_int_equal(repo_tag(repo, &light, oid, NULL), 0);
	assert_prints("git -C r rev-parse light", oid);
	assert_int_equal(repo_tag(repo, &heavy, oid, NULL), 0);
	assert_prints("git -C r cat-file -t v1", "tag");
	assert_int_equal(repo_tag(repo, &heavy, oid, &err), -1);
	assert_error(err, ERROR_BUSY, "cannot make tag 'v1'");
	assert_int_equal(repo_tags(repo, &tags, NULL), 0);
	assert_int_equal(tags.count, 2);
	assert_null(tags.items[0].message);
	assert_string_equal(tags.items[1].oid, oid);
	assert_prints("git -C r rev-parse HEAD", tags.items[1].commit);
	tags_release(&tags);
	repo_close(repo);
}

static void status_is_as_git_status(void **state)
{
	struct error *err = NULL;
	struct status status;
	struct repo *repo;
	struct buf out;

	(void)state;
	run(NEW_REPO " && echo b >b && echo c >c && git add . &&"
		     "git commit -qm x && echo 2 >a && git add a && rm b &&"
		     "echo n >n && echo 3 >c && git clone -q --bare . ../b");
	repo = open_repo("r");
	assert_int_equal(repo_status(repo, 100, &status, NULL), 0);
	buf_init(&out, 1 << 20);
	for (size_t i = 0; i < status.count; i++)
		buf_printf(&out, "%s%c%c %s", i ? "\n" : "",
			   status.items[i].index, status.items[i].worktree,
			   status.items[i].path);
	assert_prints("git -C r status --short", out.data);
	buf_release(&out);
	status_release(&status);
	repo_close(repo);
	repo = open_repo("b");
	assert_int_equal(repo_status(repo, 100, &status, &err), -1);
	assert_error(err, ERROR_INVALID, "no working tree");
	repo_close(repo);
}

static void cancelled_work_stops(void **state)
{
	atomic_bool cancelled = true;
	struct log_query query = {0};
	struct commits commits;
	struct error *err = NULL;
	struct repo *repo;

	(void)state;
	run(NEW_REPO);
	repo = repo_open("r", &cancelled, NULL);
	assert_int_equal(log_read(repo, &query, &commits, &err), -1);
	assert_error(err, ERROR_CANCELLED, "cancelled");
	repo_close(repo);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_enter, fixture_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_commit_says_what_git_says),
		TEST(a_push_is_compared_with_the_merge_base),
		TEST(changes_have_kinds_lines_renames_and_a_maximum),
		TEST(logs_have_ranges_limits_and_paths),
		TEST(files_are_read_at_a_commit),
		TEST(mistakes_are_explained),
		TEST(tags_are_made_and_listed),
		TEST(status_is_as_git_status),
		TEST(cancelled_work_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
