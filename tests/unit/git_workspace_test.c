/* Workspaces and remotes, looked at with the git program. */
#include "tests/unit/git_fixture.h"

#include <git2/sys/credential.h>
#include <uv.h>

#include "runtime/git/credentials.h"
#include "runtime/git/jobs.h"

static struct workspace_result make(const char *source, const char *oid,
				    const char *dir, const char *ref)
{
	struct workspace workspace = {
		.source = source, .oid = oid, .dir = dir, .ref = ref};
	struct workspace_result result;
	struct error *err = NULL;

	workspace_make(&workspace, &result, &err);
	assert_no_error(err);
	return result;
}

static void it_is_what_git_would_check_out(void **state)
{
	struct workspace_result result;

	(void)state;
	run(NEW_REPO
	    " && echo '#!/bin/sh' >run && chmod +x run &&"
	    "ln -s a link && ln -s nowhere dangling && mkdir 'd \xc3\xa4'"
	    "&& echo x >'d \xc3\xa4/f' && : >empty && git add . &&"
	    "git commit -qm x && git tag -m t v1 && git branch other");
	result = make("r", "v1", "deep/er/w", "refs/heads/main");
	assert_int_equal(result.files, 6);
	assert_prints("cd deep/er/w && git status --short", "");
	assert_prints("git -C deep/er/w rev-parse HEAD", result.oid);
	assert_prints("git -C deep/er/w rev-parse --abbrev-ref HEAD", "main");
	assert_prints("git -C deep/er/w describe", "v1");
	assert_prints("git -C deep/er/w fsck 2>&1 | grep -v '^dangling' || :",
		      "");
	assert_prints("diff -r --no-dereference -x .git r deep/er/w", "");
	assert_prints("test -x deep/er/w/run && readlink deep/er/w/link", "a");
	assert_prints("git -C deep/er/w config remote.origin.url | "
		      "xargs basename",
		      "r");
	assert_prints("git -C deep/er/w rev-parse origin/other", result.oid);
	assert_prints("git -C deep/er/w fetch -q && "
		      "git -C deep/er/w symbolic-ref "
		      "refs/remotes/origin/HEAD",
		      "refs/remotes/origin/main");
}

static void attributes_are_honoured(void **state)
{
	(void)state;
	run(NEW_REPO " && mkdir d && printf 'x\\ny\\n' >d/crlf.txt &&"
		     "echo '*.txt text eol=crlf' >d/.gitattributes &&"
		     "git add . && git commit -qm x");
	make("r", "HEAD", "w", NULL);
	assert_prints("cd w && git status --short && od -An -c d/crlf.txt |"
		      "tr -d ' '",
		      "x\\r\\ny\\r\\n");
}

/* Trees that git would never make: they must not write outside. */
static void crafted_trees_stay_inside(void **state)
{
	struct workspace workspace = {.source = "r", .oid = "bad", .dir = "w"};
	struct workspace_result result;
	struct error *err = NULL;

	(void)state;
	run(NEW_REPO " && mkdir ../outside && b=$(git rev-parse HEAD:a) &&"
		     "l=$(printf ../outside | git hash-object -w --stdin) &&"
		     "t=$(printf \"100644 blob $b\\tx\\n\" | git mktree) &&"
		     "raw() { printf \"$1 $2\\0\" && "
		     "printf \"$(echo $3 | sed 's/../\\\\x&/g')\"; } &&"
		     "{ raw 120000 d $l && raw 40000 d $t; } >../tree &&"
		     "t=$(git hash-object -w --literally -t tree ../tree) &&"
		     "git branch bad $(git commit-tree -m bad $t)");
	assert_int_equal(workspace_make(&workspace, &result, &err), -1);
	assert_error(err, ERROR_IO,
		     "cannot make the folder of 'd/x': File exists");
	assert_prints("ls outside", "");

	err = NULL;
	run("cd r && t=$(git rev-parse HEAD^{tree}) &&"
	    "t=$(printf \"040000 tree $t\\t.GIT\\n\" | git mktree) &&"
	    "git branch -f bad $(git commit-tree -m bad $t)");
	workspace.dir = "w2";
	assert_int_equal(workspace_make(&workspace, &result, &err), -1);
	error_free(err);
	assert_prints("test ! -e w2/.GIT/a", "");
}

