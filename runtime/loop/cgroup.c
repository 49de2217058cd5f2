#include "runtime/loop/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"

enum { GROUPS = 256, LINE = 4096, REMOVE_MS = 500 };

struct group {
	int fd; /* its directory */
	int stat;
	int events;
	bool taken;
	bool killed;  /* never taken again */
	bool full;    /* somebody may live in it still */
	int64_t user; /* us when it was taken */
	int64_t system;
};

struct cgroup_pool {
	char *dir; /* owned */
	struct group groups[GROUPS];
	int count;
};

/* Where cgroup v2 is mounted (also on hybrid machines); owned, or NULL. */
static char *find_mount(void)
{
	FILE *file = fopen("/proc/self/mounts", "re");
	char line[LINE];
	char *found = NULL;

	while (file && !found && fgets(line, sizeof(line), file)) {
		char dir[LINE];
		char kind[LINE];

		if (sscanf(line, "%*s %4095s %4095s", dir, kind) == 2 &&
		    strcmp(kind, "cgroup2") == 0)
			found = mem_copy(dir);
	}
	if (file)
		fclose(file);
	return found;
}

/* Our group in the unified hierarchy ("0::/path"); owned, or NULL. */
static char *find_own(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[LINE];
	char *found = NULL;

	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::/", 4) == 0)
			found = mem_copy(line + 3);
	}
	if (file)
		fclose(file);
	return found;
}

/* The directory of a run's groups, whether it exists or not. */
static char *run_dir(const char *cookie)
{
	char *mount = find_mount();
	char *own = mount ? find_own() : NULL;
	char *name = mem_copy(cookie);
	char *dir = NULL;

	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '-';
	if (own)
		dir = mem_printf("%s%s%stidemill-%s", mount, own,
				 own[1] ? "/" : "", name);
	mem_free(mount);
	mem_free(own);
	mem_free(name);
	return dir;
}

static void write_one(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		errno = 0; /* an old kernel: the group's signals must do */
	close(fd);
}

/* Killed processes take a moment to leave. */
static void remove_dir(const char *path)
{
	for (int i = 0; i < REMOVE_MS; i++) {
		if (rmdir(path) == 0 || errno != EBUSY)
			return;
		poll(NULL, 0, 1);
	}
}

static bool has_group(const char *dir, int number)
{
	char *path = mem_printf("%s/%d", dir, number);
	bool there = access(path, F_OK) == 0;

	mem_free(path);
	return there;
}

static void sweep_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int count = 0;

	if (fd < 0)
		return;
	write_one(fd, "cgroup.kill"); /* with all groups below it */
	close(fd);
	/* From the last one: what is left is always 0 to some number. */
	while (count < GROUPS && has_group(dir, count))
		count++;
	while (count-- > 0) {
		char *path = mem_printf("%s/%d", dir, count);

		remove_dir(path);
		mem_free(path);
	}
	remove_dir(dir);
}

struct cgroup_pool *cgroup_pool_open(const char *cookie)
{
	char *dir = run_dir(cookie);
	struct cgroup_pool *pool;

	if (dir && mkdir(dir, 0755) != 0 && errno == EEXIST) {
		sweep_dir(dir); /* of a runner that was killed */
		mkdir(dir, 0755);
	}
	if (!dir || access(dir, W_OK) != 0) {
		mem_free(dir);
		return NULL;
	}
	pool = mem_alloc(sizeof(*pool));
	pool->dir = dir;
	return pool;
}

void cgroup_pool_close(struct cgroup_pool *pool)
{
	if (!pool)
		return;
	for (int i = 0; i < pool->count; i++) {
		close(pool->groups[i].fd);
		close(pool->groups[i].stat);
		close(pool->groups[i].events);
	}
	sweep_dir(pool->dir);
	mem_free(pool->dir);
	mem_free(pool);
}

static bool read_usage(const struct group *group, int64_t *user,
		       int64_t *system)
{
	char text[LINE];
	ssize_t length = pread(group->stat, text, sizeof(text) - 1, 0);
	const char *users;
	const char *systems;

	if (length <= 0)
		return false;
	text[length] = '\0';
	users = strstr(text, "user_usec ");
	systems = strstr(text, "system_usec ");
	if (!users || !systems)
		return false;
	*user = strtoll(users + strlen("user_usec "), NULL, 10);
	*system = strtoll(systems + strlen("system_usec "), NULL, 10);
	return true;
}

static bool is_empty(struct group *group)
{
	char text[LINE];
	ssize_t length;

	if (!group->full)
		return true;
	length = pread(group->events, text, sizeof(text) - 1, 0);
	text[length > 0 ? length : 0] = '\0';
	group->full = strstr(text, "populated 0") == NULL;
	return !group->full;
}

/* One more group; its number, or -1. */
static int make_group(struct cgroup_pool *pool)
{
	struct group *group = &pool->groups[pool->count];
	char *path = mem_printf("%s/%d", pool->dir, pool->count);

	group->fd = -1;
	if (mkdir(path, 0755) == 0)
		group->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mem_free(path);
	if (group->fd < 0)
		return -1;
	group->stat = openat(group->fd, "cpu.stat", O_RDONLY | O_CLOEXEC);
	group->events =
		openat(group->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	return pool->count++;
}

int cgroup_take(struct cgroup_pool *pool)
{
	int number = 0;
	struct group *group;

	if (!pool)
		return -1;
	while (number < pool->count &&
	       (pool->groups[number].taken || pool->groups[number].killed ||
		!is_empty(&pool->groups[number])))
		number++;
	if (number == GROUPS || (number == pool->count && make_group(pool) < 0))
		return -1;
	group = &pool->groups[number];
	group->taken = group->full = true;
	group->user = group->system = 0;
	read_usage(group, &group->user, &group->system);
	return number;
}

int cgroup_fd(const struct cgroup_pool *pool, int number)
{
	return number < 0 ? -1 : pool->groups[number].fd;
}

void cgroup_give(struct cgroup_pool *pool, int number)
{
	if (pool && number >= 0)
		pool->groups[number].taken = false;
}

void cgroup_kill(struct cgroup_pool *pool, int number)
{
	if (!pool || number < 0)
		return;
	/* Kernels since 6.15 also kill what is cloned into it afterwards. */
	pool->groups[number].killed = true;
	write_one(pool->groups[number].fd, "cgroup.kill");
}

bool cgroup_usage(const struct cgroup_pool *pool, int number, int64_t *user,
		  int64_t *system)
{
	const struct group *group;

	if (!pool || number < 0)
		return false;
	group = &pool->groups[number];
	if (!read_usage(group, user, system))
		return false;
	*user = (*user - group->user) / 1000;
	*system = (*system - group->system) / 1000;
	return true;
}

void cgroup_sweep(const char *cookie)
{
	char *dir = run_dir(cookie);

	if (dir)
		sweep_dir(dir);
	mem_free(dir);
}

void cgroup_describe(struct buf *text)
{
	char *cookie = mem_printf("doctor-%d", (int)getpid());
	struct cgroup_pool *pool = cgroup_pool_open(cookie);
	char *mount = find_mount();

	if (pool)
		buf_puts(text, "cgroups: one a step, below ours in v2\n");
	else if (mount)
		buf_puts(text, "cgroups: v2 is there, but not ours to write; "
			       "a step's daemons are killed with the run, not "
			       "with the step\n");
	else
		buf_puts(text, "cgroups: no v2; a step's daemons are killed "
			       "with the run, not with the step\n");
	cgroup_pool_close(pool);
	mem_free(mount);
	mem_free(cookie);
}
