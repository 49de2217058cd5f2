#include "runtime/git/network.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/base/clock.h"

#define PATIENCE 60000 /* ms without a byte */
#define GLANCE 50      /* ms between looks at `cancelled` */

/* Of a thread, because libgit2 passes nothing of ours down to its sockets. */
static _Thread_local bool active;
static _Thread_local const atomic_bool *stop;

void network_begin(const atomic_bool *cancelled)
{
	active = true;
	stop = cancelled;
}

void network_end(void)
{
	active = false;
	stop = NULL;
}

int __real_poll(struct pollfd *items, nfds_t count, int timeout)
	__attribute__((weak));

static int wait_for(struct pollfd *items, nfds_t count, int timeout)
{
	return __real_poll ? __real_poll(items, count, timeout)
			   : poll(items, count, timeout);
}

/* 0 when the socket is ready for `events`; else -1 with errno. */
static int await(int fd, short events)
{
	int64_t last = clock_monotonic() + PATIENCE;

	while (clock_monotonic() < last) {
		struct pollfd item = {.fd = fd, .events = events};
		int ready;

		if (stop && atomic_load(stop)) {
			errno = ECANCELED;
			return -1;
		}
		ready = wait_for(&item, 1, GLANCE);
		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -1;
	}
	errno = ETIMEDOUT;
	return -1;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
int __real_connect(int fd, const struct sockaddr *address, socklen_t length)
	__attribute__((weak));
ssize_t __wrap_recv(int fd, void *bytes, size_t length, int flags);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	int flags = fcntl(fd, F_GETFL);
	int problem = 0;
	socklen_t size = sizeof(problem);
	int status;

	if (!active || flags < 0 || (flags & O_NONBLOCK))
		return __real_connect(fd, address, length);
	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	status = __real_connect(fd, address, length);
	if (status != 0 && errno == EINPROGRESS) {
		status = await(fd, POLLOUT);
		if (status == 0 &&
		    getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) ==
			    0 &&
		    problem != 0) {
			errno = problem;
			status = -1;
		}
	}
	problem = errno;
	fcntl(fd, F_SETFL, flags);
	errno = problem;
	return status;
}

ssize_t __wrap_recv(int fd, void *bytes, size_t length, int flags)
{
	bool waits = !(flags & MSG_DONTWAIT);

	if (active && stop && atomic_load(stop)) {
		errno = ECANCELED;
		return -1;
	}
	/* libssh2 reads from a socket that does not block until nothing is
	 * left, and waits with poll. */
	if (active && waits && !(fcntl(fd, F_GETFL) & O_NONBLOCK) &&
	    await(fd, POLLIN) != 0)
		return -1;
	return recvfrom(fd, bytes, length, flags, NULL, NULL);
}

int __wrap_poll(struct pollfd *items, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *items, nfds_t count, int timeout)
{
	int64_t end = clock_monotonic() + (timeout < 0 ? PATIENCE : timeout);
	int ready;

	if (!active || (timeout >= 0 && timeout <= GLANCE))
		return wait_for(items, count, timeout);
	/* Giving up is a time-out for libssh2; it tries for ever after errors.
	 */
	do {
		if (stop && atomic_load(stop))
			return 0;
		ready = wait_for(items, count, GLANCE);
	} while (ready == 0 && clock_monotonic() < end);
	return ready;
}
