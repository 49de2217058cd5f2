/*
 * Listens on a free port of 127.0.0.1, prints it, and runs a command for every
 * connection with the socket as its input and output, as inetd does. Without a
 * command it accepts nobody: connections open, and nothing ever comes. Ends
 * when its own input does.
 *
 *	listen [COMMAND…]
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void serve(int listener, char **command)
{
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0 && fork() == 0) {
		signal(SIGCHLD, SIG_DFL); /* it waits for its own */
		dup2(fd, STDIN_FILENO);
		dup2(fd, STDOUT_FILENO);
		close(listener);
		execvp(*command, command);
		_exit(127);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	signal(SIGCHLD, SIG_IGN);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, size) != 0 ||
	    listen(listener, 16) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
		perror("listen");
		return 1;
	}
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	for (;;) {
		struct pollfd items[] = {{.fd = STDIN_FILENO, .events = POLLIN},
					 {.fd = listener, .events = POLLIN}};
		char byte;

		if (argc < 2)
			items[1].fd = -1;
		if (poll(items, 2, -1) < 0)
			return 1;
		if (items[0].revents && read(STDIN_FILENO, &byte, 1) <= 0)
			return 0;
		if (items[1].revents)
			serve(listener, argv + 1);
	}
}
