/* The parts of the HTTP client, for each other. */
#pragma once

#define CURL_DISABLE_DEPRECATION
#include <curl/curl.h>

#include "runtime/loop/client.h"

enum { SPARE_MAX = 64, STREAM_BUFFERED = 1024 * 1024 };

struct client {
	uv_loop_t *loop;
	CURLM *multi; /* NULL before the first request */
	CURLSH *share;
	unsigned per_host;
	bool cookies;
	char *jar;
	int epoll;
	uv_poll_t poll;         /* of `epoll` */
	uv_timer_t timer;       /* libcurl's */
	uv_idle_t turn;         /* something is to be told at the next turn */
	unsigned char *sockets; /* SOCKET_… of each descriptor */
	size_t socket_count;
	struct request *ended; /* and to be told so, in this order */
	struct request *ended_last;
	struct request *changed;
	CURL *spare[SPARE_MAX];
	unsigned spare_count;
	unsigned parts;  /* files that were begun, for their names */
	unsigned active; /* requests that are not done */
	unsigned open;   /* libuv handles */
	bool settling;
	bool closing;
	char *certificates; /* the system's, found once */
};

/* client.c */
int client_begin(struct client *client, struct error **err);
void client_changed(struct request *request);
void client_end(struct request *request); /* to `ended` */

/* request.c */
void request_finish(struct request *request, CURLcode code);
void request_begin(struct request *request); /* a try */
void request_end(struct request *request);   /* of all tries */

/* client_socket.c: descriptors in an epoll of their own. */
int client_on_socket(CURL *easy, curl_socket_t fd, int what, void *context,
		     void *socket);
curl_socket_t client_on_open(void *context, curlsocktype purpose,
			     struct curl_sockaddr *address);
int client_on_close(void *context, curl_socket_t fd);
void client_on_ready(uv_poll_t *poll, int status, int events);
void client_settle(struct client *client);

/* request_options.c */
CURL *request_easy(struct client *client);
void request_spare(struct client *client, CURL *easy, bool dirty);
int request_configure(struct request *request,
		      const struct request_options *options,
		      struct error **err);

/* request_source.c: what is sent. */
int source_configure(struct request *request,
		     const struct request_options *options, struct error **err);
int source_open(struct request *request, struct error **err);
void source_close(struct request *request);
void source_release(struct request *request);

/* request_sink.c: what comes. */
size_t sink_on_header(char *bytes, size_t size, size_t count, void *context);
size_t sink_on_body(char *bytes, size_t size, size_t count, void *context);
void sink_reset(struct request *request);
int sink_complete(struct request *request, struct error **err);
void sink_release(struct request *request);

/* request_error.c */
void request_fail(struct request *request, CURLcode code);
void request_check(struct request *request);

/* request_retry.c: true when there will be another try. */
bool request_again(struct request *request);
