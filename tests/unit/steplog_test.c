#include "runtime/store/steplog.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/buf.h"
#include "runtime/base/clock.h"
#include "runtime/base/mem.h"

static char dir[] = "/tmp/steplog_test_XXXXXX";
static char path[128];
static char index_path[128];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/7/1.log", dir);
	snprintf(index_path, sizeof(index_path), "%s/7/1.idx", dir);
	return 0;
}

static int empty(void **state)
{
	(void)state;
	unlink(path);
	unlink(index_path);
	return 0;
}

static int remove_dir(void **state)
{
	char below[128];

	empty(state);
	snprintf(below, sizeof(below), "%s/7", dir);
	rmdir(below);
	return rmdir(dir);
}

static struct steplog *open_log(uint64_t cap, size_t keep)
{
	struct steplog_options options = {
		.path = path, .cap = cap, .keep = keep};

	return steplog_open(&options);
}

static void put(struct steplog *log, const char *text)
{
	steplog_write(log, STEPLOG_STDOUT, text, strlen(text));
}

static char *content(const char *name)
{
	struct buf bytes;
	FILE *file = fopen(name, "r");
	int c;

	buf_init(&bytes, 1U << 26);
	assert_non_null(file);
	while ((c = getc(file)) != EOF)
		buf_putc(&bytes, (char)c);
	fclose(file);
	return buf_take(&bytes);
}

static void expect_file(const char *expected)
{
	char *got = content(path);

	assert_string_equal(got, expected);
	mem_free(got);
}

static struct steplog_reader *open_reader(void)
{
	struct steplog_reader *reader = steplog_reader_open(path, NULL);

	assert_non_null(reader);
	return reader;
}

static void expect_line(struct steplog_reader *reader, uint64_t number,
			const char *text)
{
	struct steplog_line line;

	assert_int_equal(steplog_reader_next(reader, true, &line, NULL), 1);
	assert_int_equal(line.number, number);
	assert_int_equal(line.length, strlen(text));
	assert_memory_equal(line.text, text, line.length);
}

static void expect_end(struct steplog_reader *reader)
{
	struct steplog_line line;

	assert_int_equal(steplog_reader_next(reader, true, &line, NULL), 0);
}

static void nothing_written_makes_no_file(void **state)
{
	struct steplog_result result;
	struct error *err = NULL;

	(void)state;
	assert_int_equal(steplog_close(open_log(0, 0), &result, NULL), 0);
	assert_int_equal(result.bytes, 0);
	assert_string_equal(result.tail, "");
	mem_free(result.tail);
	assert_int_equal(access(path, F_OK), -1);
	assert_null(steplog_reader_open(path, &err));
	assert_int_equal(err->code, ERROR_NOT_FOUND);
	error_free(err);
}

static void what_is_written_can_be_read(void **state)
{
	struct steplog *log = open_log(0, 0);
	struct steplog_result result;
	struct steplog_reader *reader;
	struct steplog_line line;
	int64_t before = clock_now();

	(void)state;
	put(log, "one\ntw");
	put(log, "o\n");
	steplog_write(log, STEPLOG_STDERR, "thr", 3);
	assert_string_equal(steplog_latest(log), "thr");
	assert_int_equal(steplog_close(log, &result, NULL), 0);
	assert_int_equal(result.bytes, 11);
	assert_int_equal(result.lines, 3);
	assert_int_equal(result.dropped, 0);
	assert_string_equal(result.tail, "one\ntwo\nthr");
	mem_free(result.tail);
	reader = open_reader();
	assert_int_equal(steplog_reader_next(reader, false, &line, NULL), 1);
	assert_true(line.ms >= before && line.ms <= clock_now());
	assert_true(line.whole);
	expect_line(reader, 2, "two");
	assert_int_equal(steplog_reader_next(reader, false, &line, NULL), 0);
	expect_line(reader, 3, "thr");
	expect_end(reader);
	assert_int_equal(steplog_reader_size(reader), 11);
	steplog_reader_close(reader);
}

static void secrets_never_reach_the_file(void **state)
{
	const struct mask_secret secret = {"hunter22", 8};
	struct mask *mask = mask_new(&secret, 1);
	struct steplog_options options = {.path = path, .mask = mask};
	struct steplog *log = steplog_open(&options);
	struct steplog_result result;

	(void)state;
	put(log, "a hun");
	steplog_write(log, STEPLOG_STDERR, "!\n", 2);
	put(log, "ter22 b\nhunt");
	steplog_note(log, "ran with hunter22");
	assert_int_equal(steplog_close(log, &result, NULL), 0);
	expect_file("a !\n*** b\n[tidemill: ran with ***]\nhunt");
	assert_null(strstr(result.tail, "hunter22"));
	mem_free(result.tail);
	mask_free(mask);
}

