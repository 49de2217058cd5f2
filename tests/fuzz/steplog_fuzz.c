/* Step logs: whatever the index says, all lines are there and in order. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/store/steplog.h"
#include "tests/fuzz/fuzz.h"

enum { LINES = 200 };

static char dir[] = "/tmp/steplog_fuzz_XXXXXX";
static char path[64];
static char index_path[64];

static void clean(void)
{
	unlink(path);
	unlink(index_path);
	rmdir(dir);
}

static void start(void)
{
	FILE *log;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/1.log", dir);
	snprintf(index_path, sizeof(index_path), "%s/1.idx", dir);
	log = fopen(path, "w");
	if (!log)
		abort();
	for (int i = 1; i <= LINES; i++)
		fprintf(log, "line %d\n", i);
	fclose(log);
	atexit(clean);
}

static void put(const char *name, const void *bytes, size_t length)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		abort();
	close(fd);
}

static void check_lines(struct steplog_reader *reader, int expected)
{
	struct steplog_line line;
	char text[32];

	for (; expected <= LINES; expected++) {
		int length = snprintf(text, sizeof(text), "line %d", expected);

		if (steplog_reader_next(reader, true, &line, NULL) != 1 ||
		    line.length != (size_t)length ||
		    memcmp(line.text, text, line.length) != 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct steplog_reader *reader;

	if (!*path)
		start();
	put(index_path, data, size);
	reader = steplog_reader_open(path, NULL);
	if (!reader)
		abort();
	check_lines(reader, 1);
	if (steplog_reader_tail(reader, 10, NULL) < 0)
		abort();
	check_lines(reader, LINES - 9);
	steplog_reader_line(reader, 7, NULL);
	steplog_reader_byte(reader, 700, NULL);
	steplog_reader_close(reader);
	return 0;
}
