/* Options of a request, as libcurl wants them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/base/version.h"
#include "runtime/loop/client_parts.h"

#define PROTOCOLS "http,https"

enum { BUFFER = 65536, LARGE_BUFFER = 512 * 1024, EXPECT_MS = 300 };

static void set_long(CURL *easy, CURLoption option, uint64_t value)
{
	curl_easy_setopt(easy, option,
			 value > INT32_MAX ? (long)INT32_MAX : (long)value);
}

static void set_silence(CURL *easy, uint64_t ms)
{
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, ms ? 1L : 0L);
	set_long(easy, CURLOPT_LOW_SPEED_TIME, (ms + 999) / 1000);
}

static void set_redirects(CURL *easy, unsigned most)
{
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, most > 0 ? 1L : 0L);
	set_long(easy, CURLOPT_MAXREDIRS, most);
}

/* Libcurl's own default is where Debian has them, which is not everywhere. */
static const char *system_certificates(struct client *client)
{
	static const char *const usual[] = {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/ca-bundle.pem",
		"/etc/ssl/cert.pem",
	};
	const char *named = getenv("SSL_CERT_FILE");

	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
		if (client->certificates)
			break;
		if (named && *named)
			client->certificates = mem_copy(named);
		else if (access(usual[i], R_OK) == 0)
			client->certificates = mem_copy(usual[i]);
	}
	return client->certificates;
}

/* Libcurl looks for these and no_proxy at every request. */
static bool has_proxy(void)
{
	static const char *const names[] = {"http_proxy", "https_proxy",
					    "HTTPS_PROXY", "all_proxy",
					    "ALL_PROXY"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (getenv(names[i]))
			return true;
	return false;
}

/* What all requests have in common; a handle keeps it as long as it can. */
static void set_base(struct client *client, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, PROTOCOLS);
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, PROTOCOLS);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "tidemill/" TIDEMILL_VERSION);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, sink_on_body);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, sink_on_header);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, client_on_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, client);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, client_on_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, client);
	curl_easy_setopt(easy, CURLOPT_EXPECT_100_TIMEOUT_MS, (long)EXPECT_MS);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)BUFFER);
	/* The default would offer Kerberos, which is not there. */
	curl_easy_setopt(easy, CURLOPT_SOCKS5_AUTH, (long)CURLAUTH_BASIC);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION,
			 (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_CAINFO, system_certificates(client));
	curl_easy_setopt(easy, CURLOPT_SHARE, client->share);
	set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, REQUEST_CONNECT_MS);
	set_silence(easy, REQUEST_SILENT_MS);
	set_redirects(easy, REQUEST_REDIRECTS_MAX);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	if (!has_proxy()) {
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
		curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	}
	if (client->cookies)
		curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "");
}

CURL *request_easy(struct client *client)
{
	CURL *easy;

	if (client->spare_count > 0)
		return client->spare[--client->spare_count];
	easy = curl_easy_init();
	if (!easy)
		abort(); /* no memory */
	set_base(client, easy);
	return easy;
}

void request_spare(struct client *client, CURL *easy, bool dirty)
{
	if (client->closing || client->spare_count == SPARE_MAX) {
		curl_easy_cleanup(easy);
		return;
	}
	if (dirty) {
		/* A reset forgets to free the list that this one is. */
		curl_easy_setopt(easy, CURLOPT_COOKIEFILE, NULL);
		curl_easy_reset(easy);
		set_base(client, easy);
	}
	client->spare[client->spare_count++] = easy;
}

/* Set a text if there is one; the handle then differs from a fresh one. */
static void set_text(struct request *request, CURLoption option,
		     const char *text)
{
	if (!text)
		return;
	curl_easy_setopt(request->easy, option, text);
	request->dirty = true;
}

static void set_tls(struct request *request,
		    const struct request_options *options)
{
	CURL *easy = request->easy;

	set_text(request, CURLOPT_CAINFO, options->ca);
	set_text(request, CURLOPT_SSLCERT, options->certificate);
	set_text(request, CURLOPT_SSLKEY, options->key);
	set_text(request, CURLOPT_KEYPASSWD, options->key_password);
	set_text(request, CURLOPT_PINNEDPUBLICKEY, options->pin);
	if (options->tls_1_3) {
		curl_easy_setopt(easy, CURLOPT_SSLVERSION,
				 (long)CURL_SSLVERSION_TLSv1_3);
		request->dirty = true;
	}
	if (options->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
		request->dirty = true;
	}
}

static void set_login(struct request *request,
		      const struct request_options *options)
{
	CURL *easy = request->easy;

	set_text(request, CURLOPT_USERNAME, options->user);
	set_text(request, CURLOPT_PASSWORD, options->password);
	set_text(request, CURLOPT_XOAUTH2_BEARER, options->bearer);
	if (options->bearer)
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
	else if (options->digest)
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_DIGEST);
	request->digest = options->digest;
	if (!options->netrc)
		return;
	request->dirty = true;
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
	if (*options->netrc)
		curl_easy_setopt(easy, CURLOPT_NETRC_FILE, options->netrc);
}

