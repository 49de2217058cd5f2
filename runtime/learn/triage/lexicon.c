/* Words of build logs. Each says one or several things; "no such" and other
 * pairs are written with a blank. */
#include "runtime/learn/triage/lexicon.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>

enum { WORD_MAX = 31, TABLE_SIZE = 2048 };

static const struct entry {
	enum triage_mark mark;
	const char *words;
} entries[] = {
	{MARK_error, "error errors err erroneous errored erred"},
	{MARK_fail, "fail fails failed failing failure failures broken"},
	{MARK_exception,
	 "exception exceptions traceback throw throws thrown caused raise "
	 "raised uncaught unhandled stacktrace backtrace rescue"},
	{MARK_assert,
	 "assert asserts assertion assertions assertionerror expect expected "
	 "expecting expectation actual actually got received mismatch differ "
	 "differs different difference should|be should|have should equal "
	 "equals matcher diff was|not were|not"},
	{MARK_cannot,
	 "cannot can't couldn't could|not unable can|not unexpected invalid "
	 "illegal unknown unrecognized unrecognised unsupported refused bad "
	 "wrong incorrect not|allowed won't did|not does|not doesn't didn't "
	 "is|not rejected incompatible conflict conflicts"},
	{MARK_missing,
	 "not|found no|such missing undefined undeclared unresolved not|exist "
	 "not|defined no|module notfound unsatisfied not|available "
	 "unavailable no|matching not|declared not|installed no|file "
	 "nonexistent 404"},
	{MARK_fatal,
	 "fatal panic panicked panicking abort aborted aborting crash crashed "
	 "segfault segmentation dumped killed sigsegv sigkill sigterm sigabrt "
	 "terminated critical severe stopping emergency"},
	{MARK_time,
	 "timeout timeouts timed|out no|output hung stalled etimedout "
	 "deadline exceeded too|long time|limit"},
	{MARK_memory,
	 "out|of oom heap no|space disk|full memory enospc quota oomkilled "
	 "overflow bad_alloc"},
	{MARK_denied,
	 "denied forbidden permission permissions unauthorized unauthorised "
	 "eacces eperm 403 401 authentication authorization credentials "
	 "not|permitted"},
	{MARK_network,
	 "connection connect network socket econnreset econnrefused host "
	 "hostname dns ssl tls certificate proxy unreachable reset|by gateway "
	 "502 503 504 500 http https curl download|failed resolve|host "
	 "temporary temporarily handshake enotfound"},
	{MARK_dependency,
	 "dependency dependencies package packages version versions module "
	 "modules gem gems npm pip yarn composer maven bundler bundle "
	 "requirement requirements artifact artifacts repository satisfy "
	 "lockfile constraint constraints cargo crate"},
	{MARK_warning,
	 "warning warnings warn deprecated deprecation notice caution"},
	{MARK_good,
	 "ok pass passed passes passing success successful successfully done "
	 "succeeded completed complete finished ready fine"},
	{MARK_fetch,
	 "downloading downloaded download fetching fetched installing "
	 "installed get unpacking setting|up selecting preparing cloning "
	 "receiving resolving using extracting compiling progress "
	 "transferring updating updated processing reading checking "
	 "generating creating created copying loading loaded running starting "
	 "started building hit ign"},
	{MARK_exit, "exit exited status exits returned return|code exit|code "
		    "exit|status retcode non-zero nonzero"},
	{MARK_test,
	 "test tests testing spec specs suite suites testcase testcases "
	 "example examples scenario scenarios junit pytest rspec mocha "
	 "unittest karma jest"},
	{MARK_lint,
	 "lint linter linting style checkstyle pep8 flake8 eslint rubocop "
	 "jshint jscs tslint stylelint offense offenses offence violation "
	 "violations formatted formatting trailing whitespace indentation "
	 "indent pylint phpcs golint gofmt cppcheck pmd findbugs spotbugs "
	 "unused prettier hlint shellcheck clippy mypy scalafmt dialyzer"},
	{MARK_compile,
	 "compile compilation compiler compiled syntax declaration type types "
	 "symbol symbols semicolon parse parser linker undefined|reference "
	 "javac gcc clang ld collect2 rustc ghc scalac kotlinc tsc syntaxerror "
	 "typeerror nameerror referenceerror identifier ambiguous inferred "
	 "argument arguments parameter overload operand scope"},
	{MARK_build,
	 "build builds make makefile gradle ant sbt cmake rake msbuild task "
	 "target goal recipe gulp grunt ninja meson autoreconf configure"},
	{MARK_nothing,
	 "0|failures 0|failed 0|errors no|errors no|failures 0|error 0|failure "
	 "0|warnings 0|problems 0|offenses no|offenses without|error"},
};

