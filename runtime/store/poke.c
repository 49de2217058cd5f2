#include "runtime/store/poke.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/process.h"

int poke_run(struct db *db, int64_t run)
{
	struct rows *rows = db_query(db, NULL,
				     "SELECT pid, pid_start FROM runs WHERE"
				     " id = ? AND state = 'running'"
				     " AND pid IS NOT NULL",
				     "i", run);
	int sent = 0;

	if (!rows)
		return 0;
	if (rows_next(rows, NULL) == 1)
		sent = process_signal((pid_t)rows_int(rows, 0),
				      (uint64_t)rows_int(rows, 1), SIGUSR1,
				      NULL) == 0;
	rows_close(rows);
	return sent;
}

/* A socket's path has at most 107 bytes; a home may have more. */
static int address_of(const char *home, struct sockaddr_un *address)
{
	int dir = -1;
	int length;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	length = snprintf(address->sun_path, sizeof(address->sun_path),
			  "%s/server.sock", home);
	if (length < (int)sizeof(address->sun_path))
		return dir;
	dir = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
	snprintf(address->sun_path, sizeof(address->sun_path),
		 "/proc/self/fd/%d/server.sock", dir);
	return dir;
}

/* A full backlog is no reason to give up at once: the server is busy. */
static int connect_soon(int fd, const struct sockaddr_un *address)
{
	const struct timespec pause = {.tv_nsec = 2000000};

	for (int tries = 0; tries < 100; tries++) {
		if (connect(fd, (const struct sockaddr *)address,
			    sizeof(*address)) == 0)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return -1;
		nanosleep(&pause, NULL);
	}
	return -1;
}

int poke_server(const char *home)
{
	static const char line[] = "wake\n";
	struct sockaddr_un address;
	int dir = address_of(home, &address);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int told = 0;

	if (fd >= 0 && connect_soon(fd, &address) == 0) {
		told = send(fd, line, sizeof(line) - 1, MSG_NOSIGNAL) ==
		       sizeof(line) - 1;
		shutdown(fd, SHUT_WR);
	}
	if (fd >= 0)
		close(fd);
	if (dir >= 0)
		close(dir);
	return told;
}
