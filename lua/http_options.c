#include "lua/http_options.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lua/duration.h"
#include "lua/lbuf.h"
#include "lua/lerror.h"

#define UNSET UINT64_MAX

enum {
	RETRY_MS = 1000,
	RETRY_MAX_MS = 60000,
	URL_MAX = 1024 * 1024,
};

int http_invalid(lua_State *L, const char *format, ...)
{
	struct error *err = NULL;
	va_list args;

	va_start(args, format);
	lua_pushvfstring(L, format, args);
	va_end(args);
	error_set(&err, ERROR_INVALID, "%s", lua_tostring(L, -1));
	return lerror_raise(L, err);
}

void http_keep(struct http_options *options)
{
	lua_State *L = options->L;

	if (lua_isnil(L, options->anchor)) {
		lua_newtable(L);
		lua_replace(L, options->anchor);
	}
	lua_rawseti(L, options->anchor,
		    (lua_Integer)lua_rawlen(L, options->anchor) + 1);
}

const char *http_text(struct http_options *options, const char *what,
		      size_t *length)
{
	lua_State *L = options->L;
	const char *text = NULL;

	if (lua_type(L, -1) == LUA_TSTRING || lua_type(L, -1) == LUA_TNUMBER)
		text = lua_tolstring(L, -1, length);
	if (!text)
		http_invalid(L, "%s must be a string, not a %s", what,
			     luaL_typename(L, -1));
	http_keep(options);
	return text;
}

/* A text without NUL: libcurl would stop there. */
const char *http_plain(struct http_options *options, const char *name)
{
	lua_State *L = options->L;
	const char *text;
	size_t length;

	if (lua_type(L, -1) != LUA_TSTRING)
		http_invalid(L, "option '%s' of a request must be a string",
			     name);
	text = lua_tolstring(L, -1, &length);
	if (strlen(text) != length)
		http_invalid(L, "option '%s' of a request holds a NUL", name);
	return text;
}

bool http_is_token(const char *text)
{
	return *text && !text[strspn(text, "!#$%&'*+-.^_`|~0123456789"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "abcdefghijklmnopqrstuvwxyz")];
}

void http_add_header(struct http_options *options, const char *name,
		     const char *value, bool replace)
{
	lua_State *L = options->L;
	size_t i = 0;

	if (!http_is_token(name))
		http_invalid(L, "'%s' cannot be the name of a header", name);
	if (value[strcspn(value, "\r\n")])
		http_invalid(L, "the header '%s' holds a line break", name);
	while (i < options->request.header_count &&
	       !(replace && strcasecmp(options->headers[i].name, name) == 0))
		i++;
	if (i == HTTP_HEADERS_MAX)
		http_invalid(L, "more than %d headers", HTTP_HEADERS_MAX);
	options->headers[i] = (struct request_header){name, value};
	if (i == options->request.header_count)
		options->request.header_count++;
}

unsigned http_count(struct http_options *options, const char *name)
{
	lua_State *L = options->L;
	int exact = 0;
	lua_Integer count = lua_tointegerx(L, -1, &exact);

	if (lua_isboolean(L, -1) && !lua_toboolean(L, -1))
		return 0;
	if (!exact || count < 0 || count > INT32_MAX)
		http_invalid(L, "option '%s' of a request must be a number",
			     name);
	return (unsigned)count;
}

uint64_t http_duration(struct http_options *options, const char *name)
{
	lua_State *L = options->L;
	int64_t ms = 0;

	if (lua_isboolean(L, -1) && !lua_toboolean(L, -1))
		return 0;
	ms = duration_check(L, lua_gettop(L));
	if (ms < 0)
		http_invalid(L, "option '%s' of a request is negative", name);
	return (uint64_t)ms;
}

enum kind { TEXT, FLAG, DURATION, COUNT, OTHER };

struct option {
	const char *name;
	enum kind kind;
	bool of_session; /* only */
	size_t offset;   /* of the member */
	void (*read)(struct http_options *options);
};

#define AT(member) offsetof(struct http_options, member)

