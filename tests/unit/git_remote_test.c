/* Programs, helpers and known hosts: what remotes stand on. */
#include "tests/unit/git_fixture.h"

#include "runtime/git/credentials.h"
#include "runtime/git/known_hosts.h"
#include "runtime/git/library.h"
#include "runtime/git/program.h"

static void a_program_gets_its_input_and_cannot_ask(void **state)
{
	const char *argv[] = {
		"sh", "-c",
		"cat; echo $GIT_TERMINAL_PROMPT $X; echo 'fatal: no' >&2; "
		"exit 3",
		NULL};
	const char *env[] = {"X=y", NULL};
	struct program program = {.argv = argv, .env = env, .input = "in "};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(program_run(&program, &err), 0);
	assert_no_error(err);
	assert_int_equal(program.status, 3);
	assert_string_equal(program.out.data, "in 0 y\n");
	assert_string_equal(program_complaint(&program), "no");
	program_release(&program);
}

static void a_program_is_killed_with_all_that_it_started(void **state)
{
	const char *argv[] = {"sh", "-c", "sleep 60 & echo $! >pid; wait",
			      NULL};
	struct program program = {.argv = argv, .patience = 300};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(program_run(&program, &err), -1);
	assert_error(err, ERROR_TIMEOUT, "'sh' did not end");
	assert_int_equal(program.status, -1);
	program_release(&program);
	/* A zombie that nobody has waited for yet is dead, too. */
	run("for i in $(seq 100); do "
	    "s=$(sed 's/.*) //; s/ .*//' /proc/$(cat pid)/stat) || exit 0; "
	    "[ $s = Z ] && exit 0; sleep 0.05; done 2>sh.err; exit 1");
}

static void a_cancelled_program_is_killed(void **state)
{
	const char *argv[] = {"sleep", "60", NULL};
	atomic_bool cancelled = true;
	struct program program = {.argv = argv, .cancelled = &cancelled};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(program_run(&program, &err), -1);
	assert_error(err, ERROR_CANCELLED, "cancelled");
	program_release(&program);
}

static void a_missing_program_is_not_found(void **state)
{
	const char *argv[] = {"no-such-program", NULL};
	struct program program = {.argv = argv};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(program_run(&program, &err), -1);
	assert_error(err, ERROR_NOT_FOUND, "cannot run 'no-such-program'");
	program_release(&program);
}

static void helpers_of_git_are_asked(void **state)
{
	char *user;
	char *password;

	(void)state;
	run("git config --global credential.helper '!f() { test $1 = get && "
	    "grep -q host=b.org && echo username=me && echo password=s=1; }; "
	    "f'");
	assert_int_equal(credentials_helper("https://b.org/x", NULL, NULL,
					    &user, &password),
			 1);
	assert_string_equal(user, "me");
	assert_string_equal(password, "s=1");
	mem_free(user);
	mem_free(password);
	assert_int_equal(credentials_helper("https://c.org/x", NULL, NULL,
					    &user, &password),
			 0);
	assert_int_equal(credentials_helper("https://b.org/x\nhost=c", NULL,
					    NULL, &user, &password),
			 0);
}

/* The raw bytes of the public key in `file`. */
static void read_key(const char *file, git_cert_hostkey *key, struct buf *bytes)
{
	char script[256];

	snprintf(script, sizeof(script),
		 "cut -d' ' -f2 %s | base64 -d >key.raw", file);
	run(script);
	buf_init(bytes, 4096);
	assert_int_equal(file_read("key.raw", bytes, NULL), 0);
	key->type = GIT_CERT_SSH_RAW | GIT_CERT_SSH_SHA256;
	key->raw_type = GIT_CERT_SSH_RAW_TYPE_KEY_ED25519;
	key->hostkey = bytes->data;
	key->hostkey_len = bytes->length;
}

static void hosts_are_known_unknown_or_changed(void **state)
{
	const char *files[] = {"none", "known", NULL};
	git_cert_hostkey key = {.parent = {GIT_CERT_HOSTKEY_LIBSSH2}};
	git_cert_hostkey other = key;
	struct buf bytes;
	struct buf others;

	(void)state;
	assert_int_equal(library_start(NULL), 0);
	run("ssh-keygen -q -t ed25519 -N '' -f a; "
	    "ssh-keygen -q -t ed25519 -N '' -f b; "
	    "{ echo \"h.org,[p.org]:2222 $(cut -d' ' -f1,2 a.pub)\"; "
	    "echo '# comment'; } >known");
	read_key("a.pub", &key, &bytes);
	read_key("b.pub", &other, &others);
	for (int hashed = 0; hashed < 2; hashed++) {
		assert_int_equal(known_hosts_check(files, "h.org", 0, &key),
				 HOST_KNOWN);
		assert_int_equal(known_hosts_check(files, "p.org", 2222, &key),
				 HOST_KNOWN);
		assert_int_equal(known_hosts_check(files, "p.org", 22, &key),
				 HOST_UNKNOWN);
		assert_int_equal(known_hosts_check(files, "x.org", 0, &key),
				 HOST_UNKNOWN);
		assert_int_equal(known_hosts_check(files, "h.org", 0, &other),
				 HOST_CHANGED);
		if (!hashed)
			run("ssh-keygen -q -H -f known 2>sh.err; "
			    "echo broken >>known");
	}
	buf_release(&bytes);
	buf_release(&others);
}

static void what_to_do_about_a_host_is_said(void **state)
{
	git_cert_hostkey key = {.parent = {GIT_CERT_HOSTKEY_LIBSSH2}};
	struct buf bytes;
	char *text;
	char *print;

	(void)state;
	assert_int_equal(library_start(NULL), 0);
	run("ssh-keygen -q -t ed25519 -N '' -f k; mkdir .ssh");
	read_key("k.pub", &key, &bytes);
	run("sha256sum key.raw | cut -d' ' -f1 | sed 's/../\\\\x&/g' >hex; "
	    "printf \"$(cat hex)\" >digest");
	buf_clear(&bytes);
	assert_int_equal(file_read("digest", &bytes, NULL), 0);
	memcpy(key.hash_sha256, bytes.data, sizeof(key.hash_sha256));
	buf_clear(&bytes);
	assert_int_equal(file_read("key.raw", &bytes, NULL), 0);
	key.hostkey = bytes.data;
	text = known_hosts_problem("h.org", 2222, &key);
	print = sh("ssh-keygen -lf k.pub | cut -d' ' -f2");
	assert_non_null(strstr(text, print));
	assert_non_null(strstr(text, "ssh-keyscan -p 2222 h.org >> "));
	mem_free(text);
	mem_free(print);
	run("ssh-keygen -q -t ed25519 -N '' -f l; "
	    "echo \"h.org $(cut -d' ' -f1,2 l.pub)\" >.ssh/known_hosts");
	text = known_hosts_problem("h.org", 0, &key);
	assert_non_null(strstr(text, "has changed"));
	assert_non_null(strstr(text, "ssh-keygen -R 'h.org'"));
	mem_free(text);
	run("echo \"h.org $(cut -d' ' -f1,2 k.pub)\" >.ssh/known_hosts");
	assert_null(known_hosts_problem("h.org", 22, &key));
	buf_release(&bytes);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_enter, fixture_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_program_gets_its_input_and_cannot_ask),
		TEST(a_program_is_killed_with_all_that_it_started),
		TEST(a_cancelled_program_is_killed),
		TEST(a_missing_program_is_not_found),
		TEST(helpers_of_git_are_asked),
		TEST(hosts_are_known_unknown_or_changed),
		TEST(what_to_do_about_a_host_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