static void the_cap_is_kept_and_said(void **state)
{
	struct steplog *log = open_log(10, 8);
	struct steplog_result result;

	(void)state;
	put(log, "0123456");
	put(log, "789abc\n");
	put(log, "the end\n");
	assert_int_equal(steplog_close(log, &result, NULL), 0);
	expect_file("0123456789\n[tidemill: output truncated at 10 bytes; "
		    "12 bytes dropped]\n");
	assert_int_equal(result.dropped, 12);
	assert_string_equal(result.tail, "the end\n");
	mem_free(result.tail);
}

static void the_tail_is_the_end_of_this_attempt(void **state)
{
	struct steplog *log = open_log(0, 6);
	struct steplog_result result;

	(void)state;
	put(log, "first attempt\n");
	steplog_close(log, &result, NULL);
	assert_string_equal(result.tail, "tempt\n");
	mem_free(result.tail);
	log = open_log(0, 100);
	steplog_note(log, "attempt 2");
	put(log, "more\n");
	steplog_close(log, &result, NULL);
	assert_string_equal(result.tail, "[tidemill: attempt 2]\nmore\n");
	assert_int_equal(result.lines, 3);
	mem_free(result.tail);
	expect_file("first attempt\n[tidemill: attempt 2]\nmore\n");
}

static void without_a_path_only_the_tail_is_kept(void **state)
{
	struct steplog_options options = {.keep = 4};
	struct steplog *log = steplog_open(&options);
	struct steplog_result result;

	(void)state;
	put(log, "abcdefgh");
	put(log, "ij");
	put(log, "k");
	assert_int_equal(steplog_close(log, &result, NULL), 0);
	assert_string_equal(result.tail, "hijk");
	assert_int_equal(result.dropped, 0);
	mem_free(result.tail);
}

/* A limit on the size of files stands in for a disk that is full. */
static void a_full_disk_is_one_error(void **state)
{
	struct rlimit limit = {8, RLIM_INFINITY};
	struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
	struct steplog *log = open_log(0, 0);
	struct steplog_result result;
	struct error *err = NULL;
	char *expected =
		mem_printf("cannot write log '%s': File too large", path);

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	put(log, "kept\n");
	put(log, "lost\n");
	put(log, "too\n");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_non_null(steplog_error(log));
	assert_int_equal(steplog_close(log, &result, &err), -1);
	assert_string_equal(err->message, expected);
	assert_string_equal(result.tail, "kept\nlost\ntoo\n");
	assert_int_equal(result.dropped, 6);
	expect_file("kept\nlos");
	mem_free(result.tail);
	mem_free(expected);
	error_free(err);
}

static void echo_copies_whole_lines_with_a_prefix(void **state)
{
	struct steplog_options options = {
		.path = path, .echo = true, .echo_prefix = "build | "};
	struct steplog *log;
	char got[256] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	options.echo_fd = ends[1];
	log = steplog_open(&options);
	put(log, "one\ntw");
	steplog_write(log, STEPLOG_STDERR, "err\n", 4);
	put(log, "o\nrest");
	steplog_close(log, NULL, NULL);
	close(ends[1]);
	assert_true(read(ends[0], got, sizeof(got) - 1) > 0);
	close(ends[0]);
	assert_string_equal(got, "build | one\nbuild | err\nbuild | two\n"
				 "build | rest\n");
}

static void the_latest_line_is_short_and_not_blank(void **state)
{
	struct steplog *log = open_log(0, 0);
	char long_line[1000];

	(void)state;
	assert_string_equal(steplog_latest(log), "");
	put(log, "compiling a.c\r\n\n");
	assert_string_equal(steplog_latest(log), "compiling a.c");
	put(log, "10%\r20%\r");
	put(log, "30%");
	assert_string_equal(steplog_latest(log), "30%");
	memset(long_line, 'x', sizeof(long_line));
	steplog_write(log, STEPLOG_STDOUT, long_line, sizeof(long_line));
	assert_true(strlen(steplog_latest(log)) < 256);
	steplog_close(log, NULL, NULL);
}

/* Lines "line 1" … "line COUNT", in chunks of some lines. */
static void write_lines(unsigned count)
{
	struct steplog *log = open_log(0, 0);
	struct buf chunk;

	buf_init(&chunk, 1U << 20);
	for (unsigned i = 1; i <= count; i++) {
		buf_printf(&chunk, "line %u\n", i);
		if (i % 997 == 0 || i == count) {
			steplog_write(log, STEPLOG_STDOUT, chunk.data,
				      chunk.length);
			buf_clear(&chunk);
		}
	}
	buf_release(&chunk);
	steplog_close(log, NULL, NULL);
}

