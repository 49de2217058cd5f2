/* Mail: handing one message to a server by SMTP, on the thread pool. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "runtime/loop/work.h"

enum smtp_tls {
	SMTP_TLS_NEVER,
	SMTP_TLS_IF_OFFERED,
	SMTP_TLS_REQUIRED,
};

struct smtp_attachment {
	char *name, *type; /* type: MIME's */
	char *path;        /* a file; or: */
	char *bytes;
	size_t length;
};

/*
 * A request with everything owned by it, filled in before smtp_start: strings
 * by mem_copy, lists by mem_array. What goes into header lines must have no
 * control characters: the caller has encoded it (RFC 2047).
 */
struct smtp {
	struct work work;
	char *url;             /* smtp://host:port or smtps:// */
	char *user, *password; /* NULL: no login */
	char *authority;       /* a file of certificates; NULL: system's */
	char *from;            /* of the envelope: "ada@example.org" */
	char **recipients;     /* of the envelope */
	size_t recipient_count;
	char **headers; /* "Subject: …" */
	size_t header_count;
	char *text, *html; /* UTF-8; either may be NULL */
	struct smtp_attachment *attachments;
	size_t attachment_count;
	enum smtp_tls tls;
	long timeout; /* ms in all */
};

/* Frees what it owns: op.release, also before it was started. */
void smtp_release(struct op *op);

/*
 * Send it. Fails with ERROR_TIMEOUT; ERROR_INVALID when the server refuses for
 * good (5xx) or the login; ERROR_IO for everything that may work later.
 */
void smtp_start(struct smtp *smtp, uv_loop_t *loop);
