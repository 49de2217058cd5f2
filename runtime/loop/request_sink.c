/* What comes: the head, and a body for memory, a file or a reader. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/client_parts.h"

enum {
	ERROR_BODY = 65536, /* of an error's body this much is kept */
	PART_TRIES = 100,
	STATUS_ERROR = 400,
};

static bool starts(const char *bytes, size_t length, const char *word)
{
	size_t wanted = strlen(word);

	return length >= wanted && strncasecmp(bytes, word, wanted) == 0;
}

static void begin_head(struct request *request, const char *line, size_t length)
{
	struct response *response = &request->response;
	const char *space = memchr(line, ' ', length);

	buf_clear(&response->head);
	response->status = space ? (int)strtol(space + 1, NULL, 10) : 0;
	request->in_head = true;
	request->challenged = false;
	response->total = -1;
}

/* Will libcurl ask again by itself: a redirect, a challenge? */
static bool is_passing(const struct request *request)
{
	int status = request->response.status;
	size_t from = 0;
	size_t length;

	if (status < 200)
		return true;
	if (request->challenged && (status == 401 || status == 407))
		return true;
	return request->follow && status >= 300 && status < 400 &&
	       response_header(&request->response.head, "location", &length,
			       &from);
}

static void become_ready(struct request *request)
{
	if (request->ready)
		return;
	request->ready = true;
	if (request->stream)
		client_changed(request);
}

size_t sink_on_header(char *bytes, size_t size, size_t count, void *context)
{
	struct request *request = context;
	size_t length = size * count;

	request->head_bytes += length;
	if (request->head_bytes > request->max_head) {
		request->reason = REQUEST_HEADERS;
		return 0;
	}
	if (!request->in_head && starts(bytes, length, "HTTP/"))
		begin_head(request, bytes, length);
	if (!request->in_head)
		return length; /* a trailer */
	if (starts(bytes, length, "WWW-Authenticate: Digest"))
		request->challenged = request->digest;
	buf_append(&request->response.head, bytes, length);
	if (bytes[0] == '\r' || bytes[0] == '\n') {
		request->in_head = false;
		if (!is_passing(request))
			become_ready(request);
	}
	return length;
}

/* Is this the body of an error, which is kept for its message? */
static bool is_error(const struct request *request)
{
	return request->check && request->response.status >= STATUS_ERROR;
}

static size_t keep_error(struct request *request, const char *bytes,
			 size_t length)
{
	struct buf *body = &request->response.body;
	size_t room = ERROR_BODY - body->length;

	buf_append(body, bytes, length < room ? length : room);
	return length;
}

/* Beside where it goes in the end, so that it only has to be renamed. */
static int open_part(struct request *request)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;

	for (int tries = 0; tries < PART_TRIES; tries++) {
		mem_free(request->part);
		request->part =
			mem_printf("%s.%ld-%u.part", request->to,
				   (long)getpid(), request->client->parts++);
		request->file = open(request->part, flags, 0666);
		if (request->file >= 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	mem_free(request->part);
	request->part = NULL;
	request->reason = REQUEST_FILE;
	return error_set(&request->op.error, ERROR_IO, "cannot write '%s': %s",
			 request->to, strerror(errno));
}

static size_t write_file(struct request *request, const char *bytes,
			 size_t length)
{
	size_t done = 0;

	if (request->file < 0 && open_part(request) != 0)
		return 0;
	while (done < length) {
		ssize_t count =
			write(request->file, bytes + done, length - done);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0) {
			request->reason = REQUEST_FILE;
			error_set(&request->op.error, ERROR_IO,
				  "cannot write '%s': %s", request->to,
				  strerror(errno));
			return 0;
		}
		done += (size_t)count;
	}
	return length;
}

static size_t keep_stream(struct request *request, const char *bytes,
			  size_t length)
{
	struct buf *body = &request->response.body;

	if (body->length >= STREAM_BUFFERED) {
		request->receive_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	buf_append(body, bytes, length);
	client_changed(request);
	return length;
}

static size_t keep_memory(struct request *request, const char *bytes,
			  size_t length)
{
	struct buf *body = &request->response.body;

	if (body->length == 0 && length >= CURL_MAX_WRITE_SIZE) {
		curl_off_t total = -1;

		curl_easy_getinfo(request->easy,
				  CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
		if (total > 0 && (uint64_t)total <= request->max)
			buf_reserve(body, (size_t)total);
	}
	buf_append(body, bytes, length);
	return length;
}

size_t sink_on_body(char *bytes, size_t size, size_t count, void *context)
{
	struct request *request = context;
	size_t length = size * count;
	size_t taken;

	become_ready(request);
	if (is_error(request))
		return keep_error(request, bytes, length);
	if (request->max &&
	    request->response.received + length > request->max) {
		request->reason = REQUEST_TOO_LARGE;
		return 0;
	}
	if (request->to)
		taken = write_file(request, bytes, length);
	else if (request->stream)
		taken = keep_stream(request, bytes, length);
	else
		taken = keep_memory(request, bytes, length);
	if (taken == length)
		request->response.received += length;
	return taken;
}

static void drop_part(struct request *request)
{
	if (request->file >= 0)
		close(request->file);
	if (request->part)
		unlink(request->part);
	mem_free(request->part);
	request->part = NULL;
	request->file = -1;
}

void sink_reset(struct request *request)
{
	struct response *response = &request->response;

	drop_part(request);
	buf_clear(&response->head);
	buf_clear(&response->body);
	mem_free(response->url);
	response->url = NULL;
	response->status = 0;
	response->received = response->sent = 0;
	response->head.max = request->max_head;
	response->body.max = SIZE_MAX / 4;
	request->head_bytes = 0;
	request->in_head = request->ready = false;
	request->receive_paused = request->send_paused = false;
}

static int failed(struct request *request, struct error **err)
{
	return error_set(err, ERROR_IO, "cannot write '%s': %s", request->to,
			 strerror(errno));
}

int sink_complete(struct request *request, struct error **err)
{
	int status;

	if (!request->to || is_error(request))
		return 0;
	if (request->file < 0 && open_part(request) != 0)
		return -1; /* an empty body */
	status = close(request->file);
	request->file = -1;
	if (status != 0 || rename(request->part, request->to) != 0)
		return failed(request, err);
	mem_free(request->part);
	request->part = NULL;
	return 0;
}

void sink_release(struct request *request)
{
	drop_part(request);
	mem_free(request->to);
	request->to = NULL;
}