/* Open addressing by the words' hashes; filled once, before it is used. */
static struct slot {
	uint64_t hash;
	triage_marks marks;
} table[TABLE_SIZE];

static uint64_t hash_more(uint64_t hash, char c)
{
	return (hash ^ (unsigned char)c) * UINT64_C(0x100000001b3);
}

#define HASH_START UINT64_C(0xcbf29ce484222325)

static void put(uint64_t hash, enum triage_mark mark)
{
	size_t at = hash >> 20 & (TABLE_SIZE - 1);

	while (table[at].hash && table[at].hash != hash)
		at = (at + 1) & (TABLE_SIZE - 1);
	table[at].hash = hash;
	table[at].marks |= triage_bit(mark);
}

static triage_marks get(uint64_t hash)
{
	size_t at = hash >> 20 & (TABLE_SIZE - 1);

	while (table[at].hash && table[at].hash != hash)
		at = (at + 1) & (TABLE_SIZE - 1);
	return table[at].marks;
}

/* "a b|c d": the words "a", "b c" and "d". */
static void put_words(const char *words, enum triage_mark mark)
{
	uint64_t hash = HASH_START;

	for (const char *c = words;; c++) {
		if (*c && *c != ' ') {
			hash = hash_more(hash, *c);
			continue;
		}
		put(hash, mark);
		hash = HASH_START;
		if (!*c)
			break;
	}
}

static void fill(void)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		put_words(entries[i].words, entries[i].mark);
}

void triage_lexicon_open(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, fill);
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '\'' || c == '_' ||
	       (unsigned char)c >= 128;
}

/* Hashes `word` after `hash`, in small letters. */
static uint64_t hash_word(uint64_t hash, const char *word, size_t length)
{
	for (size_t i = 0; i < length && i < WORD_MAX; i++)
		hash = hash_more(hash, (char)tolower((unsigned char)word[i]));
	return hash;
}

/* The parts of "AssertionError" and "test_failed". */
static triage_marks parts_of(const char *word, size_t length)
{
	triage_marks marks = 0;
	size_t begin = 0;

	for (size_t i = 1; i <= length; i++) {
		bool cut = i == length || word[i] == '_' ||
			   (isupper((unsigned char)word[i]) &&
			    islower((unsigned char)word[i - 1]));

		if (!cut)
			continue;
		if (i - begin < length)
			marks |= get(
				hash_word(HASH_START, word + begin, i - begin));
		begin = i + (i < length && word[i] == '_');
	}
	return marks;
}

triage_marks triage_words_of(const char *text, size_t length)
{
	triage_marks marks = 0;
	const char *former = NULL;
	size_t former_length = 0;

	for (size_t i = 0; i < length;) {
		size_t begin = i;

		while (i < length && in_word(text[i]))
			i++;
		if (i == begin) {
			i++;
			continue;
		}
		marks |= get(hash_word(HASH_START, text + begin, i - begin));
		marks |= parts_of(text + begin, i - begin);
		if (former)
			marks |= get(hash_word(
				hash_more(hash_word(HASH_START, former,
						    former_length),
					  '|'),
				text + begin, i - begin));
		former = text + begin;
		former_length = i - begin;
	}
	return marks;
}
