/*
 * An HTTP/1.1 server for tests that behaves and misbehaves on demand: the
 * path says how. It prints its port, listens also on the Unix socket that may
 * be given, and ends when its standard input is closed.
 *
 *     http_server [SOCKET]
 */
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

enum { HEAD_MAX = 65536, PIECE = 262144, KEYS = 64 };

struct call {
	int fd;
	char head[HEAD_MAX];
	size_t length;      /* of head and what came with it */
	size_t head_length; /* of the head alone */
	size_t at;          /* of the body, how much was read */
	char method[16];
	char path[2048];
	bool close;
};

struct place {
	const char *path; /* a prefix */
	void (*answer)(struct call *call, const char *rest);
};

static char zeros[PIECE];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char name[64];
	int count;
} keys[KEYS];

static int number(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

/* How often this was called with `name` before. */
static int count_key(const char *name)
{
	int count = 0;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < KEYS; i++) {
		if (keys[i].name[0] && strcmp(keys[i].name, name) != 0)
			continue;
		snprintf(keys[i].name, sizeof(keys[i].name), "%s", name);
		count = keys[i].count++;
		break;
	}
	pthread_mutex_unlock(&lock);
	return count;
}

static bool put(struct call *call, const void *bytes, size_t length)
{
	const char *from = bytes;

	while (length > 0) {
		ssize_t count = send(call->fd, from, length, MSG_NOSIGNAL);

		if (count <= 0)
			return false;
		from += count;
		length -= (size_t)count;
	}
	return true;
}

static bool puts_to(struct call *call, const char *text)
{
	return put(call, text, strlen(text));
}

static void answer_with(struct call *call, const char *status,
			const char *headers, const char *body)
{
	char head[8192];

	snprintf(head, sizeof(head),
		 "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status,
		 headers, strlen(body));
	puts_to(call, head);
	if (strcmp(call->method, "HEAD") != 0)
		puts_to(call, body);
}

/* The value of a header, or NULL; owned by nobody, good until the next one. */
static const char *header(struct call *call, const char *name)
{
	static _Thread_local char value[4096];
	size_t length = strlen(name);
	const char *line = strstr(call->head, "\r\n");

	while (line && line - call->head < (ptrdiff_t)call->head_length) {
		line += 2;
		if (strncasecmp(line, name, length) == 0 &&
		    line[length] == ':') {
			line += length + 1;
			line += strspn(line, " ");
			snprintf(value, sizeof(value), "%.*s",
				 (int)strcspn(line, "\r\n"), line);
			return value;
		}
		line = strstr(line, "\r\n");
	}
	return NULL;
}

/* Until the client goes away. */
static void hang(struct call *call)
{
	char byte[4096];

	while (recv(call->fd, byte, sizeof(byte), 0) > 0)
		;
	call->close = true;
}

/* The next bytes of what the client sends. */
static ssize_t get(struct call *call, char *bytes, size_t room)
{
	size_t left = call->length - call->head_length - call->at;

	if (left == 0)
		return recv(call->fd, bytes, room, 0);
	if (left > room)
		left = room;
	memcpy(bytes, call->head + call->head_length + call->at, left);
	call->at += left;
	return (ssize_t)left;
}

static bool get_line(struct call *call, char *line, size_t room)
{
	size_t length = 0;

	while (length + 1 < room && get(call, line + length, 1) == 1) {
		if (line[length] == '\n') {
			line[length] = '\0';
			return true;
		}
		length++;
	}
	return false;
}

/* Read `count` bytes of the body, keep as many as fit in `kept`. */
static uint64_t skim(struct call *call, uint64_t count, char *kept, size_t room)
{
	static _Thread_local char bytes[PIECE];
	uint64_t done = 0;

	while (done < count) {
		size_t want =
			count - done < PIECE ? (size_t)(count - done) : PIECE;
		ssize_t length = get(call, bytes, want);
		size_t have = strlen(kept);

		if (length <= 0)
			break;
		if (have + (size_t)length < room) {
			memcpy(kept + have, bytes, (size_t)length);
			kept[have + (size_t)length] = '\0';
		}
		done += (uint64_t)length;
	}
	return done;
}

