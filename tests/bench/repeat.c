/* Run a command N times, one after the other: repeat N COMMAND [WORD]… */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words)
{
	long times = count > 2 ? strtol(words[1], NULL, 10) : 0;

	for (long i = 0; i < times; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			execvp(words[2], words + 2);
			_exit(127);
		}
		waitpid(pid, &status, 0);
		if (status != 0)
			return 1;
	}
	return times > 0 ? 0 : 2;
}
