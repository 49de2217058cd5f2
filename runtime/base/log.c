#include "runtime/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/clock.h"

#define LINE_MAX_BYTES 4096

static _Atomic enum log_level lowest = LOG_WARN;

void log_set_level(enum log_level level)
{
	atomic_store(&lowest, level);
}

enum log_level log_level(void)
{
	return atomic_load(&lowest);
}

static int put_time(char *line, size_t size)
{
	int64_t now = clock_now();
	time_t seconds = (time_t)(now / 1000);
	struct tm utc;
	size_t length;

	gmtime_r(&seconds, &utc);
	length = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &utc);
	return (int)length + snprintf(line + length, size - length, ".%03dZ",
				      (int)(now % 1000));
}

void log_write(enum log_level level, const char *format, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	char line[LINE_MAX_BYTES];
	va_list args;
	int length;
	int room;

	if (level < log_level())
		return;
	length = put_time(line, sizeof(line));
	length += snprintf(line + length, sizeof(line) - (size_t)length, " %s ",
			   names[level]);
	room = (int)sizeof(line) - length - 1;
	va_start(args, format);
	int wanted = vsnprintf(line + length, (size_t)room, format, args);
	va_end(args);
	length += wanted < room ? wanted : room - 1;
	line[length++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)length) < 0)
		return; /* nobody is left to tell */
}
