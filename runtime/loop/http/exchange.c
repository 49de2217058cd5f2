#include "runtime/loop/http/exchange.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/base/mem.h"
#include "runtime/loop/http/parts.h"

#define HEADERS_MAX (64U << 10)
#define BLOCK 8192 /* bytes that libmicrohttpd asks for at once */

static void free_exchange(struct exchange *exchange)
{
	if (exchange->response)
		MHD_destroy_response(exchange->response);
	mem_free(exchange->method);
	mem_free(exchange->target);
	buf_release(&exchange->headers);
	buf_release(&exchange->body);
	buf_release(&exchange->out);
	mem_free(exchange);
}

static void describe_peer(struct exchange *exchange,
			  struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;
	const void *bytes = NULL;

	if (address && address->sa_family == AF_INET)
		bytes = &((const struct sockaddr_in *)address)->sin_addr;
	else if (address && address->sa_family == AF_INET6)
		bytes = &((const struct sockaddr_in6 *)address)->sin6_addr;
	if (!bytes || !inet_ntop(address->sa_family, bytes, exchange->peer,
				 sizeof(exchange->peer)))
		snprintf(exchange->peer, sizeof(exchange->peer), "unix");
}

void *exchange_open(void *context, const char *target,
		    struct MHD_Connection *connection)
{
	struct httpd *httpd = context;
	struct exchange *exchange = mem_alloc(sizeof(*exchange));

	exchange->httpd = httpd;
	exchange->target = mem_copy(target);
	buf_init(&exchange->headers, HEADERS_MAX);
	buf_init(&exchange->body, httpd->body_max);
	buf_init(&exchange->out, EXCHANGE_HELD_MAX);
	describe_peer(exchange, connection);
	exchange->next = httpd->live;
	if (exchange->next)
		exchange->next->previous = exchange;
	httpd->live = exchange;
	return exchange;
}

static enum MHD_Result keep_header(void *context, enum MHD_ValueKind kind,
				   const char *name, const char *value)
{
	struct exchange *exchange = context;

	(void)kind;
	buf_append(&exchange->headers, name, strlen(name) + 1);
	buf_append(&exchange->headers, value ? value : "",
		   value ? strlen(value) + 1 : 1);
	return MHD_YES;
}

static void set_busy(struct MHD_Connection *connection, uv_loop_t *loop,
		     bool busy)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct peer *peer = info ? info->socket_context : NULL;

	if (!peer)
		return;
	peer->busy = busy;
	peer->since = uv_now(loop);
}

static enum MHD_Result refuse(struct MHD_Connection *connection,
			      unsigned status)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		0, NULL, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	MHD_add_response_header(response, "Connection", "close");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result begin(struct exchange *exchange,
			     struct MHD_Connection *connection,
			     const char *method)
{
	const char *length = MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, "Content-Length");

	exchange->begun = true;
	exchange->connection = connection;
	exchange->method = mem_copy(method);
	MHD_get_connection_values(connection, MHD_HEADER_KIND, keep_header,
				  exchange);
	if (exchange->headers.full)
		return refuse(connection, 431);
	if (length && strtoull(length, NULL, 10) > exchange->httpd->body_max)
		return refuse(connection, 413);
	return MHD_YES;
}

/* It is complete: whoever takes it answers later. */
static void enqueue(struct exchange *exchange)
{
	struct httpd *httpd = exchange->httpd;

	exchange->queued = true;
	if (httpd->last)
		httpd->last->following = exchange;
	else
		httpd->first = exchange;
	httpd->last = exchange;
	exchange->suspended = true;
	set_busy(exchange->connection, httpd->poll.loop, true);
	MHD_suspend_connection(exchange->connection);
	httpd->ready(httpd->context);
}

/* NOLINTNEXTLINE(readability-function-size): libmicrohttpd's parameters */
enum MHD_Result exchange_receive(void *httpd, struct MHD_Connection *connection,
				 const char *url, const char *method,
				 const char *version, const char *bytes,
				 size_t *length, void **context)
{
	struct exchange *exchange = *context;

	(void)httpd;
	(void)url;
	(void)version;
	if (!exchange->begun)
		return begin(exchange, connection, method);
	if (*length > 0) {
		buf_append(&exchange->body, bytes, *length);
		*length = 0;
		return exchange->body.full ? MHD_NO : MHD_YES;
	}
	if (exchange->response)
		return MHD_queue_response(connection, exchange->status,
					  exchange->response);
	if (!exchange->queued)
		enqueue(exchange);
	return MHD_YES;
}

static void leave_queue(struct httpd *httpd, struct exchange *exchange)
{
	struct exchange **at = &httpd->first;
	struct exchange *before = NULL;

	while (*at && *at != exchange) {
		before = *at;
		at = &before->following;
	}
	if (!*at)
		return;
	*at = exchange->following;
	if (httpd->last == exchange)
		httpd->last = before;
}

