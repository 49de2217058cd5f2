/* What a request sends: bytes, JSON, forms, parts, and its query. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "lua/http_options.h"
#include "lua/json.h"
#include "lua/lbuf.h"

enum { PAIRS_MAX = 10000 };

struct pair {
	const char *name;
	const char *value;
	size_t name_length;
	size_t length;
	size_t order;
};

struct pairs {
	struct pair *list; /* on the stack */
	size_t room;
	size_t count;
};

static void one_body(struct http_options *options)
{
	if (options->request.body != REQUEST_BODY_NONE)
		http_invalid(options->L, "a request has one of 'body', 'json', "
					 "'form', 'multipart' and 'upload'");
}

/* The text at the top is the body; it lives as long as the request. */
static void take_bytes(struct http_options *options)
{
	struct request_options *request = &options->request;
	lua_State *L = options->L;

	request->body = REQUEST_BODY_BYTES;
	request->bytes = lua_tolstring(L, -1, &request->length);
	lua_pushvalue(L, -1);
	lua_replace(L, options->kept);
}

void http_read_body(struct http_options *options)
{
	lua_State *L = options->L;

	one_body(options);
	if (lua_isfunction(L, -1)) {
		options->request.body = REQUEST_BODY_FEED;
		lua_pushvalue(L, -1);
		lua_replace(L, options->feed);
		return;
	}
	if (lua_type(L, -1) != LUA_TSTRING)
		http_invalid(L, "option 'body' of a request must be a string "
				"or a function that returns the next piece");
	take_bytes(options);
	options->type = "application/octet-stream";
}

void http_read_json(struct http_options *options)
{
	lua_State *L = options->L;

	one_body(options);
	lua_pushcfunction(L, json_encode);
	lua_pushvalue(L, -2);
	lua_call(L, 1, 1);
	take_bytes(options);
	options->type = "application/json";
}

static int by_name(const void *a, const void *b)
{
	const struct pair *one = a;
	const struct pair *other = b;
	int order = strcmp(one->name, other->name);

	if (order != 0)
		return order;
	return one->order < other->order ? -1 : 1;
}

/* The value at the top belongs to the name; pops it. */
static void add_pair(struct http_options *options, struct pairs *pairs,
		     const char *name, size_t length)
{
	struct pair *pair = &pairs->list[pairs->count];
	lua_State *L = options->L;

	if (pairs->count == pairs->room)
		http_invalid(L, "the fields changed meanwhile");
	if (lua_isboolean(L, -1)) {
		lua_pushstring(L, lua_toboolean(L, -1) ? "true" : "false");
		lua_remove(L, -2);
	}
	pair->value = http_text(options, name, &pair->length);
	pair->name = name;
	pair->name_length = length;
	pair->order = pairs->count++;
}

/* A list of { name, value }, in its order. */
static void read_pair_list(struct http_options *options, struct pairs *pairs,
			   int index)
{
	lua_State *L = options->L;
	lua_Integer count = (lua_Integer)lua_rawlen(L, index);

	for (lua_Integer i = 1; i <= count; i++) {
		const char *name;
		size_t length;

		lua_geti(L, index, i);
		if (!lua_istable(L, -1))
			http_invalid(L, "a list of fields has {name, value}");
		lua_geti(L, -1, 1);
		name = http_text(options, "the name of a field", &length);
		lua_geti(L, -1, 2);
		add_pair(options, pairs, name, length);
		lua_pop(L, 1);
	}
}

/* A table of names and values or lists of them, sorted by name. */
static void read_pair_map(struct http_options *options, struct pairs *pairs,
			  int index)
{
	lua_State *L = options->L;

	lua_pushnil(L);
	while (lua_next(L, index)) {
		lua_Integer count =
			lua_istable(L, -1) ? (lua_Integer)lua_rawlen(L, -1) : 0;
		const char *name;
		size_t length;

		if (lua_type(L, -2) != LUA_TSTRING)
			http_invalid(L, "fields map names to values");
		name = lua_tolstring(L, -2, &length);
		for (lua_Integer i = 1; i <= count; i++) {
			lua_geti(L, -1, i);
			add_pair(options, pairs, name, length);
		}
		if (lua_istable(L, -1))
			lua_pop(L, 1);
		else
			add_pair(options, pairs, name, length);
	}
	qsort(pairs->list, pairs->count, sizeof(*pairs->list), by_name);
}

/* How many fields there are, lists counted by their values. */
static size_t count_pairs(lua_State *L, int index)
{
	size_t count = 0;

	lua_pushnil(L);
	while (lua_next(L, index)) {
		count += lua_istable(L, -1) ? lua_rawlen(L, -1) : 1;
		lua_pop(L, 1);
	}
	return count;
}