static void expect_numbered(struct steplog_reader *reader, unsigned number)
{
	char text[32];

	snprintf(text, sizeof(text), "line %u", number);
	expect_line(reader, number, text);
}

static void check_access(unsigned count)
{
	struct steplog_reader *reader = open_reader();

	for (unsigned number = 1; number <= count; number += 4321) {
		assert_int_equal(steplog_reader_line(reader, number, NULL), 0);
		expect_numbered(reader, number);
		if (number < count)
			expect_numbered(reader, number + 1);
		assert_int_equal(steplog_reader_tail(reader, number, NULL), 0);
		expect_numbered(reader, count - number + 1);
	}
	assert_int_equal(steplog_reader_line(reader, count + 5, NULL), 0);
	expect_end(reader);
	assert_int_equal(steplog_reader_tail(reader, count + 5, NULL), 0);
	expect_numbered(reader, 1);
	assert_int_equal(steplog_reader_byte(reader, 14, NULL), 0);
	expect_numbered(reader, 3);
	steplog_reader_close(reader);
}

static void any_line_is_found_with_and_without_index(void **state)
{
	enum { COUNT = 100000 };
	struct stat status;
	int fd;

	(void)state;
	write_lines(COUNT);
	assert_int_equal(stat(index_path, &status), 0);
	assert_true(status.st_size >= 360 && status.st_size % 24 == 0);
	check_access(COUNT);
	/* Torn in the middle of a mark, then nonsense, then gone. */
	assert_int_equal(truncate(index_path, status.st_size / 2 + 5), 0);
	check_access(COUNT);
	fd = open(index_path, O_WRONLY | O_CLOEXEC);
	for (int i = 0; i < 200; i++)
		assert_int_equal(pwrite(fd, "garbage", 7, (off_t)i * 40), 7);
	close(fd);
	check_access(COUNT);
	unlink(index_path);
	check_access(COUNT);
}

static void a_torn_index_is_repaired_by_the_next_writer(void **state)
{
	struct steplog_result result;
	struct steplog *log;
	struct stat status;

	(void)state;
	write_lines(50000);
	assert_int_equal(stat(index_path, &status), 0);
	assert_int_equal(truncate(index_path, status.st_size - 7), 0);
	log = open_log(0, 0);
	put(log, "line 50001\n");
	steplog_close(log, &result, NULL);
	assert_int_equal(result.lines, 50001);
	mem_free(result.tail);
	assert_int_equal(stat(index_path, &status), 0);
	assert_int_equal(status.st_size % 24, 0);
	check_access(50001);
}

static void a_reader_follows_a_writer(void **state)
{
	struct steplog *log = open_log(0, 0);
	struct steplog_reader *reader;
	struct steplog_line line;

	(void)state;
	put(log, "one\npart");
	reader = open_reader();
	expect_line(reader, 1, "one");
	assert_int_equal(steplog_reader_next(reader, false, &line, NULL), 0);
	put(log, "ial\nnext\n");
	expect_line(reader, 2, "partial");
	expect_line(reader, 3, "next");
	expect_end(reader);
	steplog_close(log, NULL, NULL);
	steplog_reader_close(reader);
}

static void enormous_lines_come_in_pieces(void **state)
{
	struct steplog *log = open_log(0, 0);
	struct steplog_reader *reader;
	struct steplog_line line;
	char *bytes = mem_alloc(1000000);
	uint64_t total = 0;

	(void)state;
	memset(bytes, 'x', 1000000);
	steplog_write(log, STEPLOG_STDOUT, bytes, 1000000);
	put(log, "\nlast\n");
	steplog_close(log, NULL, NULL);
	reader = open_reader();
	do {
		assert_int_equal(
			steplog_reader_next(reader, false, &line, NULL), 1);
		assert_int_equal(line.number, 1);
		assert_true(line.length <= STEPLOG_LINE);
		total += line.length;
	} while (!line.whole);
	assert_int_equal(total, 1000000);
	expect_line(reader, 2, "last");
	steplog_reader_close(reader);
	mem_free(bytes);
}

#define test(name) cmocka_unit_test_setup(name, empty)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(nothing_written_makes_no_file),
		test(what_is_written_can_be_read),
		test(secrets_never_reach_the_file),
		test(the_cap_is_kept_and_said),
		test(the_tail_is_the_end_of_this_attempt),
		test(without_a_path_only_the_tail_is_kept),
		test(a_full_disk_is_one_error),
		test(echo_copies_whole_lines_with_a_prefix),
		test(the_latest_line_is_short_and_not_blank),
		test(any_line_is_found_with_and_without_index),
		test(a_torn_index_is_repaired_by_the_next_writer),
		test(a_reader_follows_a_writer),
		test(enormous_lines_come_in_pieces),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
