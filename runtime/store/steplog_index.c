#include "runtime/store/steplog_index.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"

/* Compares a mark with what is looked for: is it still before it? */
typedef bool is_before(const struct steplog_mark *mark, uint64_t target);

char *steplog_index_path(const char *path)
{
	size_t length = strlen(path);

	if (length > 4 && !strcmp(path + length - 4, ".log"))
		length -= 4;
	return mem_printf("%.*s.idx", (int)length, path);
}

/* One byte that tells a torn mark, or anything else, from a whole one. */
static uint64_t check(const struct steplog_mark *mark)
{
	uint64_t sum = mark->offset * 0x9e3779b97f4a7c15u;

	sum = (sum ^ mark->line) * 0x9e3779b97f4a7c15u;
	sum = (sum ^ (mark->time & 0xffffffffffffffu)) * 0x9e3779b97f4a7c15u;
	return sum >> 56 << 56;
}

struct steplog_mark steplog_mark_make(uint64_t offset, uint64_t line,
				      int64_t ms, enum steplog_stream stream)
{
	struct steplog_mark mark = {offset, line, 0};

	mark.time = ((uint64_t)ms & 0xffffffffffffu) << 8 | stream;
	mark.time |= check(&mark);
	return mark;
}

bool steplog_mark_valid(const struct steplog_mark *mark)
{
	return mark->time >> 56 << 56 == check(mark) &&
	       (mark->time & 0xff) <= STEPLOG_NOTE;
}

int64_t steplog_mark_ms(const struct steplog_mark *mark)
{
	return (int64_t)(mark->time >> 8 & 0xffffffffffffu);
}

enum steplog_stream steplog_mark_stream(const struct steplog_mark *mark)
{
	return (enum steplog_stream)(mark->time & 0xff);
}

bool steplog_mark_read(int fd, uint64_t at, struct steplog_mark *mark)
{
	if (fd < 0 || at > INT64_MAX / sizeof(*mark))
		return false;
	return pread(fd, mark, sizeof(*mark), (off_t)(at * sizeof(*mark))) ==
		       (ssize_t)sizeof(*mark) &&
	       steplog_mark_valid(mark);
}

/* How many marks are before `target`? Broken ones count as behind it. */
static uint64_t search(int fd, is_before *before, uint64_t target)
{
	struct stat status;
	uint64_t low = 0;
	uint64_t high;

	if (fd < 0 || fstat(fd, &status) < 0)
		return 0;
	high = (uint64_t)status.st_size / sizeof(struct steplog_mark);
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		struct steplog_mark mark;

		if (steplog_mark_read(fd, middle, &mark) &&
		    before(&mark, target))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool starts_by(const struct steplog_mark *mark, uint64_t offset)
{
	return mark->offset <= offset;
}

static bool line_before(const struct steplog_mark *mark, uint64_t line)
{
	return mark->line < line;
}

uint64_t steplog_index_offset(int fd, uint64_t offset)
{
	return search(fd, starts_by, offset);
}

uint64_t steplog_index_line(int fd, uint64_t line)
{
	return search(fd, line_before, line);
}

typedef unsigned char bytes16 __attribute__((vector_size(16)));

/* Sixteen counters at a time, emptied before they can overflow. */
size_t steplog_newlines(const char *bytes, size_t length)
{
	size_t count = 0;
	size_t at = 0;

	while (length - at >= sizeof(bytes16)) {
		bytes16 counters = {0};
		size_t blocks = (length - at) / sizeof(bytes16);

		for (size_t i = 0; i < blocks && i < 255; i++) {
			bytes16 block;

			memcpy(&block, bytes + at, sizeof(block));
			/* A comparison that holds is -1 in each place. */
			counters -= (bytes16)(block == '\n');
			at += sizeof(block);
		}
		for (size_t i = 0; i < sizeof(counters); i++)
			count += counters[i];
	}
	for (; at < length; at++)
		count += bytes[at] == '\n';
	return count;
}