static void read_pairs(struct http_options *options, struct pairs *pairs)
{
	lua_State *L = options->L;
	int index = lua_gettop(L);
	bool listed = lua_rawlen(L, index) > 0;

	pairs->count = 0;
	pairs->room = listed ? lua_rawlen(L, index) : count_pairs(L, index);
	if (pairs->room > PAIRS_MAX)
		http_invalid(L, "more than %d fields", PAIRS_MAX);
	pairs->list =
		lua_newuserdatauv(L, pairs->room * sizeof(struct pair), 0);
	if (listed)
		read_pair_list(options, pairs, index);
	else
		read_pair_map(options, pairs, index);
}

static void encode_pairs(const struct pairs *pairs, struct buf *text)
{
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->list[i];

		if (text->length)
			buf_putc(text, '&');
		url_encode(text, pair->name, pair->name_length);
		buf_putc(text, '=');
		url_encode(text, pair->value, pair->length);
	}
}

void http_read_form(struct http_options *options)
{
	lua_State *L = options->L;
	struct pairs pairs;
	struct buf *text;

	one_body(options);
	if (!lua_istable(L, -1))
		http_invalid(L, "option 'form' of a request must be a table");
	read_pairs(options, &pairs);
	text = lbuf_push(L, HTTP_TEXT_MAX);
	encode_pairs(&pairs, text);
	if (text->full)
		http_invalid(L, "the form is too large");
	lbuf_push_string(L, text);
	take_bytes(options);
	options->type = "application/x-www-form-urlencoded";
}

void http_read_query(struct http_options *options)
{
	lua_State *L = options->L;
	struct pairs pairs;
	size_t length;
	const char *given;

	if (!options->query) {
		options->query = lbuf_push(L, HTTP_TEXT_MAX);
		http_keep(options);
	}
	if (lua_type(L, -1) == LUA_TSTRING) {
		given = lua_tolstring(L, -1, &length);
		if (options->query->length)
			buf_putc(options->query, '&');
		buf_append(options->query, given, length);
		return;
	}
	if (!lua_istable(L, -1))
		http_invalid(L, "option 'query' of a request must be a table "
				"or a string");
	read_pairs(options, &pairs);
	encode_pairs(&pairs, options->query);
	if (options->query->full)
		http_invalid(L, "the query is too long");
}

static const char *part_field(struct http_options *options, const char *name,
			      size_t *length)
{
	lua_State *L = options->L;
	const char *text;

	if (lua_getfield(L, -1, name) == LUA_TNIL) {
		lua_pop(L, 1);
		return NULL;
	}
	text = http_text(options, name, length);
	/* Only content may hold anything. */
	if (strcmp(name, "content") != 0 &&
	    (strlen(text) != *length || text[strcspn(text, "\r\n")]))
		http_invalid(L, "'%s' of a part holds a line break or NUL",
			     name);
	return text;
}

static void read_part(struct http_options *options, struct request_part *part)
{
	lua_State *L = options->L;
	size_t length;

	if (!lua_istable(L, -1))
		http_invalid(L,
			     "a part is a table: {name=, content= or file=}");
	part->name = part_field(options, "name", &length);
	part->file = part_field(options, "file", &length);
	part->filename = part_field(options, "filename", &length);
	part->type = part_field(options, "type", &length);
	part->bytes = part_field(options, "content", &part->length);
	if (!part->name)
		http_invalid(L, "a part needs a 'name'");
	if (!part->file == !part->bytes)
		http_invalid(L, "the part '%s' needs 'content' or 'file'",
			     part->name);
}

void http_read_parts(struct http_options *options)
{
	lua_State *L = options->L;
	struct request_part *parts;
	int index = lua_gettop(L);
	lua_Integer count;

	one_body(options);
	if (!lua_istable(L, index))
		http_invalid(L, "option 'multipart' of a request must be a "
				"list of parts");
	count = luaL_len(L, index);
	if (count < 1 || count > HTTP_PARTS_MAX)
		http_invalid(L, "'multipart' needs 1 to %d parts",
			     HTTP_PARTS_MAX);
	parts = lua_newuserdatauv(L, (size_t)count * sizeof(*parts), 0);
	memset(parts, 0, (size_t)count * sizeof(*parts));
	for (lua_Integer i = 0; i < count; i++) {
		lua_geti(L, index, i + 1);
		read_part(options, &parts[i]);
		lua_pop(L, 1);
	}
	http_keep(options);
	options->request.body = REQUEST_BODY_PARTS;
	options->request.parts = parts;
	options->request.part_count = (size_t)count;
}
