/* What is sent: bytes, a file, a feed that comes bit by bit, or parts. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/client_parts.h"

enum { UPLOAD_BUFFER = 512 * 1024 };

static size_t on_file(char *bytes, size_t size, size_t count, void *context)
{
	struct request *request = context;
	ssize_t length;

	do {
		length = read(request->source, bytes, size * count);
	} while (length < 0 && errno == EINTR);
	if (length >= 0)
		return (size_t)length;
	request->reason = REQUEST_UPLOAD;
	error_set(&request->op.error, ERROR_IO, "cannot read '%s': %s",
		  request->upload, strerror(errno));
	return CURL_READFUNC_ABORT;
}

static int on_seek(void *context, curl_off_t offset, int from)
{
	struct request *request = context;

	return lseek(request->source, offset, from) < 0 ? CURL_SEEKFUNC_FAIL
							: CURL_SEEKFUNC_OK;
}

static size_t on_feed(char *bytes, size_t size, size_t count, void *context)
{
	struct request *request = context;
	struct buf *feed = &request->feed;
	size_t length = size * count;

	if (length > feed->length)
		length = feed->length;
	if (length == 0 && request->feed_ended)
		return 0;
	client_changed(request); /* there is room again */
	if (length == 0) {
		request->send_paused = true;
		return CURL_READFUNC_PAUSE;
	}
	request->feed_begun = true;
	memcpy(bytes, feed->data, length);
	buf_consume(feed, length);
	return length;
}

static int add_part(struct request *request, const struct request_part *part,
		    struct error **err)
{
	curl_mimepart *added = curl_mime_addpart(request->mime);

	curl_mime_name(added, part->name);
	if (part->file && curl_mime_filedata(added, part->file) != CURLE_OK)
		return error_set(err, ERROR_IO, "cannot read '%s': %s",
				 part->file, strerror(errno));
	if (!part->file)
		curl_mime_data(added, part->bytes, part->length);
	if (part->filename)
		curl_mime_filename(added, part->filename);
	if (part->type)
		curl_mime_type(added, part->type);
	return 0;
}

static int set_parts(struct request *request,
		     const struct request_options *options, struct error **err)
{
	request->mime = curl_mime_init(request->easy);
	for (size_t i = 0; i < options->part_count; i++) {
		if (add_part(request, &options->parts[i], err) == 0)
			continue;
		request->reason = REQUEST_UPLOAD;
		return -1;
	}
	curl_easy_setopt(request->easy, CURLOPT_MIMEPOST, request->mime);
	return 0;
}

static void set_size(struct request *request, int64_t size)
{
	bool upload = request->put;

	curl_easy_setopt(request->easy,
			 upload ? CURLOPT_INFILESIZE_LARGE
				: CURLOPT_POSTFIELDSIZE_LARGE,
			 (curl_off_t)size);
	curl_easy_setopt(request->easy, CURLOPT_UPLOAD_BUFFERSIZE,
			 (long)UPLOAD_BUFFER);
	if (upload)
		curl_easy_setopt(request->easy, CURLOPT_UPLOAD, 1L);
	else
		curl_easy_setopt(request->easy, CURLOPT_POST, 1L);
}

static int set_file(struct request *request,
		    const struct request_options *options, struct error **err)
{
	struct stat file;

	request->upload = mem_copy(options->upload);
	if (source_open(request, err) != 0 ||
	    fstat(request->source, &file) != 0) {
		request->reason = REQUEST_UPLOAD;
		return -1;
	}
	curl_easy_setopt(request->easy, CURLOPT_READFUNCTION, on_file);
	curl_easy_setopt(request->easy, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(request->easy, CURLOPT_SEEKDATA, request);
	set_size(request, S_ISREG(file.st_mode) ? (int64_t)file.st_size : -1);
	return 0;
}

int source_configure(struct request *request,
		     const struct request_options *options, struct error **err)
{
	CURL *easy = request->easy;

	if (options->body == REQUEST_BODY_NONE)
		return 0;
	request->dirty = true;
	request->put = options->method && strcmp(options->method, "PUT") == 0;
	curl_easy_setopt(easy, CURLOPT_READDATA, request);
	switch (options->body) {
	case REQUEST_BODY_BYTES:
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)options->length);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, options->bytes);
		break;
	case REQUEST_BODY_FILE:
		return set_file(request, options, err);
	case REQUEST_BODY_PARTS:
		return set_parts(request, options, err);
	default:
		curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_feed);
		set_size(request, -1);
		break;
	}
	return 0;
}

int source_open(struct request *request, struct error **err)
{
	if (!request->upload)
		return 0;
	if (request->source >= 0 && lseek(request->source, 0, SEEK_SET) == 0)
		return 0;
	source_close(request);
	request->source = open(request->upload, O_RDONLY | O_CLOEXEC);
	if (request->source >= 0)
		return 0;
	return error_set(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO,
			 "cannot read '%s': %s", request->upload,
			 strerror(errno));
}

void source_close(struct request *request)
{
	if (request->source >= 0)
		close(request->source);
	request->source = -1;
}

void source_release(struct request *request)
{
	source_close(request);
	buf_release(&request->feed);
	mem_free(request->upload);
	request->upload = NULL;
}
