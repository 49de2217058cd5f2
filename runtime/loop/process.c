#include "runtime/loop/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Field 3 is the state, field 22 the start; fields before may hold spaces. */
enum { START_FIELD = 22, STAT_SIZE = 1024 };

uint64_t process_start_time(pid_t pid)
{
	char path[64];
	char stat[STAT_SIZE];
	const char *at;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	length = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (length <= 0)
		return 0;
	stat[length] = '\0';
	at = strrchr(stat, ')');
	if (!at || strchr("ZX", at[2]))
		return 0;
	for (int field = 2; at && field < START_FIELD; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

bool process_alive(pid_t pid, uint64_t start)
{
	return pid > 0 && start != 0 && process_start_time(pid) == start;
}

/* The pidfd of exactly that process, or -1 with errno. */
static int open_exact(pid_t pid, uint64_t start)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	/* Opened first, looked at second: the fd cannot change its mind. */
	if (fd >= 0 && !process_alive(pid, start)) {
		close(fd);
		errno = ESRCH;
		return -1;
	}
	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int process_signal(pid_t pid, uint64_t start, int number, struct error **err)
{
	int fd = open_exact(pid, start);
	int status = fd < 0 ? -1
			    : (int)syscall(SYS_pidfd_send_signal, fd, number,
					   NULL, 0);
	int why = errno;

	if (fd >= 0)
		close(fd);
	if (status == 0)
		return 0;
	if (why == ESRCH || why == EINVAL)
		return error_set(err, ERROR_NOT_FOUND, "process %d has ended",
				 (int)pid);
	return error_set(err, ERROR_IO, "cannot signal process %d: %s",
			 (int)pid, strerror(why));
}

static void on_close(uv_handle_t *handle)
{
	struct pidwatch *watch = handle->data;

	if (--watch->open > 0)
		return;
	if (watch->fd >= 0)
		close(watch->fd);
	watch->op.done(&watch->op);
}

static void finish(struct pidwatch *watch)
{
	if (watch->opened)
		uv_close((uv_handle_t *)&watch->handle, on_close);
	uv_close((uv_handle_t *)&watch->timer, on_close);
}

static void on_exited(uv_poll_t *handle, int status, int events)
{
	(void)status;
	(void)events;
	finish(handle->data);
}

static void on_gone(uv_timer_t *handle)
{
	finish(handle->data);
}

static void cancel(struct op *op)
{
	struct pidwatch *watch = (struct pidwatch *)op;

	if (uv_is_closing((uv_handle_t *)&watch->timer))
		return;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	finish(watch);
}

void pidwatch_start(struct pidwatch *watch, uv_loop_t *loop, pid_t pid,
		    uint64_t start)
{
	watch->op.cancel = cancel;
	watch->fd = open_exact(pid, start);
	watch->open = 1;
	watch->timer.data = watch->handle.data = watch;
	uv_timer_init(loop, &watch->timer);
	watch->opened = watch->fd >= 0 &&
			uv_poll_init(loop, &watch->handle, watch->fd) == 0;
	if (watch->opened) {
		watch->open++;
		uv_poll_start(&watch->handle, UV_READABLE, on_exited);
	} else {
		if (errno != ESRCH && errno != EINVAL)
			error_set(&watch->op.error, ERROR_IO,
				  "cannot watch process %d: %s", (int)pid,
				  strerror(errno));
		uv_timer_start(&watch->timer, on_gone, 0, 0);
	}
}