/* Sorted by name. */
static const struct option known[] = {
	{"base", TEXT, true, AT(session.base), NULL},
	{"bearer", TEXT, false, AT(request.bearer), NULL},
	{"body", OTHER, false, 0, http_read_body},
	{"ca", TEXT, false, AT(request.ca), NULL},
	{"cert", TEXT, false, AT(request.certificate), NULL},
	{"check", FLAG, false, AT(request.check), NULL},
	{"connect_timeout", DURATION, false, AT(request.connect_timeout), NULL},
	{"cookies", OTHER, false, 0, http_read_cookies},
	{"decode", FLAG, false, AT(request.decode), NULL},
	{"digest", FLAG, false, AT(request.digest), NULL},
	{"family", OTHER, false, 0, http_read_family},
	{"form", OTHER, false, 0, http_read_form},
	{"headers", OTHER, false, 0, http_read_headers},
	{"json", OTHER, false, 0, http_read_json},
	{"key", TEXT, false, AT(request.key), NULL},
	{"key_password", TEXT, false, AT(request.key_password), NULL},
	{"max", OTHER, false, 0, http_read_max},
	{"max_headers", OTHER, false, 0, http_read_max_headers},
	{"method", TEXT, false, AT(request.method), NULL},
	{"multipart", OTHER, false, 0, http_read_parts},
	{"netrc", OTHER, false, 0, http_read_netrc},
	{"no_proxy", TEXT, false, AT(request.no_proxy), NULL},
	{"password", TEXT, false, AT(request.password), NULL},
	{"per_host", COUNT, true, AT(session.per_host), NULL},
	{"pin", TEXT, false, AT(request.pin), NULL},
	{"progress", OTHER, false, 0, http_read_progress},
	{"proxy", OTHER, false, 0, http_read_proxy},
	{"query", OTHER, false, 0, http_read_query},
	{"redirects", COUNT, false, AT(request.redirects), NULL},
	{"resolve", OTHER, false, 0, http_read_resolve},
	{"retry", OTHER, false, 0, http_read_retry},
	{"silent_after", DURATION, false, AT(request.silent_after), NULL},
	{"stream", FLAG, false, AT(request.stream), NULL},
	{"timeout", DURATION, false, AT(request.timeout), NULL},
	{"tls_min", OTHER, false, 0, http_read_tls_min},
	{"to", TEXT, false, AT(request.to), NULL},
	{"unix", TEXT, false, AT(request.unix_socket), NULL},
	{"upload", TEXT, false, AT(request.upload), NULL},
	{"url", TEXT, false, AT(path), NULL},
	{"user", TEXT, false, AT(request.user), NULL},
	{"user_agent", TEXT, false, AT(request.user_agent), NULL},
	{"verify", OTHER, false, 0, http_read_verify},
	{"version", OTHER, false, 0, http_read_version},
};

static int by_name(const void *name, const void *option)
{
	return strcmp(name, ((const struct option *)option)->name);
}

/* The value is at the stack's top. */
static void read_option(struct http_options *options,
			const struct option *option)
{
	char *member = (char *)options + option->offset;

	switch (option->kind) {
	case TEXT:
		*(const char **)member = http_plain(options, option->name);
		break;
	case FLAG:
		*(bool *)member = lua_toboolean(options->L, -1);
		break;
	case DURATION:
		*(uint64_t *)member = http_duration(options, option->name);
		break;
	case COUNT:
		*(unsigned *)member = http_count(options, option->name);
		break;
	default:
		option->read(options);
	}
}

/* Raise the error about a key that nobody knows, with the nearest one. */
static void unknown(struct http_options *options, const char *key)
{
	lua_State *L = options->L;
	bool near;

	lua_getglobal(L, "require");
	lua_pushliteral(L, "nearest");
	lua_call(L, 1, 1);
	lua_pushstring(L, key);
	lua_newtable(L);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		lua_pushstring(L, known[i].name);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_call(L, 2, 1);
	near = lua_isstring(L, -1);
	http_invalid(L, "unknown option '%s' of a request%s%s%s", key,
		     near ? " (did you mean '" : "",
		     near ? lua_tostring(L, -1) : "", near ? "'?)" : "");
}

