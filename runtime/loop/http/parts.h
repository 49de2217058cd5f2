/* What the files of the HTTP server share. */
#pragma once

#include <microhttpd.h>
#include <uv.h>

#include "runtime/base/buf.h"
#include "runtime/loop/http/httpd.h"

/* A connection: when it last had all of a request, for those that never do. */
struct peer {
	struct peer *next;
	struct peer *previous;
	uint64_t since; /* loop time */
	bool busy;      /* its request is being answered */
	bool leaving;   /* it was asked to go */
	int fd;         /* borrowed */
};

struct httpd {
	struct MHD_Daemon *daemon;
	uv_poll_t poll;
	uv_timer_t timer; /* libmicrohttpd's */
	uv_timer_t sweep;
	int open; /* handles */
	char *address;
	char *path;         /* of a Unix socket; or NULL */
	struct peer *peers; /* the newest first */
	unsigned peer_count;
	unsigned peers_max;
	struct exchange *live;  /* all whose connection is there */
	struct exchange *first; /* complete, nobody has taken them */
	struct exchange *last;
	size_t body_max;
	uint64_t idle; /* ms */
	bool quiet;
	bool closing;
	void (*ready)(void *context);
	void *context;
};

struct exchange {
	struct httpd *httpd;
	struct MHD_Connection *connection; /* NULL: gone, or not seen yet */
	struct exchange *next;             /* of `live` */
	struct exchange *previous;
	struct exchange *following; /* of the queue */
	char *method;
	char *target;
	char peer[64];
	struct buf headers; /* names and values, each with its final 0 */
	struct buf body;
	struct buf out;
	struct MHD_Response *response;
	unsigned status;
	bool begun; /* its headers were seen */
	bool queued;
	bool held; /* by whoever took it */
	bool suspended;
	bool ended;
	bool gone;
	void (*moved)(void *context);
	void *context;
};

/* libmicrohttpd's callbacks. */
void *exchange_open(void *httpd, const char *target,
		    struct MHD_Connection *connection);
enum MHD_Result exchange_receive(void *httpd, struct MHD_Connection *connection,
				 const char *url, const char *method,
				 const char *version, const char *bytes,
				 size_t *length, void **exchange);
void exchange_completed(void *httpd, struct MHD_Connection *connection,
			void **exchange, enum MHD_RequestTerminationCode why);

/* Look at resumed connections in the loop's next round. */
void httpd_kick(struct httpd *httpd);

void exchange_resume(struct exchange *exchange);

/* Listen at `address`. Sets what was bound, and the path of a Unix socket. */
int httpd_listen(struct httpd *httpd, const char *address, struct error **err);
