/* The parts below the features of commits: lines, words, order, cache. */
#include "runtime/git/features.h"
#include "runtime/git/features_alike.h"
#include "runtime/git/features_author.h"
#include "runtime/git/features_cache.h"
#include "runtime/git/features_code.h"
#include "runtime/git/features_lines.h"
#include "runtime/git/features_past.h"
#include "runtime/git/features_utf8.h"
#include "tests/unit/git_fixture.h"

static struct text text_of(const char *text)
{
	return (struct text){(const unsigned char *)text, strlen(text)};
}

static void check_lines(const char *old, const char *new, uint32_t added,
			uint32_t deleted)
{
	struct line_counter *counter = line_counter_new();
	struct line_change change =
		lines_compare(counter, text_of(old), text_of(new));

	assert_int_equal(change.added, added);
	assert_int_equal(change.deleted, deleted);
	line_counter_free(counter);
}

static void lines_are_counted_as_git_counts_them(void **state)
{
	(void)state;
	check_lines("", "", 0, 0);
	check_lines("", "a\nb", 2, 0);
	check_lines("a\nb\n", "", 0, 2);
	check_lines("a\nb\nc\n", "a\nx\nc\n", 1, 1);
	check_lines("a\nb\n", "a\nb", 1, 1);
	check_lines("a\nb", "a\nb\nc", 2, 1);
	check_lines("xa\nb\n", "a\nb\n", 1, 1);
	check_lines("a\nb\nb\n", "a\nb\nb\nb\n", 1, 0);
	check_lines("foo\n", "x\nfoo\n", 1, 0);
	check_lines("1\n2\n3\n4\n", "4\n3\n2\n1\n", 3, 3);
	check_lines("a\r\nb\n", "a\nb\n", 1, 1);
}

static void feeds_lines_and_binaries_are_told(void **state)
{
	char feeds[600];
	char far[9000];

	(void)state;
	memset(feeds, '\n', sizeof(feeds));
	for (size_t i = 0; i < sizeof(feeds); i++)
		assert_int_equal(
			lines_feeds((struct text){(unsigned char *)feeds, i}),
			i);
	assert_int_equal(lines_count(text_of("a\nb")), 2);
	assert_int_equal(lines_count(text_of("a\nb\n")), 2);
	memset(far, 'x', sizeof(far));
	far[8000] = 0;
	assert_false(
		lines_binary((struct text){(unsigned char *)far, sizeof(far)}));
	far[7999] = 0;
	assert_true(
		lines_binary((struct text){(unsigned char *)far, sizeof(far)}));
}

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % below;
}

/* Lines of one letter: "a\nc\nb\n". */
static size_t make_text(char *text, size_t most, uint32_t letters)
{
	size_t count = any((uint32_t)most + 1);

	for (size_t i = 0; i < count; i++) {
		text[2 * i] = (char)('a' + any(letters));
		text[2 * i + 1] = '\n';
	}
	text[2 * count] = '\0';
	return count;
}

/* The length of the longest common subsequence, line by line. */
static size_t common(const char *a, size_t a_count, const char *b,
		     size_t b_count)
{
	size_t table[64][64] = {{0}};

	for (size_t i = 0; i < a_count; i++)
		for (size_t j = 0; j < b_count; j++) {
			size_t left = table[i + 1][j];
			size_t above = table[i][j + 1];

			table[i + 1][j + 1] = left > above ? left : above;
			if (a[2 * i] == b[2 * j])
				table[i + 1][j + 1] = table[i][j] + 1;
		}
	return table[a_count][b_count];
}

static void few_lines_differ_by_the_shortest_script(void **state)
{
	struct line_counter *counter = line_counter_new();

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char old[16];
		char new[16];
		uint32_t letters = 1 + any(8);
		size_t old_count = make_text(old, 7, letters);
		size_t new_count = make_text(new, 7, letters);
		size_t same = common(old, old_count, new, new_count);
		struct line_change change =
			lines_compare(counter, text_of(old), text_of(new));

		assert_int_equal(change.deleted, old_count - same);
		assert_int_equal(change.added, new_count - same);
	}
	line_counter_free(counter);
}

