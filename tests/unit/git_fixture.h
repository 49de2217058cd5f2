/* Temporary repositories, made with the git program. For git's tests. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/buf.h"
#include "runtime/base/error.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"

/* Enter a new folder; git asks nobody and reads no one's settings. */
static inline int fixture_enter(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = mem_printf("%s/tidemill-git-XXXXXX", tmp ? tmp : "/tmp");

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return -1;
	setenv("HOME", dir, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "Ada", 1);
	setenv("GIT_AUTHOR_EMAIL", "ada@example.org", 1);
	setenv("GIT_COMMITTER_NAME", "Bob", 1);
	setenv("GIT_COMMITTER_EMAIL", "bob@example.org", 1);
	unsetenv("XDG_CONFIG_HOME");
	*state = dir;
	return 0;
}

static inline int fixture_leave(void **state)
{
	int status = chdir("/");

	status |= file_remove(*state, NULL);
	mem_free(*state);
	return status;
}

/* Run a script with bash; it must succeed. Its output is owned. */
static inline char *sh(const char *script)
{
	struct buf out;
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		if (!freopen("sh.out", "w", stdout))
			_exit(126);
		execl("/bin/bash", "bash", "-euc", script, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		print_error("failed: %s\n", script);
	assert_int_equal(status, 0);
	buf_init(&out, 16 << 20);
	buf_puts(&out, ""); /* its NUL, also when nothing was printed */
	assert_int_equal(file_read("sh.out", &out, NULL), 0);
	while (out.length > 0 && out.data[out.length - 1] == '\n')
		out.data[--out.length] = '\0';
	return buf_take(&out);
}

static inline void run(const char *script)
{
	mem_free(sh(script));
}

/* The first line of what `script` prints is `expected`. */
static inline void assert_prints(const char *script, const char *expected)
{
	char *got = sh(script);

	assert_string_equal(got, expected);
	mem_free(got);
}

/* An error with this code, whose text contains `part`; frees it. */
static inline void assert_error(struct error *err, enum error_code code,
				const char *part)
{
	char *text;

	assert_non_null(err);
	text = error_text(err);
	if (err->code != code || !strstr(text, part))
		print_error("unexpected error: %s\n", text);
	assert_int_equal(err->code, code);
	assert_non_null(strstr(text, part));
	mem_free(text);
	error_free(err);
}

static inline void assert_no_error(struct error *err)
{
	char *text = err ? error_text(err) : NULL;

	if (text)
		print_error("unexpected error: %s\n", text);
	assert_null(err);
}

/* A repository "r" with one commit on main. */
#define NEW_REPO                                                               \
	"git init -q -b main r && cd r && echo one >a && git add a && "        \
	"git commit -qm first"
