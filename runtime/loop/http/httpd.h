/* The HTTP server: libmicrohttpd, driven by the loop. */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "runtime/base/error.h"
#include "runtime/loop/http/exchange.h"

struct httpd;

struct httpd_options {
	const char *address;  /* "127.0.0.1:8420", "[::1]:0", "unix:PATH" */
	unsigned connections; /* at most, of all; and no more than half of the
				 files that may be open */
	unsigned per_address; /* at most, of one address; 0: no limit */
	size_t body_max;      /* bytes of a request's body */
	unsigned idle;        /* seconds until a request must be complete, and
				 that a reader may take for what was sent */
	void (*ready)(void *context); /* httpd_next has something. It must not
					 call back: only note it */
	void *context;
};

/* Listen. NULL: ERROR_INVALID, ERROR_BUSY (the address is in use) or ERROR_IO.
 */
struct httpd *httpd_open(uv_loop_t *loop, const struct httpd_options *options,
			 struct error **err);

/* The address that was bound, with the port that the system chose. Borrowed. */
const char *httpd_address(const struct httpd *httpd);

/* The next request that is complete, held by the caller; or NULL. */
struct exchange *httpd_next(struct httpd *httpd);

/* Take no more connections; those that are there go on. */
void httpd_quiesce(struct httpd *httpd);

/* End all connections. Frees `httpd` when the loop has let go of it; requests
 * that somebody holds stay valid, and are gone. */
void httpd_close(struct httpd *httpd);
