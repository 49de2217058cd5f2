/*
 * Time commands side by side: measure RUNS NAME=COMMAND [NAME=COMMAND]…
 *
 * The commands take turns, so that whatever else the machine does hits all of
 * them alike. A COMMAND with shell characters is run by /bin/sh, others are
 * split at spaces. Output goes to /dev/null. Prints a line for each: median and
 * 99th percentile of wall time, median CPU (user + system, children included),
 * largest resident set, and the ratios of wall and CPU to the first command.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 16
#define WORDS_MAX 64

struct command {
	const char *name;
	char *words[WORDS_MAX];
	double *wall; /* milliseconds, one a run */
	double *cpu;
	long rss; /* KiB */
	int failures;
};

static void split(struct command *command, char *text)
{
	static char shell[] = "/bin/sh", option[] = "-c";
	int count = 0;

	if (strpbrk(text, "|&;<>()$`\"'*?~")) {
		command->words[count++] = shell;
		command->words[count++] = option;
		command->words[count++] = text;
		return;
	}
	for (char *word = text; *word && count < WORDS_MAX - 1;) {
		size_t length = strcspn(word, " ");

		if (length)
			command->words[count++] = word;
		word += length;
		if (*word)
			*word++ = '\0';
	}
}

static double milliseconds(struct timespec from, struct timespec to)
{
	return (double)(to.tv_sec - from.tv_sec) * 1e3 +
	       (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

static double cpu_of(const struct rusage *use)
{
	return (double)(use->ru_utime.tv_sec + use->ru_stime.tv_sec) * 1e3 +
	       (double)(use->ru_utime.tv_usec + use->ru_stime.tv_usec) / 1e3;
}

static void run(struct command *command, int turn)
{
	struct timespec before, after;
	struct rusage use;
	int status = 0;
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &before);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		if (!getenv("MEASURE_STDERR"))
			dup2(null, 2);
		execvp(command->words[0], command->words);
		_exit(127);
	}
	wait4(pid, &status, 0, &use);
	clock_gettime(CLOCK_MONOTONIC, &after);
	if (status != 0)
		command->failures++;
	command->wall[turn] = milliseconds(before, after);
	command->cpu[turn] = cpu_of(&use);
	if (use.ru_maxrss > command->rss)
		command->rss = use.ru_maxrss;
}

static int ascending(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double percentile(const double *sorted, int count, double share)
{
	return sorted[(int)((count - 1) * share + 0.5)];
}

static void print(struct command *commands, int known, int turns)
{
	double first_wall = 0, first_cpu = 0;

	printf("  %-26s %10s %10s %10s %9s %7s %7s\n", "", "wall p50", "p99",
	       "cpu p50", "rss", "wall", "cpu");
	for (int i = 0; i < known; i++) {
		struct command *it = &commands[i];
		double wall, cpu;

		qsort(it->wall, (size_t)turns, sizeof(double), ascending);
		qsort(it->cpu, (size_t)turns, sizeof(double), ascending);
		wall = percentile(it->wall, turns, 0.5);
		cpu = percentile(it->cpu, turns, 0.5);
		if (i == 0) {
			first_wall = wall;
			first_cpu = cpu;
		}
		printf("  %-26s %7.2f ms %7.2f ms %7.2f ms %6.1f MB %6.2fx "
		       "%6.2fx%s\n",
		       it->name, wall, percentile(it->wall, turns, 0.99), cpu,
		       (double)it->rss / 1024, wall / first_wall,
		       cpu / first_cpu, it->failures ? "  FAILED" : "");
	}
}

int main(int count, char **words)
{
	static struct command commands[COMMANDS_MAX];
	int turns = count > 2 ? (int)strtol(words[1], NULL, 10) : 0;
	int known = 0;

	if (turns < 1 || count - 2 > COMMANDS_MAX) {
		fprintf(stderr, "usage: measure RUNS NAME=COMMAND...\n");
		return 2;
	}
	for (int i = 2; i < count; i++) {
		char *equal = strchr(words[i], '=');

		if (!equal)
			return 2;
		*equal = '\0';
		commands[known].name = words[i];
		commands[known].wall = calloc((size_t)turns, sizeof(double));
		commands[known].cpu = calloc((size_t)turns, sizeof(double));
		split(&commands[known++], equal + 1);
	}
	for (int turn = 0; turn < turns; turn++)
		for (int i = 0; i < known; i++)
			run(&commands[i], turn);
	print(commands, known, turns);
	return 0;
}
