/* The guardians themselves: tiny processes that outlive a runner's death. */
#include <errno.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/loop/guard_parts.h"

enum { GROUPS_MAX = 4096 };

/* Nothing of the runner is kept but `link`, as fd 0: no pipe stays open. */
static void detach(int link)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_NAME, "tidemill-guard");
	setsid();
	dup2(link, STDIN_FILENO);
	syscall(SYS_close_range, 1, ~0U, 0);
	if (chdir("/") != 0)
		_exit(1);
}

/* A /proc in which programs find themselves; the rest stays as it is. */
static bool mount_proc(void)
{
	if (unshare(CLONE_NEWNS) != 0)
		return false;
	if (mount(NULL, "/proc", NULL, MS_PRIVATE | MS_REC, NULL) != 0)
		return false;
	return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		     NULL) == 0;
}

void guardian_of_namespace(int link)
{
	char answer;
	sigset_t children;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	detach(link);
	answer = mount_proc() ? 'p' : 'n';
	/* Dead before prctl? Then nobody answers, and nothing was started. */
	if (write(STDIN_FILENO, &answer, 1) != 1 ||
	    read(STDIN_FILENO, &answer, 1) != 1)
		_exit(0);
	close(STDIN_FILENO);
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	for (;;) {
		while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
			; /* orphans of the namespace come to its init */
		sigwaitinfo(&children, NULL);
	}
}

static void change(pid_t *groups, unsigned *count, pid_t group)
{
	unsigned i = 0;
	pid_t wanted = group < 0 ? -group : group;

	while (i < *count && groups[i] != wanted)
		i++;
	if (group < 0 && i < *count)
		groups[i] = groups[--*count];
	else if (group > 0 && i == *count && *count < GROUPS_MAX)
		groups[(*count)++] = group;
}

void guardian_of_groups(int link, const char *cookie)
{
	static pid_t groups[GROUPS_MAX];
	unsigned count = 0;
	pid_t group;
	char ready = 'n';
	ssize_t length;

	detach(link);
	if (write(STDIN_FILENO, &ready, 1) != 1)
		_exit(0);
	/* A group was started (its number) or has ended (negative). */
	while ((length = read(STDIN_FILENO, &group, sizeof(group))) > 0 ||
	       (length < 0 && errno == EINTR))
		if (length == (ssize_t)sizeof(group))
			change(groups, &count, group);
	for (unsigned i = 0; i < count; i++)
		kill(-groups[i], SIGKILL);
	guard_sweep(cookie);
	_exit(0);
}
