/* The parts of the http module, for each other. */
#pragma once

#include <lua.h>

#include "lua/http_options.h"

#define HTTP_SESSION "http.Session"
#define HTTP_RESPONSE "http.Response"
#define HTTP_STREAM "http.Stream"

/* Push the table of a response; what it holds of the request is taken. */
void http_push_response(lua_State *L, struct request *request);

/* The same of one that still runs, without its body; nothing is taken. */
void http_push_head(lua_State *L, const struct request *request);

/* Raise the request's error, with reason, url, status and so on. */
int http_raise(lua_State *L, struct request *request);

/* The client of the session at `index`. */
struct client *http_client(lua_State *L, int index);

/*
 * Push a stream and start its request. The session is at index 1 and stays
 * with it.
 */
struct request *http_open(lua_State *L, struct http_options *options);

/* Register their classes. */
void http_response_register(lua_State *L);
void http_stream_register(lua_State *L);
