/* HTTP requests: operations of libcurl's multi interface on the loop. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "runtime/base/buf.h"
#include "runtime/loop/op.h"
#include "runtime/loop/timer.h"

/* Connections, cookies and limits that requests share. */
struct client;

struct client_options {
	unsigned per_host; /* connections a host; 0: as many as wanted */
	bool cookies;      /* keep what servers set */
	const char *jar;   /* a Netscape file to read and save, or NULL */
};

/*
 * Make a client, which costs next to nothing before its first request. Freed
 * with client_free, which closes idle connections, lets running requests end
 * and needs the loop to turn until everything is closed.
 */
struct client *client_new(uv_loop_t *loop, const struct client_options *);
void client_free(struct client *client);

/* Write the cookies to the jar. Does nothing without one. */
int client_save(struct client *client, struct error **err);

/* Append the cookies, a line each as in a jar. Secrets: for the user only. */
void client_cookies(struct client *client, struct buf *text);

/* Why a request failed: more exact than its error's code. */
enum request_reason {
	REQUEST_OK,
	REQUEST_URL,     /* no URL that we can read, or of another kind */
	REQUEST_RESOLVE, /* the name (or the proxy's) does not resolve */
	REQUEST_CONNECT, /* refused, unreachable, no socket */
	REQUEST_PROXY,   /* the proxy refused */
	REQUEST_CONNECT_TIMEOUT,
	REQUEST_TIMEOUT,   /* the request as a whole took too long */
	REQUEST_SILENT,    /* no byte came or went for too long */
	REQUEST_TLS,       /* the handshake failed */
	REQUEST_TLS_CHAIN, /* the certificate's issuer is not trusted */
	REQUEST_TLS_EXPIRED,
	REQUEST_TLS_NAME,   /* the certificate is another host's */
	REQUEST_TLS_PIN,    /* not the pinned public key */
	REQUEST_TLS_CLIENT, /* our certificate, key or CA file is unusable */
	REQUEST_CUT_SHORT,  /* the connection ended in the middle */
	REQUEST_EMPTY,      /* it ended without any answer */
	REQUEST_RESET,      /* the connection broke */
	REQUEST_PROTOCOL,   /* what came is no HTTP */
	REQUEST_ENCODING,   /* the body cannot be decompressed */
	REQUEST_TOO_LARGE,  /* the body is larger than its maximum */
	REQUEST_HEADERS,    /* the headers are */
	REQUEST_REDIRECTS,  /* too many */
	REQUEST_AUTH,       /* no common way to log in */
	REQUEST_UPLOAD,     /* the body cannot be read, or not a second time */
	REQUEST_FILE,       /* the response cannot be written */
	REQUEST_STATUS,     /* the server answered with 400 or more */
	REQUEST_CANCELLED,
	REQUEST_OTHER,
};

/* The name scripts see: "resolve", "tls_chain", … */
const char *request_reason_name(enum request_reason reason);

struct request_header {
	const char *name;
	const char *value;
};

/* A part of a multipart body: either bytes or a file. */
struct request_part {
	const char *name;
	const char *bytes;
	size_t length;
	const char *file;
	const char *filename; /* NULL: the file's, or none */
	const char *type;     /* NULL: libcurl's guess */
};

enum request_body {
	REQUEST_BODY_NONE,
	REQUEST_BODY_BYTES, /* borrowed until done */
	REQUEST_BODY_FILE,
	REQUEST_BODY_FEED, /* request_feed brings it */
	REQUEST_BODY_PARTS,
};

enum request_version {
	REQUEST_VERSION_ANY, /* 2 if TLS offers it, else 1.1 */
	REQUEST_VERSION_1_0,
	REQUEST_VERSION_1_1,
	REQUEST_VERSION_2,
	REQUEST_VERSION_2_ONLY, /* without TLS, and without asking */
};

struct request_retry {
	unsigned times;     /* further tries */
	uint64_t delay;     /* ms before the first of them */
	uint64_t max_delay; /* ms; a longer Retry-After ends it */
	double factor;      /* of each delay to the next */
	bool always;        /* also what may have happened already (POST) */
};

/* What most requests want; a connection's handle is made with them. */
enum {
	REQUEST_CONNECT_MS = 30000,
	REQUEST_SILENT_MS = 60000,
	REQUEST_REDIRECTS_MAX = 10,
};

/* All texts are borrowed for the call to request_start, NULL is "none". */
struct request_options {
	const char *method; /* NULL: GET, or POST with a body */
	const char *url;
	const struct request_header *headers;
	size_t header_count;

	const char *bytes;
	size_t length;
	const char *upload; /* path */
	const struct request_part *parts;
	size_t part_count;