static void
what_is_whole_stays_and_what_is_half_made_is_made_again(void **state)
{
	struct workspace workspace = {.source = "r", .dir = "w"};
	struct workspace_result result;
	struct error *err = NULL;

	(void)state;
	run(NEW_REPO " && echo 2 >a && git commit -qam two");
	assert_false(make("r", "HEAD", "w", NULL).reused);
	run("echo changed >w/a && echo more >w/new");
	assert_true(make("r", "HEAD", "w", NULL).reused);
	assert_prints("cat w/a", "changed");
	workspace.oid = "HEAD~1";
	assert_int_equal(workspace_make(&workspace, &result, &err), -1);
	assert_error(err, ERROR_BUSY, "is the workspace of commit");
	err = NULL;

	run("mv w/.git/tidemill-ready w/.git/tidemill-begun");
	assert_false(make("r", "HEAD", "w", NULL).reused);
	assert_prints("cat w/a && ls w", "2\na");
	run("rm -r w && mkdir -p w/.git");
	make("r", "HEAD", "w", NULL);
	run("mkdir -p x && echo mine >x/file");
	workspace.dir = "x";
	assert_int_equal(workspace_make(&workspace, &result, &err), -1);
	assert_error(err, ERROR_BUSY, "not empty and no workspace");
	assert_prints("cat x/file", "mine");
}

static void alternates_worktrees_and_submodules_work(void **state)
{
	(void)state;
	run(NEW_REPO " && cd .. && git clone -q -s --bare r borrowed.git &&"
		     "git -C r worktree add -q -b side ../tree &&"
		     "git clone -q r outer && cd outer &&"
		     "git -c protocol.file.allow=always submodule add -q "
		     "../r sub && git commit -qm sub");
	make("borrowed.git", "main", "w1", NULL);
	assert_prints("git -C w1 status --short && cat w1/a", "one");
	make("tree", "side", "w2", "refs/heads/side");
	assert_prints("git -C w2 status --short && cat w2/a", "one");
	make("outer", "HEAD", "w3", NULL);
	assert_prints("git -C w3 status --short && ls w3/sub", "");
	run("git clone -q --depth 1 \"file://$PWD/r\" shallow");
	make("shallow", "HEAD", "w4", NULL);
	assert_prints("git -C w4 log --format=%s", "first");
}

static void cancelling_leaves_nothing_that_looks_whole(void **state)
{
	atomic_bool cancelled = true;
	struct workspace workspace = {.source = "r",
				      .oid = "HEAD",
				      .dir = "w",
				      .cancelled = &cancelled};
	struct workspace_result result;
	struct error *err = NULL;

	(void)state;
	run(NEW_REPO);
	assert_int_equal(workspace_make(&workspace, &result, &err), -1);
	assert_error(err, ERROR_CANCELLED, "cancelled");
	assert_prints("test ! -e w/.git/tidemill-ready", "");
}

static void mirrors_follow_their_remote(void **state)
{
	struct remote remote = {.url = "r"};
	struct error *err = NULL;

	(void)state;
	run(NEW_REPO " && git tag v1 && git branch old");
	remote_mirror(&remote, "m.git", &err);
	assert_no_error(err);
	assert_prints("git -C m.git for-each-ref --format='%(refname)'",
		      "refs/heads/main\nrefs/heads/old\nrefs/tags/v1");
	/* A killed fetch left a lock; a branch was renamed, one forced. */
	run(": >m.git/refs/heads/main.lock && cd r && git branch -m old new &&"
	    "git tag -d v1 >&2 && git commit -q --amend -m forced");
	remote_mirror(&remote, "m.git", &err);
	assert_no_error(err);
	assert_prints("git -C m.git for-each-ref --format='%(refname)' && "
		      "git -C m.git log -1 --format=%s",
		      "refs/heads/main\nrefs/heads/new\nforced");
	make("m.git", "main", "w", NULL);
	assert_prints("git -C w config remote.origin.url | xargs basename",
		      "r");
}