void exchange_completed(void *context, struct MHD_Connection *connection,
			void **pointer, enum MHD_RequestTerminationCode why)
{
	struct httpd *httpd = context;
	struct exchange *exchange = *pointer;

	(void)why;
	set_busy(connection, httpd->poll.loop, false);
	if (!exchange)
		return;
	*pointer = NULL;
	if (exchange->previous)
		exchange->previous->next = exchange->next;
	else
		httpd->live = exchange->next;
	if (exchange->next)
		exchange->next->previous = exchange->previous;
	exchange->connection = NULL;
	exchange->gone = true;
	if (exchange->held) {
		if (exchange->moved)
			exchange->moved(exchange->context);
		return;
	}
	leave_queue(httpd, exchange);
	free_exchange(exchange);
}

struct exchange *httpd_next(struct httpd *httpd)
{
	struct exchange *exchange = httpd->first;

	if (!exchange)
		return NULL;
	httpd->first = exchange->following;
	if (!httpd->first)
		httpd->last = NULL;
	exchange->held = true;
	return exchange;
}

void exchange_resume(struct exchange *exchange)
{
	if (!exchange->connection || !exchange->suspended)
		return;
	exchange->suspended = false;
	MHD_resume_connection(exchange->connection);
	httpd_kick(exchange->httpd);
}

static ssize_t on_wanted(void *context, uint64_t position, char *to, size_t max)
{
	struct exchange *exchange = context;
	size_t count = exchange->out.length;

	(void)position;
	if (count == 0 && exchange->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (count == 0) {
		exchange->suspended = true;
		MHD_suspend_connection(exchange->connection);
		return 0;
	}
	if (count > max)
		count = max;
	memcpy(to, exchange->out.data, count);
	buf_consume(&exchange->out, count);
	if (exchange->moved)
		exchange->moved(exchange->context);
	return (ssize_t)count;
}

int exchange_answer(struct exchange *exchange,
		    const struct exchange_answer *answer)
{
	struct MHD_Response *response;

	if (exchange->response)
		return -1;
	if (answer->body)
		response = MHD_create_response_from_buffer(
			answer->length, (void *)answer->body,
			MHD_RESPMEM_MUST_COPY);
	else
		response = MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, BLOCK, on_wanted, exchange, NULL);
	for (size_t i = 0; i < answer->header_count; i++) {
		const struct exchange_header *header = &answer->headers[i];

		if (MHD_add_response_header(response, header->name,
					    header->value) == MHD_YES)
			continue;
		MHD_destroy_response(response);
		return -1;
	}
	exchange->response = response;
	exchange->status = answer->status;
	exchange_resume(exchange);
	return 0;
}

long exchange_write(struct exchange *exchange, const char *bytes, size_t length)
{
	if (exchange->gone || exchange->ended ||
	    buf_append(&exchange->out, bytes, length) != 0)
		return -1;
	exchange_resume(exchange);
	return (long)exchange->out.length;
}

void exchange_end(struct exchange *exchange)
{
	exchange->ended = true;
	exchange_resume(exchange);
}

bool exchange_gone(const struct exchange *exchange)
{
	return exchange->gone;
}

size_t exchange_held(const struct exchange *exchange)
{
	return exchange->out.length;
}

void exchange_watch(struct exchange *exchange, void (*moved)(void *context),
		    void *context)
{
	exchange->moved = moved;
	exchange->context = context;
}

void exchange_drop(struct exchange *exchange)
{
	struct exchange_answer failure = {.status = 500, .body = ""};

	exchange->held = false;
	exchange->moved = NULL;
	if (exchange->gone) {
		free_exchange(exchange);
		return;
	}
	exchange->ended = true;
	if (!exchange->response)
		exchange_answer(exchange, &failure);
	exchange_resume(exchange);
}

const char *exchange_method(const struct exchange *exchange)
{
	return exchange->method;
}

const char *exchange_target(const struct exchange *exchange)
{
	return exchange->target;
}

const char *exchange_peer(const struct exchange *exchange)
{
	return exchange->peer;
}

const char *exchange_body(const struct exchange *exchange, size_t *length)
{
	*length = exchange->body.length;
	return exchange->body.data ? exchange->body.data : "";
}

bool exchange_header(const struct exchange *exchange, size_t i,
		     struct exchange_header *header)
{
	const char *at = exchange->headers.data;
	const char *end = at + exchange->headers.length;

	for (; at && at < end; i--) {
		header->name = at;
		header->value = at + strlen(at) + 1;
		if (i == 0)
			return true;
		at = header->value + strlen(header->value) + 1;
	}
	return false;
}