	const char *to;   /* path that gets the body; written when complete */
	uint64_t max;     /* bytes of the body; 0: no limit */
	size_t max_head;  /* bytes of all headers */
	uint64_t timeout; /* ms; 0: none */
	uint64_t connect_timeout;
	uint64_t silent_after;
	struct request_retry retry;

	const char *proxy; /* NULL: of the environment; "": none */
	const char *no_proxy;
	const char *unix_socket;
	const char *const *resolve; /* "host:port:address" */
	size_t resolve_count;
	const char *user_agent;
	const char *user;
	const char *password;
	const char *bearer;
	const char *netrc;  /* path; "": the user's */
	const char *cookie; /* "a=b; c=d", beside those of the client */
	const char *ca;     /* file; NULL: the system's */
	const char *certificate;
	const char *key;
	const char *key_password;
	const char *pin; /* "sha256//…;sha256//…" */

	enum request_body body;
	enum request_version version;
	unsigned redirects; /* 0: not followed */
	int family;         /* 4, 6 or 0 */
	bool stream;        /* the body is pulled with request_take */
	bool check;         /* a status of 400 or more is an error */
	bool decode;        /* decompress */
	bool digest;
	bool insecure; /* the server's certificate is not checked */
	bool tls_1_3;  /* nothing older */
	bool progress; /* on_change also for progress */
};

struct response {
	int status;
	int version; /* 10, 11, 20 */
	unsigned redirects;
	unsigned tries;
	struct buf head;   /* the last response's, from "HTTP/…" on */
	struct buf body;   /* or what of a stream was not taken yet */
	char *url;         /* owned: where redirects led; NULL: as asked */
	int64_t ms;        /* of the last try */
	uint64_t received; /* bytes of the body so far, as they came */
	uint64_t sent;
	int64_t total; /* bytes announced; -1: unknown */
	int64_t upload_total;
};

/* Libcurl's, which only the client's own files know. */
struct curl_slist;
struct curl_mime;

struct request {
	struct op op;
	struct response response;
	enum request_reason reason;

	/* Of a stream: the head is there, more of the body, room for more of
	 * ours, progress. Called from the loop. Set it before the start. */
	void (*on_change)(struct request *request);
	void *context;

	/* The rest is the client's. */
	struct client *client;
	void *easy;
	struct curl_slist *headers;
	struct curl_slist *resolves;
	struct curl_mime *mime;
	struct request *next;
	struct request *next_changed;
	char *host;   /* for messages: the URL without secrets */
	char *to;     /* where the body goes in the end */
	char *part;   /* where it is until then */
	char *upload; /* path */
	int file;     /* of `part`; -1 */
	int source;   /* of `upload`; -1 */
	struct buf feed;
	uint64_t max;
	size_t max_head;
	size_t head_bytes;
	struct request_retry retry;
	struct timer pause;
	uint64_t limits[3]; /* timeout, connect_timeout, silent_after */
	char problem[256];  /* libcurl's words */
	const char *bytes;
	size_t length;
	bool idempotent, digest, put, follow, check, stream;
	bool in_head, ready, dirty, changed, running, pausing, cancelled;
	bool feed_ended, feed_begun, receive_paused, send_paused, challenged;
};

/*
 * Start a request. Its memory is the caller's, zeroed but for op.done,
 * op.waiter, on_change and context. After `done` it has a response, or an
 * error, a reason and what had come of the response.
 */
void request_start(struct request *request, struct client *client,
		   const struct request_options *options);

/* Is the last head complete, so that status and head may be read? */
bool request_ready(const struct request *request);

/* The first `length` bytes of response.body are no longer needed. */
void request_take(struct request *request, size_t length);

/* Append to the body that is being sent; see request_room. */
void request_feed(struct request *request, const char *bytes, size_t length);
void request_feed_end(struct request *request);
bool request_room(const struct request *request);

/*
 * Find header `name`, whatever its case, in a head, beginning at `*from`. The
 * value is borrowed from `head`; NULL when there is no more.
 */
const char *response_header(const struct buf *head, const char *name,
			    size_t *length, size_t *from);

/* Iterate over all headers: false at the end. */
struct response_field {
	const char *name;
	size_t name_length;
	const char *value;
	size_t length;
};
bool response_next(const struct buf *head, size_t *from,
		   struct response_field *field);

/* The URL without user, password and what look like tokens, for messages and
 * records. Owned, freed with mem_free. */
char *url_mask(const char *url);

/* Append bytes as they may stand in a query. */
void url_encode(struct buf *text, const char *bytes, size_t length);