/* The whole body: how long it is, and its beginning in `kept`. */
static uint64_t read_body(struct call *call, char *kept, size_t room)
{
	const char *length = header(call, "Content-Length");
	const char *coding = NULL;
	uint64_t total = 0;
	char line[256];

	kept[0] = '\0';
	if (length)
		return skim(call, strtoull(length, NULL, 10), kept, room);
	coding = header(call, "Transfer-Encoding");
	if (!coding || strcasecmp(coding, "chunked") != 0)
		return 0;
	while (get_line(call, line, sizeof(line))) {
		uint64_t size = strtoull(line, NULL, 16);

		total += skim(call, size, kept, room);
		get_line(call, line, sizeof(line));
		if (size == 0)
			break;
	}
	return total;
}

static void expect(struct call *call)
{
	const char *wants = header(call, "Expect");

	if (wants && strcasecmp(wants, "100-continue") == 0)
		puts_to(call, "HTTP/1.1 100 Continue\r\n\r\n");
}

/* Places that behave. */

static void say_hello(struct call *call, const char *rest)
{
	(void)rest;
	answer_with(call, "200 OK", "Content-Type: text/plain\r\n", "hello");
}

/* What was asked: the head, and after it the body. */
static void echo(struct call *call, const char *rest)
{
	static _Thread_local char body[HEAD_MAX];
	char head[256];
	size_t length;

	(void)rest;
	expect(call);
	read_body(call, body, sizeof(body));
	length = call->head_length + strlen(body);
	snprintf(head, sizeof(head),
		 "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", length);
	puts_to(call, head);
	if (strcmp(call->method, "HEAD") == 0)
		return;
	put(call, call->head, call->head_length);
	puts_to(call, body);
}

static void say_json(struct call *call, const char *rest)
{
	(void)rest;
	answer_with(call, "200 OK", "Content-Type: application/json\r\n",
		    "{\"name\": \"tide\", \"list\": [1, 2, 3]}");
}

static void say_status(struct call *call, const char *rest)
{
	char status[64];

	snprintf(status, sizeof(status), "%.3s Status", rest);
	answer_with(call, status, "X-Test: a\r\nX-Test: b\r\n", "sorry");
}

static void send_bytes(struct call *call, const char *rest)
{
	uint64_t left = strtoull(rest, NULL, 10);
	char head[128];

	snprintf(head, sizeof(head),
		 "HTTP/1.1 200 OK\r\nContent-Length: %llu\r\n\r\n",
		 (unsigned long long)left);
	puts_to(call, head);
	while (left > 0) {
		size_t length = left < PIECE ? (size_t)left : PIECE;

		if (!put(call, zeros, length))
			return;
		left -= length;
	}
}

static void upload(struct call *call, const char *rest)
{
	char kept[1];
	char text[64];

	(void)rest;
	expect(call);
	snprintf(text, sizeof(text), "%llu",
		 (unsigned long long)read_body(call, kept, sizeof(kept)));
	answer_with(call, "200 OK", "", text);
}

/* /redirect/N: N times. */
static void redirect(struct call *call, const char *rest)
{
	int left = number(rest);
	char headers[128];

	snprintf(headers, sizeof(headers),
		 left > 1 ? "Location: /redirect/%d\r\n"
			  : "Location: /hello\r\n",
		 left - 1);
	answer_with(call, "302 Found", headers, "");
}

/* /redirect-to/URL */
static void redirect_to(struct call *call, const char *rest)
{
	char headers[1024];

	snprintf(headers, sizeof(headers), "Location: %s\r\n", rest);
	answer_with(call, "302 Found", headers, "");
}

/* /retry/N/SECONDS/KEY: unavailable N times. */
static void retry(struct call *call, const char *rest)
{
	int times = number(rest);
	const char *wait = strchr(rest, '/');
	char headers[64];
	int count = count_key(rest);
	char text[32];

	snprintf(headers, sizeof(headers), "Retry-After: %d\r\n",
		 wait ? number(wait + 1) : 0);
	snprintf(text, sizeof(text), "%d", count + 1);
	if (count < times)
		answer_with(call, "503 Service Unavailable", headers, text);
	else
		answer_with(call, "200 OK", "", text);
}

/* /flaky/N/KEY: the connection breaks N times. */
static void flaky(struct call *call, const char *rest)
{
	call->close = count_key(rest) < number(rest);
	if (!call->close)
		answer_with(call, "200 OK", "", "at last");
}

