/* Options of an HTTP request: reading them from Lua tables. */
#pragma once

#include <lua.h>

#include "runtime/loop/client.h"

enum {
	HTTP_HEADERS_MAX = 100,
	HTTP_PARTS_MAX = 1000,
	HTTP_BODY_MAX = 64 * 1024 * 1024, /* of a response in memory */
	HTTP_HEAD_MAX = 65536,
	HTTP_TEXT_MAX = 512 * 1024 * 1024, /* of what is sent from memory */
};

/* What a session has, and requests do not. */
struct http_session_options {
	const char *base;
	const char *jar;
	bool cookies;
	unsigned per_host;
};

/*
 * Texts are borrowed from the tables they came from and from the anchor, a
 * table on the stack, so all of them must stay there until the request has
 * started. What must live until it has ended is in the slot `kept`.
 */
struct http_options {
	struct request_options request;
	struct http_session_options session;
	struct request_header headers[HTTP_HEADERS_MAX];
	lua_State *L;
	int anchor;        /* slot of the anchor: nil until it is needed */
	int kept;          /* slot: the body's bytes */
	int feed;          /* slot: a function that brings the body */
	int progress;      /* slot: a function that is told of it */
	const char *path;  /* of the URL, as given */
	const char *type;  /* content-type that the body suggests */
	struct buf *query; /* in the anchor; NULL: none */
	bool of_session;
};

/* Set the defaults; reserves four slots of the stack. */
void http_options_init(lua_State *L, struct http_options *options);

/* Read the table at `index`; raises `invalid` for what is wrong in it. */
void http_options_read(struct http_options *options, int index);

/* Put URL, method and headers together when everything was read. */
void http_options_finish(struct http_options *options, const char *method);

/* http_values.c and http_body.c: each reads the value at the stack's top. */
void http_read_body(struct http_options *options);
void http_read_json(struct http_options *options);
void http_read_form(struct http_options *options);
void http_read_parts(struct http_options *options);
void http_read_query(struct http_options *options);
void http_read_headers(struct http_options *options);
void http_read_retry(struct http_options *options);
void http_read_netrc(struct http_options *options);
void http_read_proxy(struct http_options *options);
void http_read_resolve(struct http_options *options);
void http_read_version(struct http_options *options);
void http_read_tls_min(struct http_options *options);
void http_read_cookies(struct http_options *options);
void http_read_progress(struct http_options *options);
void http_read_family(struct http_options *options);
void http_read_max(struct http_options *options);
void http_read_max_headers(struct http_options *options);
void http_read_verify(struct http_options *options);

/* The value at the stack's top as such an option; `name` is for the error. */
const char *http_plain(struct http_options *options, const char *name);
unsigned http_count(struct http_options *options, const char *name);
uint64_t http_duration(struct http_options *options, const char *name);

bool http_is_token(const char *text);

/* Keep the value at the stack's top in the anchor; pops it. */
void http_keep(struct http_options *options);

/* Raise `invalid`. */
int http_invalid(lua_State *L, const char *format, ...);

/* The text at the stack's top (a number is one, too), which is kept and
 * popped. `what` is for the error. */
const char *http_text(struct http_options *options, const char *what,
		      size_t *length);

void http_add_header(struct http_options *options, const char *name,
		     const char *value, bool replace);