void http_options_read(struct http_options *options, int index)
{
	lua_State *L = options->L;

	index = lua_absindex(L, index);
	lua_pushnil(L);
	while (lua_next(L, index)) {
		const struct option *option;
		int top = lua_gettop(L);
		const char *key;

		if (lua_type(L, -2) != LUA_TSTRING)
			http_invalid(L, "options of a request have names");
		key = lua_tostring(L, -2);
		option = bsearch(key, known, sizeof(known) / sizeof(*known),
				 sizeof(*known), by_name);
		if (!option) {
			unknown(options, key);
			return;
		}
		if (option->of_session && !options->of_session)
			http_invalid(L, "option '%s' belongs to http.session",
				     key);
		read_option(options, option);
		lua_settop(L, top - 1);
	}
}

void http_options_init(lua_State *L, struct http_options *options)
{
	luaL_checkstack(L, 20, "too many values");
	memset(&options->request, 0, sizeof(options->request));
	memset(&options->session, 0, sizeof(options->session));
	options->L = L;
	lua_settop(L, lua_gettop(L) + 4);
	options->anchor = lua_gettop(L) - 3;
	options->kept = options->anchor + 1;
	options->feed = options->anchor + 2;
	options->progress = options->anchor + 3;
	options->path = options->type = NULL;
	options->query = NULL;
	options->of_session = false;
	options->request.check = options->request.decode = true;
	options->request.max_head = HTTP_HEAD_MAX;
	options->request.connect_timeout = REQUEST_CONNECT_MS;
	options->request.silent_after = UNSET;
	options->request.redirects = REQUEST_REDIRECTS_MAX;
	options->request.headers = options->headers;
	options->request.retry.delay = RETRY_MS;
	options->request.retry.max_delay = RETRY_MAX_MS;
	options->request.retry.factor = 2;
}

static bool is_absolute(const char *url)
{
	size_t scheme = strcspn(url, ":/?#");

	return strncmp(url + scheme, "://", strlen("://")) == 0;
}

/* base + path + query. */
static const char *whole_url(struct http_options *options)
{
	const char *base = options->session.base;
	const char *path = options->path;
	lua_State *L = options->L;
	struct buf *url;

	if (!path) {
		http_invalid(L, "a request needs a URL");
		return NULL;
	}
	if (path[strcspn(path, "\r\n\t ")])
		http_invalid(L,
			     "a URL holds white space: write %s, or use "
			     "'query'",
			     "%20");
	if (!options->query && (!base || is_absolute(path)))
		return path;
	url = lbuf_push(L, URL_MAX);
	if (base && !is_absolute(path)) {
		buf_puts(url, base);
		if (url->length && url->data[url->length - 1] == '/')
			url->length--;
		if (*path && *path != '/' && *path != '?')
			buf_putc(url, '/');
	}
	buf_append(url, path, strcspn(path, "#"));
	if (options->query && options->query->length) {
		buf_putc(url, url->data && memchr(url->data, '?', url->length)
				      ? '&'
				      : '?');
		buf_append(url, options->query->data, options->query->length);
	}
	if (url->full)
		http_invalid(L, "the URL is too long");
	http_keep(options);
	return url->data;
}

void http_options_finish(struct http_options *options, const char *method)
{
	struct request_options *request = &options->request;
	lua_State *L = options->L;
	bool typed = false;

	if (method)
		request->method = method;
	if (request->silent_after == UNSET)
		request->silent_after = request->stream ? 0 : REQUEST_SILENT_MS;
	if (request->method && !http_is_token(request->method))
		http_invalid(L, "'%s' cannot be a method", request->method);
	if (request->upload && request->body != REQUEST_BODY_NONE)
		http_invalid(L, "a request has either 'upload' or a body");
	if (request->upload)
		request->body = REQUEST_BODY_FILE;
	if (request->stream && request->to)
		http_invalid(L, "a request has either 'stream' or 'to'");
	if (request->max == 0 && !request->stream && !request->to)
		request->max = HTTP_BODY_MAX;
	for (size_t i = 0; i < request->header_count; i++)
		typed |= strcasecmp(options->headers[i].name, "content-type") ==
			 0;
	if (options->type && !typed)
		http_add_header(options, "Content-Type", options->type, false);
	request->url = whole_url(options);
}
