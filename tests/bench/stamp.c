/* Append "NANOSECONDS WORD" to FILE: stamp FILE WORD. The first thing it does
 * is to look at the clock, so the time is that of the process's start. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words)
{
	struct timespec now;
	char line[256];
	int length, file;

	clock_gettime(CLOCK_REALTIME, &now);
	if (count < 3)
		return 2;
	length = snprintf(line, sizeof(line), "%lld %s\n",
			  (long long)now.tv_sec * 1000000000 + now.tv_nsec,
			  words[2]);
	file = open(words[1], O_WRONLY | O_CREAT | O_APPEND, 0666);
	if (file < 0 || write(file, line, (size_t)length) != length)
		return 1;
	return close(file) == 0 ? 0 : 1;
}
