/* Options of an HTTP request that are more than a text, a flag or a number. */
#include <lauxlib.h>
#include <string.h>

#include "lua/http_options.h"
#include "lua/lbuf.h"

/* The value at the top is a string, a number, or a list of them. */
static void read_header(struct http_options *options, const char *name)
{
	lua_State *L = options->L;
	lua_Integer count = lua_istable(L, -1) ? luaL_len(L, -1) : 0;
	size_t length;
	const char *value;

	if (!lua_istable(L, -1)) {
		value = http_text(options, name, &length);
		if (strlen(value) != length)
			http_invalid(L, "the header '%s' holds a NUL", name);
		http_add_header(options, name, value, true);
		return;
	}
	for (lua_Integer i = 1; i <= count; i++) {
		lua_geti(L, -1, i);
		value = http_text(options, name, &length);
		if (strlen(value) != length)
			http_invalid(L, "the header '%s' holds a NUL", name);
		http_add_header(options, name, value, i == 1);
	}
	lua_pop(L, 1);
}

void http_read_headers(struct http_options *options)
{
	lua_State *L = options->L;

	if (!lua_istable(L, -1))
		http_invalid(L, "option 'headers' must be a table");
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			http_invalid(L, "'headers' maps names to values");
		read_header(options, lua_tostring(L, -2));
	}
}

void http_read_retry(struct http_options *options)
{
	struct request_retry *retry = &options->request.retry;
	lua_State *L = options->L;
	int table = lua_gettop(L);

	if (!lua_istable(L, -1)) {
		retry->times = http_count(options, "retry");
		return;
	}
	lua_pushnil(L);
	while (lua_next(L, table)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING
					  ? lua_tostring(L, -2)
					  : "?";

		if (strcmp(key, "times") == 0)
			retry->times = http_count(options, key);
		else if (strcmp(key, "delay") == 0)
			retry->delay = http_duration(options, key);
		else if (strcmp(key, "max") == 0)
			retry->max_delay = http_duration(options, key);
		else if (strcmp(key, "factor") == 0)
			retry->factor = luaL_checknumber(L, -1);
		else if (strcmp(key, "always") == 0)
			retry->always = lua_toboolean(L, -1);
		else
			http_invalid(L, "unknown option '%s' of 'retry'", key);
		lua_pop(L, 1);
	}
	if (!(retry->factor >= 1 && retry->factor <= 100))
		http_invalid(L, "'factor' of 'retry' must be 1 to 100");
}

void http_read_netrc(struct http_options *options)
{
	lua_State *L = options->L;

	if (lua_isboolean(L, -1))
		options->request.netrc = lua_toboolean(L, -1) ? "" : NULL;
	else
		options->request.netrc = http_plain(options, "netrc");
}

void http_read_proxy(struct http_options *options)
{
	lua_State *L = options->L;

	if (lua_isboolean(L, -1) && !lua_toboolean(L, -1))
		options->request.proxy = "";
	else
		options->request.proxy = http_plain(options, "proxy");
}

/* Where names lead: { ["host:443"] = "127.0.0.1" }. */
void http_read_resolve(struct http_options *options)
{
	lua_State *L = options->L;
	const char **list;
	size_t count = 0;

	if (!lua_istable(L, -1))
		http_invalid(L, "'resolve' maps 'HOST:PORT' to addresses");
	list = lua_newuserdatauv(L, HTTP_HEADERS_MAX * sizeof(*list), 0);
	lua_insert(L, -2);
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		if (lua_type(L, -2) != LUA_TSTRING ||
		    lua_type(L, -1) != LUA_TSTRING || count == HTTP_HEADERS_MAX)
			http_invalid(L, "'resolve' maps 'HOST:PORT' to "
					"addresses");
		lua_pushfstring(L, "%s:%s", lua_tostring(L, -2),
				lua_tostring(L, -1));
		list[count++] = lua_tostring(L, -1);
		http_keep(options);
		lua_pop(L, 1);
	}
	options->request.resolve = list;
	options->request.resolve_count = count;
	lua_pushvalue(L, -2);
	http_keep(options);
	lua_remove(L, -2);
}

void http_read_version(struct http_options *options)
{
	static const char *const names[] = {"",  "1.0",    "1.1",
					    "2", "2 only", NULL};
	const char *name = http_plain(options, "version");
	int i = 1;

	while (names[i] && strcmp(names[i], name) != 0)
		i++;
	if (!names[i])
		http_invalid(options->L,
			     "option 'version' of a request must be '1.0', "
			     "'1.1', '2' or '2 only', not '%s'",
			     name);
	options->request.version = (enum request_version)i;
}

void http_read_tls_min(struct http_options *options)
{
	const char *name = http_plain(options, "tls_min");

	options->request.tls_1_3 = strcmp(name, "1.3") == 0;
	if (!options->request.tls_1_3 && strcmp(name, "1.2") != 0)
		http_invalid(options->L, "option 'tls_min' of a request must "
					 "be '1.2' or '1.3'");
}

/* Of a request: names and values. Of a session: true, or a jar's path. */
void http_read_cookies(struct http_options *options)
{
	lua_State *L = options->L;
	struct buf *text;

	if (options->of_session) {
		if (lua_isboolean(L, -1))
			options->session.cookies = lua_toboolean(L, -1);
		else
			options->session.jar = http_plain(options, "cookies");
		return;
	}
	if (!lua_istable(L, -1))
		http_invalid(L, "'cookies' of a request maps names to values");
	text = lbuf_push(L, HTTP_HEAD_MAX);
	lua_insert(L, -2);
	lua_pushnil(L);
	while (lua_next(L, -2)) {
		const char *name = luaL_tolstring(L, -2, NULL);
		const char *value = luaL_tolstring(L, -2, NULL);

		if (!http_is_token(name) ||
		    value[strcspn(value, "\r\n; ,\"\\")])
			http_invalid(L, "the cookie '%s' cannot be sent", name);
		buf_printf(text, "%s%s=%s", text->length ? "; " : "", name,
			   value);
		lua_pop(L, 3);
	}
	if (text->full)
		http_invalid(L, "too many cookies");
	options->request.cookie = text->data;
	lua_pushvalue(L, -2);
	http_keep(options);
	lua_remove(L, -2);
}

void http_read_progress(struct http_options *options)
{
	lua_State *L = options->L;

	if (!lua_isfunction(L, -1))
		http_invalid(L, "option 'progress' of a request must be a "
				"function");
	lua_pushvalue(L, -1);
	lua_replace(L, options->progress);
	options->request.progress = true;
}

void http_read_family(struct http_options *options)
{
	options->request.family = (int)http_count(options, "family");
	if (options->request.family != 4 && options->request.family != 6)
		http_invalid(options->L, "option 'family' must be 4 or 6");
}

void http_read_max(struct http_options *options)
{
	lua_Integer max = luaL_checkinteger(options->L, -1);

	if (max <= 0)
		http_invalid(options->L, "'max' must be positive");
	options->request.max = (uint64_t)max;
}

void http_read_max_headers(struct http_options *options)
{
	options->request.max_head = http_count(options, "max_headers");
	if (options->request.max_head == 0)
		http_invalid(options->L, "'max_headers' must be positive");
}

void http_read_verify(struct http_options *options)
{
	options->request.insecure = !lua_toboolean(options->L, -1);
}