/* /auth/WHAT: what was sent as Authorization, or a challenge. */
static void auth(struct call *call, const char *rest)
{
	const char *sent = header(call, "Authorization");
	char challenge[256];

	snprintf(challenge, sizeof(challenge),
		 "WWW-Authenticate: %s realm=\"tide\"%s\r\n", rest,
		 strcmp(rest, "Digest") == 0
			 ? ", nonce=\"abc\", qop=\"auth\", algorithm=SHA-256"
			 : "");
	if (sent && strncasecmp(sent, rest, strlen(rest)) == 0)
		answer_with(call, "200 OK", "", sent);
	else
		answer_with(call, "401 Unauthorized", challenge, "who?");
}

/* /cookie/NAME/VALUE: set it. */
static void cookie(struct call *call, const char *rest)
{
	char headers[512];
	int name = (int)strcspn(rest, "/");

	snprintf(headers, sizeof(headers), "Set-Cookie: %.*s=%s; Path=/\r\n",
		 name, rest, rest + name + (rest[name] == '/'));
	answer_with(call, "200 OK", headers, "set");
}

#include "tests/e2e/http_server_bad.h"

static const struct place places[] = {
	{"/hello", say_hello},
	{"/echo", echo},
	{"/json", say_json},
	{"/status/", say_status},
	{"/bytes/", send_bytes},
	{"/upload", upload},
	{"/redirect/", redirect},
	{"/redirect-to/", redirect_to},
	{"/retry/", retry},
	{"/flaky/", flaky},
	{"/auth/", auth},
	{"/cookie/", cookie},
	{"/events", events},
	{"/lines", lines},
	BAD_PLACES,
};

/* Read one request's head; false when the client has gone. */
static bool read_head(struct call *call)
{
	const char *end;

	call->length = call->at = 0;
	do {
		ssize_t count = recv(call->fd, call->head + call->length,
				     HEAD_MAX - 1 - call->length, 0);

		if (count <= 0)
			return false;
		call->length += (size_t)count;
		call->head[call->length] = '\0';
		end = strstr(call->head, "\r\n\r\n");
	} while (!end && call->length < HEAD_MAX - 1);
	if (!end)
		return false;
	call->head_length = (size_t)(end - call->head) + 4;
	return sscanf(call->head, "%15s %2047s", call->method, call->path) == 2;
}

static void *serve(void *argument)
{
	struct call *call = argument;

	while (!call->close && read_head(call)) {
		size_t i = 0;
		size_t count = sizeof(places) / sizeof(*places);

		while (i < count && strncmp(call->path, places[i].path,
					    strlen(places[i].path)) != 0)
			i++;
		if (i < count)
			places[i].answer(call,
					 call->path + strlen(places[i].path));
		else
			answer_with(call, "404 Not Found", "", "no such path");
	}
	close(call->fd);
	free(call);
	return NULL;
}

static int listen_on(struct sockaddr *address, socklen_t length)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, address, length) != 0 || listen(fd, 512) != 0) {
		perror("http_server");
		exit(1);
	}
	return fd;
}

static void take_call(int fd)
{
	struct call *call = calloc(1, sizeof(*call));
	pthread_t thread;

	call->fd = accept(fd, NULL, NULL);
	if (call->fd < 0 || pthread_create(&thread, NULL, serve, call) != 0) {
		free(call);
		return;
	}
	pthread_detach(thread);
}

int main(int count, char **words)
{
	struct sockaddr_in here = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	socklen_t length = sizeof(here);
	struct pollfd fds[3] = {{.fd = STDIN_FILENO, .events = POLLIN},
				{.events = POLLIN},
				{.fd = -1, .events = POLLIN}};

	signal(SIGPIPE, SIG_IGN);
	fds[1].fd = listen_on((struct sockaddr *)&here, length);
	getsockname(fds[1].fd, (struct sockaddr *)&here, &length);
	if (count > 1) {
		snprintf(local.sun_path, sizeof(local.sun_path), "%s",
			 words[1]);
		fds[2].fd = listen_on((struct sockaddr *)&local, sizeof(local));
	}
	printf("%d\n", ntohs(here.sin_port));
	fflush(stdout);
	while (poll(fds, 3, -1) > 0 && !fds[0].revents)
		for (int i = 1; i < 3; i++)
			if (fds[i].revents)
				take_call(fds[i].fd);
	return 0;
}
