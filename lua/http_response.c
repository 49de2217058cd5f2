/* Responses as Lua sees them: a table, its headers read when asked for. */
#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#include "lua/http.h"
#include "lua/json.h"
#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "runtime/base/mem.h"

#define HEADERS "http.Headers"

enum { NAME_MAX_LENGTH = 256 };

/* Push the name in lower case. */
static void push_lower(lua_State *L, const char *name, size_t length)
{
	char lower[NAME_MAX_LENGTH];

	if (length > sizeof(lower))
		length = sizeof(lower);
	for (size_t i = 0; i < length; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lua_pushlstring(L, lower, length);
}

/* One more value of the header whose name is at the top; pops it. */
static void add_field(lua_State *L, int table,
		      const struct response_field *field)
{
	bool cookie = strcmp(lua_tostring(L, -1), "set-cookie") == 0;

	lua_pushvalue(L, -1);
	if (lua_rawget(L, table) == LUA_TNIL) {
		lua_pop(L, 1);
		lua_pushlstring(L, field->value, field->length);
	} else {
		lua_pushstring(L, cookie ? "\n" : ", ");
		lua_pushlstring(L, field->value, field->length);
		lua_concat(L, 3);
	}
	lua_rawset(L, table);
}

static void push_headers(lua_State *L, const char *head, size_t length)
{
	struct buf text = {.data = (char *)head, .length = length};
	struct response_field field;
	size_t from = 0;

	luaL_checkstack(L, 8, "too many values");
	lua_createtable(L, 0, 8);
	luaL_setmetatable(L, HEADERS);
	while (response_next(&text, &from, &field)) {
		push_lower(L, field.name, field.name_length);
		add_field(L, lua_gettop(L) - 1, &field);
	}
}

/* headers["Content-Type"]: names have no case. */
static int l_header(lua_State *L)
{
	size_t length;
	const char *name = lua_tolstring(L, 2, &length);

	if (!name || length > NAME_MAX_LENGTH)
		return 0;
	push_lower(L, name, length);
	lua_rawget(L, 1);
	return 1;
}

static int l_json(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getglobal(L, "require");
	lua_pushliteral(L, "json");
	lua_call(L, 1, 1);
	lua_getfield(L, -1, "decode");
	lua_getfield(L, 1, "body");
	if (!lua_isstring(L, -1))
		return http_invalid(L, "the response has no body in memory");
	lua_call(L, 1, 1);
	return 1;
}

/* What a response's table does not have: methods, headers when asked for. */
static int l_index(lua_State *L)
{
	const char *key = lua_tostring(L, 2);
	size_t length;
	const char *head;

	if (key && strcmp(key, "headers") == 0) {
		lua_getfield(L, 1, "head");
		head = lua_tolstring(L, -1, &length);
		push_headers(L, head ? head : "", head ? length : 0);
		lua_pushvalue(L, 2);
		lua_pushvalue(L, -2);
		lua_rawset(L, 1);
		return 1;
	}
	if (key && strcmp(key, "ok") == 0) {
		lua_getfield(L, 1, "status");
		lua_pushboolean(L, lua_tointeger(L, -1) >= 200 &&
					   lua_tointeger(L, -1) < 300);
		return 1;
	}
	luaL_getmetatable(L, HTTP_RESPONSE);
	lua_pushvalue(L, 2);
	lua_rawget(L, -2);
	return 1;
}

static void set_integer(lua_State *L, const char *name, int64_t value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, name);
}

static void set_text(lua_State *L, const char *name, const struct buf *text)
{
	lua_pushlstring(L, text->data ? text->data : "", text->length);
	lua_setfield(L, -2, name);
}

static void set_url(lua_State *L, const struct request *request)
{
	const char *url =
		request->response.url ? request->response.url : request->host;
	char *masked;

	if (!strpbrk(url, "@=")) {
		lua_pushstring(L, url); /* nothing to hide: the usual case */
	} else {
		masked = url_mask(url);
		lua_pushstring(L, masked);
		mem_free(masked);
	}
	lua_setfield(L, -2, "url");
}

static void set_fields(lua_State *L, const struct request *request)
{
	const struct response *response = &request->response;

	set_integer(L, "status", response->status);
	set_text(L, "head", &response->head);
	set_integer(L, "ms", response->ms);
	set_integer(L, "tries", response->tries);
	set_integer(L, "redirects", response->redirects);
	set_url(L, request);
}

void http_push_head(lua_State *L, const struct request *request)
{
	lua_createtable(L, 0, 8);
	luaL_setmetatable(L, HTTP_RESPONSE);
	set_fields(L, request);
}

void http_push_response(lua_State *L, struct request *request)
{
	http_push_head(L, request);
	if (request->to)
		set_integer(L, "received", (int64_t)request->response.received);
	else
		set_text(L, "body", &request->response.body);
	buf_release(&request->response.body);
	buf_release(&request->response.head);
}

int http_raise(lua_State *L, struct request *request)
{
	struct error *err = request->op.error;

	request->op.error = NULL;
	lerror_push(L, err);
	lua_pushstring(L, request_reason_name(request->reason));
	lua_setfield(L, -2, "reason");
	set_url(L, request);
	if (request->reason == REQUEST_STATUS) {
		const struct buf *head = &request->response.head;

		set_fields(L, request);
		set_text(L, "body", &request->response.body);
		push_headers(L, head->data, head->length);
		lua_setfield(L, -2, "headers");
	}
	return lua_error(L);
}

void http_response_register(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"json", l_json}, {"__index", l_index}, {NULL, NULL}};

	luaL_newmetatable(L, HTTP_RESPONSE);
	luaL_setfuncs(L, methods, 0);
	lua_pop(L, 1);
	luaL_newmetatable(L, HEADERS);
	lua_pushcfunction(L, l_header);
	lua_setfield(L, -2, "__index");
	lua_pop(L, 1);
}
