/*
 * Libcurl's sockets, in an epoll of their own, which the loop watches as one
 * descriptor. A uv_poll_t a socket costs two system calls and several calls
 * whenever a connection goes idle and comes back, which is at every request.
 * Here an idle connection simply stays where it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/client_parts.h"

enum { BATCH = 256, SOCKETS_MIN = 64 };

enum {
	SOCKET_IN = 1,
	SOCKET_OUT = 2,
	SOCKET_OURS = 4, /* opened by client_on_open: its end will be known */
	SOCKET_IDLE = 8, /* libcurl does not want to know at the moment */
};

static unsigned char *slot(struct client *client, int fd)
{
	size_t wanted = (size_t)fd + 1;
	size_t count = client->socket_count;

	if (wanted > count) {
		size_t grown = count ? count : SOCKETS_MIN;

		while (grown < wanted)
			grown *= 2;
		client->sockets = mem_grow(client->sockets, grown);
		memset(client->sockets + count, 0, grown - count);
		client->socket_count = grown;
	}
	return client->sockets + fd;
}

static void watch(struct client *client, int fd, unsigned char *state, int want)
{
	int had = *state & (SOCKET_IN | SOCKET_OUT);
	struct epoll_event event = {.data.fd = fd};

	*state &= (unsigned char)~SOCKET_IDLE;
	if (had == want)
		return;
	if (want & SOCKET_IN)
		event.events |= EPOLLIN;
	if (want & SOCKET_OUT)
		event.events |= EPOLLOUT;
	if (epoll_ctl(client->epoll, had ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd,
		      &event) != 0)
		epoll_ctl(client->epoll,
			  errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd,
			  &event);
	*state = (unsigned char)((*state & SOCKET_OURS) | want);
}

static void forget(struct client *client, int fd, unsigned char *state)
{
	if (*state & (SOCKET_IN | SOCKET_OUT))
		epoll_ctl(client->epoll, EPOLL_CTL_DEL, fd, NULL);
	*state &= SOCKET_OURS;
}

int client_on_socket(CURL *easy, curl_socket_t fd, int what, void *context,
		     void *socket)
{
	struct client *client = context;
	unsigned char *state = slot(client, fd);

	(void)easy;
	(void)socket;
	if (what == CURL_POLL_REMOVE && (*state & SOCKET_OURS))
		*state |= SOCKET_IDLE;
	else if (what == CURL_POLL_REMOVE)
		forget(client, fd, state);
	else
		watch(client, fd, state,
		      (what & CURL_POLL_IN ? SOCKET_IN : 0) |
			      (what & CURL_POLL_OUT ? SOCKET_OUT : 0));
	return 0;
}

curl_socket_t client_on_open(void *context, curlsocktype purpose,
			     struct curl_sockaddr *address)
{
	struct client *client = context;
	int fd = socket(address->family, address->socktype | SOCK_CLOEXEC,
			address->protocol);

	(void)purpose;
	if (fd < 0)
		return CURL_SOCKET_BAD;
	*slot(client, fd) = SOCKET_OURS;
	return fd;
}

int client_on_close(void *context, curl_socket_t fd)
{
	*slot(context, fd) = 0; /* the kernel takes it out of the epoll */
	return close(fd);
}

static void act(struct client *client, const struct epoll_event *event)
{
	int fd = event->data.fd;
	unsigned char *state = slot(client, fd);
	int mask = 0;
	int running;

	if (!(*state & (SOCKET_IN | SOCKET_OUT)))
		return; /* closed meanwhile */
	if (*state & SOCKET_IDLE) {
		forget(client, fd, state); /* the other side has closed it */
		return;
	}
	if (event->events & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (event->events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (event->events & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	curl_multi_socket_action(client->multi, fd, mask, &running);
}

void client_on_ready(uv_poll_t *poll, int status, int events)
{
	struct client *client = poll->data;
	struct epoll_event list[BATCH];
	int count;

	(void)status;
	(void)events;
	count = epoll_wait(client->epoll, list, BATCH, 0);
	for (int i = 0; i < count; i++)
		act(client, &list[i]);
	client_settle(client);
}
