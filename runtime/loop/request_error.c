/* Libcurl's results as errors that say what happened, to whom, and why. */
#include <errno.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/loop/client_parts.h"

struct meaning {
	CURLcode code;
	enum request_reason reason;
	enum error_code error;
};

static const struct meaning meanings[] = {
	{CURLE_URL_MALFORMAT, REQUEST_URL, ERROR_INVALID},
	{CURLE_UNSUPPORTED_PROTOCOL, REQUEST_URL, ERROR_INVALID},
	{CURLE_COULDNT_RESOLVE_HOST, REQUEST_RESOLVE, ERROR_IO},
	{CURLE_COULDNT_RESOLVE_PROXY, REQUEST_RESOLVE, ERROR_IO},
	{CURLE_COULDNT_CONNECT, REQUEST_CONNECT, ERROR_IO},
	{CURLE_PROXY, REQUEST_PROXY, ERROR_IO},
	{CURLE_OPERATION_TIMEDOUT, REQUEST_TIMEOUT, ERROR_TIMEOUT},
	{CURLE_SSL_CONNECT_ERROR, REQUEST_TLS, ERROR_IO},
	{CURLE_SSL_CIPHER, REQUEST_TLS, ERROR_IO},
	{CURLE_PEER_FAILED_VERIFICATION, REQUEST_TLS_CHAIN, ERROR_IO},
	{CURLE_SSL_ISSUER_ERROR, REQUEST_TLS_CHAIN, ERROR_IO},
	{CURLE_SSL_PINNEDPUBKEYNOTMATCH, REQUEST_TLS_PIN, ERROR_IO},
	{CURLE_SSL_CERTPROBLEM, REQUEST_TLS_CLIENT, ERROR_INVALID},
	{CURLE_SSL_CACERT_BADFILE, REQUEST_TLS_CLIENT, ERROR_INVALID},
	{CURLE_SSL_CLIENTCERT, REQUEST_TLS_CLIENT, ERROR_INVALID},
	{CURLE_PARTIAL_FILE, REQUEST_CUT_SHORT, ERROR_IO},
	{CURLE_GOT_NOTHING, REQUEST_EMPTY, ERROR_IO},
	{CURLE_SEND_ERROR, REQUEST_RESET, ERROR_IO},
	{CURLE_RECV_ERROR, REQUEST_RESET, ERROR_IO},
	{CURLE_HTTP2, REQUEST_PROTOCOL, ERROR_IO},
	{CURLE_HTTP2_STREAM, REQUEST_PROTOCOL, ERROR_IO},
	{CURLE_WEIRD_SERVER_REPLY, REQUEST_PROTOCOL, ERROR_IO},
	{CURLE_BAD_CONTENT_ENCODING, REQUEST_ENCODING, ERROR_IO},
	{CURLE_FILESIZE_EXCEEDED, REQUEST_TOO_LARGE, ERROR_LIMIT},
	{CURLE_TOO_MANY_REDIRECTS, REQUEST_REDIRECTS, ERROR_LIMIT},
	{CURLE_AUTH_ERROR, REQUEST_AUTH, ERROR_IO},
	{CURLE_LOGIN_DENIED, REQUEST_AUTH, ERROR_IO},
	{CURLE_SEND_FAIL_REWIND, REQUEST_UPLOAD, ERROR_IO},
	{CURLE_READ_ERROR, REQUEST_UPLOAD, ERROR_IO},
	{CURLE_ABORTED_BY_CALLBACK, REQUEST_UPLOAD, ERROR_IO},
};

static const char *const names[] = {
	"ok",
	"url",
	"resolve",
	"connect",
	"proxy",
	"connect_timeout",
	"timeout",
	"silent",
	"tls",
	"tls_chain",
	"tls_expired",
	"tls_name",
	"tls_pin",
	"tls_client",
	"cut_short",
	"empty",
	"reset",
	"protocol",
	"encoding",
	"too_large",
	"headers_too_large",
	"too_many_redirects",
	"auth",
	"upload",
	"file",
	"status",
	"cancelled",
	"other",
};

const char *request_reason_name(enum request_reason reason)
{
	return names[reason];
}

static struct meaning meaning_of(CURLcode code)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (meanings[i].code == code)
			return meanings[i];
	return (struct meaning){code, REQUEST_OTHER, ERROR_IO};
}

/* A certificate that does not pass: whose fault is it? */
static enum request_reason tls_reason(struct request *request)
{
	long verdict = 0;

	curl_easy_getinfo(request->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
	if (verdict == X509_V_ERR_CERT_HAS_EXPIRED ||
	    verdict == X509_V_ERR_CERT_NOT_YET_VALID)
		return REQUEST_TLS_EXPIRED;
	/* Libcurl compares names before it writes down that the chain is fine.
	 */
	return verdict == X509_V_OK || verdict == X509_V_ERR_UNSPECIFIED
		       ? REQUEST_TLS_NAME
		       : REQUEST_TLS_CHAIN;
}

static enum request_reason timeout_reason(struct request *request)
{
	uint64_t limit = request->limits[0];
	uint64_t ms = (uint64_t)request->response.ms;
	curl_off_t connected = 0;

