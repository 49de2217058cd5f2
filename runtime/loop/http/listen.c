#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/http/parts.h"

#define BACKLOG 511

static int fail(int fd, const char *address, struct error **err)
{
	int why = errno;

	if (fd >= 0)
		close(fd);
	return error_set(err, why == EADDRINUSE ? ERROR_BUSY : ERROR_IO,
			 "cannot listen at '%s': %s", address, strerror(why));
}

/* Does a server answer at this socket? */
static bool is_served(const struct sockaddr_un *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool served = fd >= 0 && connect(fd, (const struct sockaddr *)name,
					 sizeof(*name)) == 0;

	if (fd >= 0)
		close(fd);
	return served;
}

/* Takes away the socket that a killed server left, and nothing else. */
static int make_room(const struct sockaddr_un *name, struct error **err)
{
	struct stat there;

	if (lstat(name->sun_path, &there) != 0)
		return 0;
	if (!S_ISSOCK(there.st_mode))
		return error_set(err, ERROR_INVALID,
				 "'%s' is there, and is no socket",
				 name->sun_path);
	if (!is_served(name))
		unlink(name->sun_path);
	return 0;
}

static int listen_unix(struct httpd *httpd, const char *path,
		       struct error **err)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) == 0 || strlen(path) >= sizeof(name.sun_path))
		return error_set(err, ERROR_INVALID,
				 "'%s' is no path for a socket", path);
	memcpy(name.sun_path, path, strlen(path));
	if (make_room(&name, err) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof(name)) != 0 ||
	    chmod(path, 0660) != 0 || listen(fd, BACKLOG) != 0)
		return fail(fd, path, err);
	httpd->path = mem_copy(path);
	httpd->address = mem_printf("unix:%s", path);
	return fd;
}

static int name_bound(struct httpd *httpd, int fd)
{
	struct sockaddr_storage bound;
	socklen_t size = sizeof(bound);
	char host[64];
	char port[16];

	if (getsockname(fd, (struct sockaddr *)&bound, &size) != 0 ||
	    getnameinfo((struct sockaddr *)&bound, size, host, sizeof(host),
			port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return -1;
	httpd->address =
		mem_printf(strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
	return 0;
}

static int bind_to(struct httpd *httpd, const struct addrinfo *found,
		   const char *address, struct error **err)
{
	int on = 1;
	int fd = socket(found->ai_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0 || name_bound(httpd, fd) != 0)
		return fail(fd, address, err);
	return fd;
}

/* getaddrinfo takes 65536 for 0, and so on. */
static bool is_port(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits <= 5 && text[digits] == '\0' &&
	       strtol(text, NULL, 10) <= UINT16_MAX;
}

int httpd_listen(struct httpd *httpd, const char *address, struct error **err)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
	};
	const char *colon = strrchr(address, ':');
	struct addrinfo *found = NULL;
	char *host;
	size_t length;
	int fd;

	if (strncmp(address, "unix:", 5) == 0)
		return listen_unix(httpd, address + 5, err);
	length = colon ? (size_t)(colon - address) : 0;
	if (length >= 2 && address[0] == '[' && address[length - 1] == ']')
		host = mem_copy_n(address + 1, length - 2);
	else
		host = mem_copy_n(address, length);
	if (length == 0 || !is_port(colon + 1) ||
	    getaddrinfo(host, colon + 1, &hints, &found) != 0)
		fd = error_set(err, ERROR_INVALID,
			       "'%s' is no address to listen at: give "
			       "127.0.0.1:8420, [::1]:8420 or unix:PATH",
			       address);
	else
		fd = bind_to(httpd, found, address, err);
	if (found)
		freeaddrinfo(found);
	mem_free(host);
	return fd;
}