static void clones_fetches_and_remote_refs(void **state)
{
	struct remote remote = {.url = "r"};
	struct clone_options options = {.bare = false};
	struct fetch_options fetch = {0};
	struct ref_changes changes;
	struct repo *repo;
	struct error *err = NULL;
	struct refs refs;
	char *url;

	(void)state;
	run(NEW_REPO);
	remote_clone(&remote, "c", &options, &err);
	assert_no_error(err);
	assert_prints("git -C c status --short && cat c/a", "one");
	run("cd r && echo 2 >a && git commit -qam two && git branch extra");
	repo = repo_open("c", NULL, &err);
	remote_fetch(repo, &remote, &fetch, &changes, &err);
	assert_no_error(err);
	assert_int_equal(changes.count, 2);
	ref_changes_release(&changes);
	assert_prints("git -C c log -1 --format=%s origin/extra", "two");
	fetch.name = "upstream";
	assert_int_equal(remote_fetch(repo, &remote, &fetch, &changes, &err),
			 -1);
	assert_error(err, ERROR_NOT_FOUND, "no remote 'upstream'");
	repo_close(repo);
	err = NULL;

	url = sh("echo \"file://$PWD/r\"");
	remote.url = url;
	assert_int_equal(remote_refs(&remote, &refs, NULL), 0);
	assert_int_equal(refs.count, 2);
	assert_string_equal(refs.head, "refs/heads/main");
	refs_release(&refs);
	mem_free(url);
	remote.url = "http://name:secret@127.0.0.1:1/x.git";
	assert_int_equal(remote_refs(&remote, &refs, &err), -1);
	assert_null(strstr(err->message, "secret"));
	assert_error(err, ERROR_IO, "http://name@127.0.0.1:1/x.git");
}

static void urls_and_netrc_are_told_apart(void **state)
{
	static const char netrc[] =
		"machine a.org login x password y\n"
		"machine b.org\n\tlogin me\n\tpassword pw\ndefault login d";
	char *user = NULL;
	char *password = NULL;
	char *path;

	(void)state;
	assert_null(remote_local_path("git@host:x.git"));
	assert_null(remote_local_path("https://host/x"));
	path = remote_local_path("file:///a%20b");
	assert_string_equal(path, "/a b");
	mem_free(path);
	path = remote_local_path("./a:b");
	assert_string_equal(path, "./a:b");
	mem_free(path);
	assert_true(credentials_netrc(netrc, "b.org", &user, &password));
	assert_string_equal(user, "me");
	assert_string_equal(password, "pw");
	mem_free(user);
	mem_free(password);
	assert_true(credentials_netrc(netrc, "c.org", &user, &password));
	assert_string_equal(user, "d");
	assert_null(password);
	mem_free(user);
}

static int ask(struct credentials *tried, unsigned allowed, char **what)
{
	git_credential *made = NULL;
	int status = credentials_acquire(&made, "https://b.org:8443/x", "me",
					 allowed, tried);

	*what = NULL;
	if (status == 0 && made->credtype == GIT_CREDENTIAL_USERPASS_PLAINTEXT)
		*what = mem_printf(
			"%s:%s",
			((git_credential_userpass_plaintext *)made)->username,
			((git_credential_userpass_plaintext *)made)->password);
	else if (status == 0 && made->credtype == GIT_CREDENTIAL_SSH_KEY)
		*what = mem_copy(((git_credential_ssh_key *)made)->privatekey);
	else if (status == 0)
		*what = mem_copy(git_credential_get_username(made));
	git_credential_free(made);
	return status;
}

static void assert_asked(struct credentials *tried, unsigned allowed,
			 const char *expected)
{
	char *what;

	assert_int_equal(ask(tried, allowed, &what), 0);
	assert_string_equal(what, expected);
	mem_free(what);
}