static void many_lines_differ_by_a_script_that_fits(void **state)
{
	struct line_counter *counter = line_counter_new();

	(void)state;
	for (int i = 0; i < 3000; i++) {
		char old[128];
		char new[128];
		uint32_t letters = 1 + any(26);
		size_t old_count = make_text(old, 60, letters);
		size_t new_count = make_text(new, 60, letters);
		size_t same = common(old, old_count, new, new_count);
		struct line_change change =
			lines_compare(counter, text_of(old), text_of(new));

		assert_int_equal(old_count - change.deleted,
				 new_count - change.added);
		assert_true(change.deleted >= old_count - same);
	}
	line_counter_free(counter);
}

static void subjects_of_fixes_are_told(void **state)
{
	static const char *const fixes[] = {
		"Fix it",
		"fixes #3",
		"a (bug)",
		"CRASHED",
		"Use-after-free",
		"null pointer",
		"an off by one",
		"\xe2\x80\x9c"
		"bug\xe2\x80\x9d",
		"wrong",
		"incorrectly",
	};
	static const char *const others[] = {
		"",
		"prefix",
		"debug",
		"fix_it",
		"bugz",
		"use after freedom",
		"race\xc3\xa9",
		"0fix",
		"off by",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(fixes) / sizeof(*fixes); i++)
		assert_true(subject_is_fix(fixes[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(subject_is_fix(others[i]));
}

static void old_text_becomes_utf8(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 100);
	utf8_take(&text, "", 0);
	assert_string_equal(text.data, "");
	utf8_take(&text, "caf\xc3\xa9", 5);
	assert_string_equal(text.data, "caf\xc3\xa9");
	utf8_take(&text, "caf\xe9", 4);
	assert_string_equal(text.data, "caf\xc3\xa9");
	utf8_take(&text, "\xef\xbf\xbd", 3); /* U+FFFD itself */
	assert_string_equal(text.data, "\xef\xbf\xbd");
	buf_release(&text);
}

static void source_code_is_told_by_its_name(void **state)
{
	(void)state;
	assert_true(code_is("a.c"));
	assert_true(code_is("src/A.PY"));
	assert_true(code_is("vendored/x.h"));
	assert_false(code_is("Makefile"));
	assert_false(code_is("x.c/README"));
	assert_false(code_is("a.txt"));
	assert_false(code_is("deps/lua/lua.c"));
	assert_false(code_is("src/vendor/a.js"));
}

static uint32_t alike(const char *old, const char *new)
{
	struct pieces a = {0};
	struct pieces b = {0};
	uint32_t share;

	pieces_make(&a, text_of(old));
	pieces_make(&b, text_of(new));
	share = pieces_alike(&a, &b);
	pieces_release(&a);
	pieces_release(&b);
	return share;
}

static void files_are_alike_by_their_lines(void **state)
{
	(void)state;
	assert_int_equal(alike("one\ntwo\n", "two\none\n"), ALIKE_MAX);
	assert_int_equal(alike("one\ntwo\n", "one\nsix\n"), ALIKE_MAX / 2);
	assert_int_equal(alike("one\n", ""), 0);
	assert_true(sizes_alike(100, 50, ALIKE_MAX / 2));
	assert_false(sizes_alike(100, 49, ALIKE_MAX / 2));
}

static void experience_fades_by_the_year(void **state)
{
	const int64_t year = 31557600;
	const uint32_t one[] = {1};
	const uint32_t two[] = {1, 2};
	const uint32_t other[] = {3};
	struct author author = {0};

	(void)state;
	author_add(&author, 0, one, 1);
	author_add(&author, year, two, 2);
	author_add(&author, year, one, 1);
	assert_float_equal(author_recent(&author, year), 2.5, 1e-9);
	assert_float_equal(author_recent(&author, 0), 3, 1e-9);
	assert_int_equal(author_commits_in(&author, one, 1), 3);
	assert_int_equal(author_commits_in(&author, two + 1, 1), 1);
	assert_int_equal(author_commits_in(&author, other, 1), 0);
	author_release(&author);
}

static void very_many_commits_are_counted_by_the_hour(void **state)
{
	const uint32_t one[] = {1};
	struct author author = {0};
	double exact = 0;
	int64_t now = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		author_add(&author, i * 100, one, 1);
		now = i * 100;
	}
	for (int i = 0; i < 20000; i++)
		exact += 31557600.0 / (31557600.0 + (double)(now - i * 100));
	assert_float_equal(author_recent(&author, now), exact, 1e-3);
	assert_true(author.hour_count < 10000);
	author_release(&author);
}

/* A history of its own: 0 <- 1 <- 3, 0 <- 2 <- 3 (a merge). */
static void make_history(struct history *history)
{
	static const uint32_t parents[][2] = {{0, 0}, {0, 0}, {0, 0}, {1, 2}};
	static const uint32_t counts[] = {0, 1, 1, 2};

	history_init(history);
	for (uint8_t i = 0; i < 4; i++) {
		uint8_t oid[OID_BYTES] = {i, 1};

		assert_int_equal(history_add(history, oid), i);
	}
	for (uint32_t i = 0; i < 4; i++) {
		struct revision *revision = &history->revisions[i];

		revision->flags = REVISION_READ;
		revision->commit_time = 1000 + i;
		revision->parent = history->parent_count;
		revision->parent_count = counts[i];
		revision->email = names_add(&history->names, "a@b", 3);
		for (uint32_t j = 0; j < counts[i]; j++)
			history_add_parent(history, parents[i][j]);
		revision->touch = history->touch_count;
		if (i == 3)
			continue;
		revision->touch_count = 1;
		history_add_touches(history, 1)[0] = (struct touch){
			.path = names_add(&history->names, "a.c", 3),
			.old_path = names_add(&history->names, "a.c", 3),
			.added = 1};
	}
}

static void order_is_that_of_git(void **state)
{
	struct history history;
	uint32_t order[5];
	uint8_t marks[5] = {0};

	(void)state;
	make_history(&history);
	assert_int_equal(history_order(&history, 3, order), 4);
	assert_int_equal(order[0], 0);
	assert_int_equal(order[1], 1);
	assert_int_equal(order[2], 2);
	assert_int_equal(order[3], 3);
	history_mark(&history, 1, marks);
	assert_memory_equal(marks, "\1\1\0\0\0", 5);
	history_release(&history);
}

static void cache_is_read_as_it_was_written(void **state)
{
	struct history history;
	struct history again;
	struct feature_row rows[5];
	uint32_t order[5];
	struct past_query query = {
		.history = &again, .order = order, .count = 4};

	(void)state;
	make_history(&history);
	assert_int_equal(cache_save(&history, "cache", NULL), 0);
	history_init(&again);
	assert_true(cache_load(&again, "cache"));
	assert_int_equal(again.stored, 4);
	assert_int_equal(history_order(&again, 3, order), 4);
	assert_int_equal(past_walk(&query, rows), 3);
	assert_int_equal(rows[2].exp, 2);
	assert_int_equal(rows[2].ndev, 1);
	assert_int_equal(rows[2].nuc, 1);
	history_release(&history);
	history_release(&again);
}

/* Each byte in turn: what is damaged is not there, whether sealed or not. */
static void damaged_cache_is_empty_or_harmless(void **state)
{
	struct history history;
	struct buf bytes;

	(void)state;
	make_history(&history);
	assert_int_equal(cache_save(&history, "cache", NULL), 0);
	history_release(&history);
	buf_init(&bytes, 1 << 20);
	assert_int_equal(file_read("cache", &bytes, NULL), 0);
	for (size_t i = 0; i < bytes.length; i++) {
		char kept = bytes.data[i];

		bytes.data[i] ^= 0x41;
		history_init(&history);
		assert_false(cache_parse(&history, bytes.data, bytes.length));
		assert_false(cache_parse(&history, bytes.data, i));
		cache_seal(bytes.data, bytes.length);
		cache_parse(&history, bytes.data, bytes.length);
		history_release(&history);
		bytes.data[i] = kept;
		cache_seal(bytes.data, bytes.length);
	}
	buf_release(&bytes);
}

static void read_features(const char *range, const char *cache,
			  struct features *features)
{
	struct error *err = NULL;
	struct features_query query = {.range = range, .cache = cache};
	struct repo *repo = repo_open("r", NULL, &err);

	assert_non_null(repo);
	assert_int_equal(features_read(repo, &query, features, &err), 0);
	repo_close(repo);
}

static void only_new_commits_are_compared(void **state)
{
	struct features features;

	(void)state;
	mem_free(sh("git init -q -b main r; cd r; git commit -q --allow-empty "
		    "-m zero; echo 1 >a.c; git add .; git commit -qm one"));
	read_features(NULL, NULL, &features);
	assert_int_equal(features.fresh, 2);
	assert_int_equal(features.count, 1);
	features_release(&features);
	mem_free(sh("cd r; echo 2 >>a.c; git commit -qam two"));
	read_features("HEAD~1..", NULL, &features);
	assert_int_equal(features.fresh, 1);
	assert_int_equal(features.count, 1);
	assert_int_equal(features.rows[0].la, 1);
	assert_int_equal(features.rows[0].exp, 1);
	features_release(&features);
	read_features(NULL, "", &features);
	assert_int_equal(features.fresh, 3);
	assert_int_equal(features.count, 2);
	features_release(&features);
}

/* Where a shallow clone ends is not remembered: it may get the rest later. */
static void shallow_clones_are_not_kept(void **state)
{
	struct features features;

	(void)state;
	mem_free(sh("git init -q -b main s; cd s; for i in 1 2 3; do "
		    "echo $i >>a.c; git add .; git commit -qm $i; done; cd ..; "
		    "git clone -q --depth 2 \"file://$PWD/s\" r"));
	read_features(NULL, NULL, &features);
	assert_int_equal(features.count, 2);
	assert_int_equal(features.rows[0].la, 2); /* as if it were the first */
	features_release(&features);
	mem_free(sh("cd r; git fetch -q --unshallow"));
	read_features(NULL, NULL, &features);
	assert_int_equal(features.count, 3);
	assert_int_equal(features.rows[1].la, 1);
	features_release(&features);
}

static void cancelled_reading_ends_with_an_error(void **state)
{
	struct error *err = NULL;
	struct features features;
	struct features_query query = {.cache = ""};
	atomic_bool cancelled = true;
	struct repo *repo;

	(void)state;
	mem_free(sh("git init -q -b main r; cd r; echo 1 >a.c; git add .; "
		    "git commit -qm one"));
	repo = repo_open("r", &cancelled, &err);
	assert_non_null(repo);
	assert_int_equal(features_read(repo, &query, &features, &err), -1);
	assert_int_equal(err->code, ERROR_CANCELLED);
	error_free(err);
	repo_close(repo);
}

#define IN_FOLDER(test)                                                        \
	cmocka_unit_test_setup_teardown(test, fixture_enter, fixture_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_counted_as_git_counts_them),
		cmocka_unit_test(feeds_lines_and_binaries_are_told),
		cmocka_unit_test(few_lines_differ_by_the_shortest_script),
		cmocka_unit_test(many_lines_differ_by_a_script_that_fits),
		cmocka_unit_test(subjects_of_fixes_are_told),
		cmocka_unit_test(old_text_becomes_utf8),
		cmocka_unit_test(source_code_is_told_by_its_name),
		cmocka_unit_test(files_are_alike_by_their_lines),
		cmocka_unit_test(experience_fades_by_the_year),
		cmocka_unit_test(very_many_commits_are_counted_by_the_hour),
		cmocka_unit_test(order_is_that_of_git),
		IN_FOLDER(cache_is_read_as_it_was_written),
		IN_FOLDER(damaged_cache_is_empty_or_harmless),
		IN_FOLDER(only_new_commits_are_compared),
		IN_FOLDER(shallow_clones_are_not_kept),
		IN_FOLDER(cancelled_reading_ends_with_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