static void set_network(struct request *request,
			const struct request_options *options)
{
	static const long versions[] = {
		CURL_HTTP_VERSION_2TLS, CURL_HTTP_VERSION_1_0,
		CURL_HTTP_VERSION_1_1, CURL_HTTP_VERSION_2,
		CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE};
	CURL *easy = request->easy;

	set_text(request, CURLOPT_PROXY, options->proxy);
	set_text(request, CURLOPT_NOPROXY, options->no_proxy);
	set_text(request, CURLOPT_UNIX_SOCKET_PATH, options->unix_socket);
	set_text(request, CURLOPT_USERAGENT, options->user_agent);
	set_text(request, CURLOPT_COOKIE, options->cookie);
	for (size_t i = 0; i < options->resolve_count; i++)
		request->resolves = curl_slist_append(request->resolves,
						      options->resolve[i]);
	if (request->resolves) {
		curl_easy_setopt(easy, CURLOPT_RESOLVE, request->resolves);
		request->dirty = true;
	}
	if (options->version != REQUEST_VERSION_ANY) {
		curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
				 versions[options->version]);
		request->dirty = true;
	}
	/* Libcurl 7.88 begins anew on a connection that speaks HTTP/2 already,
	 * which its server takes for a broken frame. */
	if (options->version == REQUEST_VERSION_2_ONLY) {
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	}
	if (options->family) {
		curl_easy_setopt(easy, CURLOPT_IPRESOLVE,
				 options->family == 4
					 ? (long)CURL_IPRESOLVE_V4
					 : (long)CURL_IPRESOLVE_V6);
		request->dirty = true;
	}
}

/* What differs from set_base. */
static void set_limits(struct request *request,
		       const struct request_options *options)
{
	CURL *easy = request->easy;

	request->limits[0] = options->timeout;
	request->limits[1] = options->connect_timeout;
	request->limits[2] = options->silent_after;
	request->follow = options->redirects > 0;
	if (options->timeout == 0 && options->decode &&
	    options->connect_timeout == REQUEST_CONNECT_MS &&
	    options->silent_after == REQUEST_SILENT_MS &&
	    options->redirects == REQUEST_REDIRECTS_MAX)
		return;
	set_long(easy, CURLOPT_TIMEOUT_MS, options->timeout);
	set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, options->connect_timeout);
	set_silence(easy, options->silent_after);
	set_redirects(easy, options->redirects);
	if (!options->decode)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL);
	request->dirty = true;
}

static int set_headers(struct request *request,
		       const struct request_options *options)
{
	struct buf line;

	buf_init(&line, options->max_head);
	for (size_t i = 0; i < options->header_count; i++) {
		const struct request_header *header = &options->headers[i];

		buf_clear(&line);
		/* An empty value needs another form, else it is left out. */
		buf_printf(&line, *header->value ? "%s: %s" : "%s;%s",
			   header->name, header->value);
		if (line.full)
			break;
		request->headers =
			curl_slist_append(request->headers, line.data);
	}
	if (request->headers) {
		curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER,
				 request->headers);
		request->dirty = true;
	}
	if (line.full) {
		buf_release(&line);
		request->reason = REQUEST_HEADERS;
		return error_set(&request->op.error, ERROR_LIMIT,
				 "a header is larger than %zu bytes",
				 options->max_head);
	}
	buf_release(&line);
	return 0;
}

static int on_progress(void *context, curl_off_t total, curl_off_t received,
		       curl_off_t upload, curl_off_t sent)
{
	struct request *request = context;

	(void)received; /* ours counts what was decompressed */
	request->response.total = total > 0 ? total : -1;
	request->response.upload_total = upload > 0 ? upload : -1;
	request->response.sent = (uint64_t)sent;
	client_changed(request);
	return 0;
}

static void set_method(struct request *request,
		       const struct request_options *options)
{
	const char *method = options->method;
	CURL *easy = request->easy;

	if (!method)
		method = options->body == REQUEST_BODY_NONE ? "GET" : "POST";
	request->idempotent =
		strcmp(method, "POST") != 0 && strcmp(method, "PATCH") != 0;
	if (strcmp(method, "GET") == 0 && options->body == REQUEST_BODY_NONE)
		return;
	request->dirty = true;
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (strcmp(method, "POST") == 0)
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
	else
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	if (strcmp(method, "POST") == 0 && options->body == REQUEST_BODY_NONE)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
}

int request_configure(struct request *request,
		      const struct request_options *options, struct error **err)
{
	CURL *easy = request->easy;

	request->max = options->max;
	request->max_head = options->max_head;
	request->retry = options->retry;
	request->check = options->check;
	request->stream = options->stream;
	request->to = mem_copy(options->to);
	buf_init(&request->response.head, options->max_head);
	buf_init(&request->response.body, SIZE_MAX / 4);
	buf_init(&request->feed, SIZE_MAX / 4);
	if (curl_easy_setopt(easy, CURLOPT_URL, options->url) != CURLE_OK) {
		request->reason = REQUEST_URL;
		return error_set(err, ERROR_LIMIT, "the URL is too long");
	}
	curl_easy_setopt(easy, CURLOPT_PRIVATE, request);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, request);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, request);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, request->problem);
	set_limits(request, options);
	set_method(request, options);
	if (options->progress) {
		curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
		curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
		curl_easy_setopt(easy, CURLOPT_XFERINFODATA, request);
		request->dirty = true;
	}
	if (options->to || options->stream) {
		curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)LARGE_BUFFER);
		request->dirty = true;
	}
	set_tls(request, options);
	set_login(request, options);
	set_network(request, options);
	if (set_headers(request, options) != 0)
		return -1;
	return source_configure(request, options, err);
}