static void each_way_to_log_in_is_tried_once(void **state)
{
	struct credentials tried = {0};
	unsigned password = GIT_CREDENTIAL_USERPASS_PLAINTEXT;
	unsigned key = GIT_CREDENTIAL_SSH_KEY;
	char *what;

	(void)state;
	git_libgit2_init();
	run("echo 'machine b.org login you password pw' >.netrc &&"
	    "mkdir .ssh && : >.ssh/id_ecdsa && : >.ssh/id_rsa && : >named");
	setenv("TIDEMILL_GIT_TOKEN", "secret", 1);
	assert_asked(&tried, password, "me:secret");
	assert_asked(&tried, password, "you:pw");
	assert_int_equal(ask(&tried, password, &what), GIT_EAUTH);
	unsetenv("TIDEMILL_GIT_TOKEN");
	tried = (struct credentials){0};
	assert_asked(&tried, password, "you:pw");

	unsetenv("SSH_AUTH_SOCK");
	assert_asked(&tried, GIT_CREDENTIAL_USERNAME, "me");
	assert_int_equal(ask(&tried, key, &what), 0);
	assert_non_null(strstr(what, "/.ssh/id_ecdsa"));
	mem_free(what);
	assert_int_equal(ask(&tried, key, &what), 0);
	assert_non_null(strstr(what, "/.ssh/id_rsa"));
	mem_free(what);
	assert_int_equal(ask(&tried, key, &what), GIT_EAUTH);
	setenv("TIDEMILL_SSH_KEY", "named", 1);
	tried = (struct credentials){0};
	assert_asked(&tried, key, "named");
	assert_int_equal(ask(&tried, key, &what), GIT_EAUTH);
	unsetenv("TIDEMILL_SSH_KEY");
	git_libgit2_shutdown();
}

static void count(struct op *op)
{
	++*(int *)op->waiter;
}

static void jobs_run_on_the_pool(void **state)
{
	int done = 0;
	uv_loop_t loop;
	struct op op = {.done = count, .waiter = &done};
	struct refs_job refs = {.work.op = op};
	struct facts_job facts = {.work.op = op};
	struct blob_job blob = {.work.op = op};
	struct remote_job remote = {.work.op = op};
	struct workspace_job made = {.work.op = op};
	struct op *all[] = {&refs.work.op, &facts.work.op, &blob.work.op,
			    &remote.work.op, &made.work.op};

	(void)state;
	run(NEW_REPO);
	uv_loop_init(&loop);
	refs_start(&refs, &loop, "r");
	facts_start(&facts, &loop, "r", NULL, "HEAD");
	blob_start(&blob, &loop, "r", "HEAD", "none");
	remote_start(&remote, &loop, "r", "m.git");
	workspace_start(
		&made, &loop,
		&(struct workspace){.source = "r", .oid = "HEAD", .dir = "w"});
	assert_int_equal(done, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 5);
	assert_int_equal(refs.refs.count, 1);
	assert_int_equal(facts.facts.changes.count, 1);
	assert_int_equal(remote.refs.count, 1);
	assert_int_equal(made.result.files, 1);
	assert_error(blob.work.op.error, ERROR_NOT_FOUND, "no file 'none'");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		all[i]->release(all[i]);
	assert_int_equal(uv_loop_close(&loop), 0);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_enter, fixture_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_what_git_would_check_out),
		TEST(attributes_are_honoured),
		TEST(crafted_trees_stay_inside),
		TEST(what_is_whole_stays_and_what_is_half_made_is_made_again),
		TEST(alternates_worktrees_and_submodules_work),
		TEST(cancelling_leaves_nothing_that_looks_whole),
		TEST(mirrors_follow_their_remote),
		TEST(clones_fetches_and_remote_refs),
		TEST(urls_and_netrc_are_told_apart),
		TEST(each_way_to_log_in_is_tried_once),
		TEST(jobs_run_on_the_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