	if (limit && ms >= limit)
		return REQUEST_TIMEOUT;
	curl_easy_getinfo(request->easy, CURLINFO_PRETRANSFER_TIME_T,
			  &connected);
	if (connected == 0 && request->limits[1] && ms >= request->limits[1])
		return REQUEST_CONNECT_TIMEOUT;
	return REQUEST_SILENT;
}

/* The connection broke, or what came over it was wrong. */
static enum request_reason receive_reason(struct request *request)
{
	long number = 0;

	curl_easy_getinfo(request->easy, CURLINFO_OS_ERRNO, &number);
	if (number != 0 || request->response.head.length == 0)
		return REQUEST_RESET;
	return strstr(request->problem, "chunk") ? REQUEST_PROTOCOL
						 : REQUEST_RESET;
}

static enum request_reason exact_reason(struct request *request, CURLcode code,
					enum request_reason reason)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
		return tls_reason(request);
	case CURLE_OPERATION_TIMEDOUT:
		return timeout_reason(request);
	case CURLE_RECV_ERROR:
		return receive_reason(request);
	case CURLE_UNSUPPORTED_PROTOCOL:
		/* Also what an answer without a head of HTTP/1 is called. */
		return request->response.tries &&
				       strstr(request->problem, "HTTP/0.9")
			       ? REQUEST_PROTOCOL
			       : reason;
	case CURLE_OUT_OF_MEMORY:
		/* Libcurl's name for a header line of more than 100 KB. */
		return request->in_head || !request->ready ? REQUEST_HEADERS
							   : reason;
	default:
		return reason;
	}
}

/* What libcurl said, or what we know better. */
static const char *words(struct request *request, CURLcode code, char *text,
			 size_t size)
{
	const uint64_t *limits = request->limits;

	switch (request->reason) {
	case REQUEST_TIMEOUT:
		snprintf(text, size, "it took longer than %llu ms",
			 (unsigned long long)limits[0]);
		return text;
	case REQUEST_CONNECT_TIMEOUT:
		snprintf(text, size, "no connection within %llu ms",
			 (unsigned long long)limits[1]);
		return text;
	case REQUEST_SILENT:
		snprintf(text, size, "nothing came for %llu ms",
			 (unsigned long long)limits[2]);
		return text;
	case REQUEST_TOO_LARGE:
		snprintf(text, size, "the body is larger than %llu bytes",
			 (unsigned long long)request->max);
		return text;
	case REQUEST_HEADERS:
		snprintf(text, size, "the headers are larger than %zu bytes",
			 request->max_head);
		return text;
	case REQUEST_CUT_SHORT:
		return "the answer was cut short";
	case REQUEST_EMPTY:
		return "the server closed the connection without an answer";
	case REQUEST_UPLOAD:
		return "the body cannot be sent a second time";
	default:
		return request->problem[0] ? request->problem
					   : curl_easy_strerror(code);
	}
}

static enum error_code code_of(enum request_reason reason,
			       enum error_code usual)
{
	switch (reason) {
	case REQUEST_HEADERS:
	case REQUEST_TOO_LARGE:
		return ERROR_LIMIT;
	case REQUEST_PROTOCOL:
		return ERROR_IO;
	default:
		return usual;
	}
}

static void complain(struct request *request, enum error_code code,
		     const char *why)
{
	char *url = url_mask(request->host);

	error_set(&request->op.error, code, "%s: %s", url, why);
	mem_free(url);
}

void request_fail(struct request *request, CURLcode code)
{
	struct meaning meaning = meaning_of(code);
	char text[128];

	if (request->reason == REQUEST_OK)
		request->reason = exact_reason(request, code, meaning.reason);
	if (request->op.error)
		return; /* a callback of ours said what was wrong */
	complain(request, code_of(request->reason, meaning.error),
		 words(request, code, text, sizeof(text)));
}

static const char *first_line(const struct request *request, int *length)
{
	const struct buf *head = &request->response.head;
	const char *space = head->length ? strchr(head->data, ' ') : NULL;

	if (!space)
		return "";
	*length = (int)strcspn(space + 1, "\r\n");
	return space + 1;
}

/* An answer came; is it what was asked for? */
void request_check(struct request *request)
{
	int status = request->response.status;
	int length = 0;
	const char *line;
	char *url;

	if (request->in_head || status == 0) {
		request->reason = REQUEST_CUT_SHORT;
		complain(request, ERROR_IO, "the answer was cut short");
		return;
	}
	if (!request->check || status < 400)
		return;
	line = first_line(request, &length);
	url = url_mask(request->host);
	request->reason = REQUEST_STATUS;
	error_set(&request->op.error,
		  status == 404 || status == 410 ? ERROR_NOT_FOUND : ERROR_IO,
		  "%s: the server answered %.*s", url, length, line);
	mem_free(url);
}
