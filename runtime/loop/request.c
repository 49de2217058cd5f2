#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/loop/client_parts.h"

static void release(struct op *op)
{
	struct request *request = (struct request *)op;

	sink_release(request);
	source_release(request);
	buf_release(&request->response.head);
	buf_release(&request->response.body);
	mem_free(request->response.url);
	mem_free(request->host);
	request->response.url = request->host = NULL;
}

/* The handle goes back to the client; nothing calls for it any more. */
static void detach(struct request *request)
{
	CURL *easy = request->easy;

	request->running = false;
	curl_multi_remove_handle(request->client->multi, easy);
}

void request_end(struct request *request)
{
	if (request->easy)
		request_spare(request->client, request->easy, request->dirty);
	request->easy = NULL;
	curl_mime_free(request->mime);
	curl_slist_free_all(request->headers);
	curl_slist_free_all(request->resolves);
	request->mime = NULL;
	request->headers = request->resolves = NULL;
	client_end(request);
}

static void cancel(struct op *op)
{
	struct request *request = (struct request *)op;

	if (request->pausing) {
		request->cancelled = true;
		request->pause.op.cancel(&request->pause.op);
		return;
	}
	if (!request->running)
		return; /* it has ended already */
	detach(request);
	request->reason = REQUEST_CANCELLED;
	error_set(&op->error, ERROR_CANCELLED, "cancelled");
	sink_release(request);
	request_end(request);
}

void request_begin(struct request *request)
{
	struct error **err = &request->op.error;

	request->running = true;
	request->response.tries++;
	sink_reset(request);
	request->problem[0] = '\0';
	if (source_open(request, err) != 0) {
		request->running = false;
		request->reason = REQUEST_UPLOAD;
		request_end(request);
		return;
	}
	curl_multi_add_handle(request->client->multi, request->easy);
}

static void read_info(struct request *request)
{
	struct response *response = &request->response;
	curl_off_t us = 0;
	long count = 0;

	curl_easy_getinfo(request->easy, CURLINFO_TOTAL_TIME_T, &us);
	response->ms = us / 1000;
	if (request->follow)
		curl_easy_getinfo(request->easy, CURLINFO_REDIRECT_COUNT,
				  &count);
	response->redirects = (unsigned)count;
	if (count > 0) {
		char *url = NULL;

		curl_easy_getinfo(request->easy, CURLINFO_EFFECTIVE_URL, &url);
		response->url = mem_copy(url);
	}
}

void request_finish(struct request *request, CURLcode code)
{
	read_info(request);
	if (code != CURLE_OK)
		request_fail(request, code);
	else
		request_check(request);
	detach(request);
	if (request_again(request))
		return;
	if (request->reason == REQUEST_OK &&
	    sink_complete(request, &request->op.error) != 0)
		request->reason = REQUEST_FILE;
	if (request->reason != REQUEST_OK)
		sink_release(request);
	request_end(request);
}

static int prepare(struct request *request,
		   const struct request_options *options)
{
	struct client *client = request->client;
	struct error **err = &request->op.error;

	if (client_begin(client, err) != 0) {
		request->reason = REQUEST_OTHER;
		return -1;
	}
	request->easy = request_easy(client);
	return request_configure(request, options, err);
}

void request_start(struct request *request, struct client *client,
		   const struct request_options *options)
{
	request->op.cancel = cancel;
	request->op.release = release;
	request->client = client;
	request->file = request->source = -1;
	request->host = mem_copy(options->url); /* masked when it is shown */
	request->response.total = -1;
	if (prepare(request, options) != 0) {
		client->active++;
		if (client->active == 1 && client->multi)
			uv_ref((uv_handle_t *)&client->poll);
		request_end(request);
		return;
	}
	if (++client->active == 1)
		uv_ref((uv_handle_t *)&client->poll);
	request_begin(request);
}

bool request_ready(const struct request *request)
{
	return request->ready;
}

/* Not from a callback of libcurl's: what it held back may come at once. */
static void unpause(struct request *request)
{
	int bits = (request->receive_paused ? CURLPAUSE_RECV : 0) |
		   (request->send_paused ? CURLPAUSE_SEND : 0);

	curl_easy_pause(request->easy, bits);
}

void request_take(struct request *request, size_t length)
{
	struct buf *body = &request->response.body;

	buf_consume(body, length);
	if (!request->running || !request->receive_paused ||
	    body->length >= STREAM_BUFFERED)
		return;
	request->receive_paused = false;
	unpause(request);
}

static void wake_source(struct request *request)
{
	if (!request->running || !request->send_paused)
		return;
	request->send_paused = false;
	unpause(request);
}

void request_feed(struct request *request, const char *bytes, size_t length)
{
	if (!request->running)
		return; /* nobody will read it */
	buf_append(&request->feed, bytes, length);
	wake_source(request);
}

void request_feed_end(struct request *request)
{
	request->feed_ended = true;
	wake_source(request);
}

bool request_room(const struct request *request)
{
	return request->running && request->feed.length < STREAM_BUFFERED;
}
