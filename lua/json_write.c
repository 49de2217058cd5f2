/* Writing JSON: the same value always makes the same text. */
#include <lauxlib.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/json.h"
#include "lua/lbuf.h"

#define TEXT_MAX (512UL << 20)

struct writer {
	lua_State *L;
	struct buf *out;
	const char *indent; /* NULL: all in one line */
	int depth;
};

/* A key of an object; numbers are text here. */
struct key {
	const char *name; /* kept by the object, or by the list of numbers */
	size_t length;
	lua_Integer number; /* position in that list; 0: it is a string */
};

static void put_value(struct writer *writer);

/* How long the character at `text` is; 0: it is not valid UTF-8. */
static size_t character_length(const unsigned char *text, size_t left)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t point = text[0];
	size_t length;

	if (point < 0x80)
		return 1;
	length = point >= 0xf0 ? 4 : point >= 0xe0 ? 3 : 2;
	if (point < 0xc2 || point > 0xf4 || length > left)
		return 0;
	point &= 0xff >> (length + 1);
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (text[i] & 0x3f);
	}
	if (point < least[length] || point > 0x10ffff ||
	    (point >= 0xd800 && point <= 0xdfff))
		return 0;
	return length;
}

static void put_escape(struct buf *out, unsigned char c)
{
	static const char letters[] = "btn\0fr"; /* from 8 on */

	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", c);
	else if (c >= 8 && c <= 13 && letters[c - 8])
		buf_printf(out, "\\%c", letters[c - 8]);
	else
		buf_printf(out, "\\u%04x", c);
}

/* Bytes that are no UTF-8 become U+FFFD: nobody could read them. */
static void put_string(struct buf *out, const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t plain = 0; /* where what can be copied as it is begins */
	size_t i = 0;

	buf_putc(out, '"');
	while (i < length) {
		size_t step = character_length(bytes + i, length - i);

		if (step > 0 && bytes[i] >= 0x20 && bytes[i] != '"' &&
		    bytes[i] != '\\') {
			i += step;
			continue;
		}
		buf_append(out, text + plain, i - plain);
		if (step == 0)
			buf_puts(out, "\xef\xbf\xbd");
		else
			put_escape(out, bytes[i]);
		plain = ++i;
	}
	buf_append(out, text + plain, length - plain);
	buf_putc(out, '"');
}

static void put_number(struct writer *writer)
{
	lua_Number number = lua_tonumber(writer->L, -1);
	char text[40];

	if (lua_isinteger(writer->L, -1)) {
		buf_printf(writer->out, "%lld",
			   (long long)lua_tointeger(writer->L, -1));
		return;
	}
	if (!isfinite(number))
		json_invalid(writer->L, "JSON has no way to write %s",
			     isnan(number) ? "nan"
			     : number > 0  ? "inf"
					   : "-inf");
	snprintf(text, sizeof(text), "%.15g", number);
	if (strtod(text, NULL) != number)
		snprintf(text, sizeof(text), "%.17g", number);
	buf_puts(writer->out, text);
	if (!strpbrk(text, ".e"))
		buf_puts(writer->out, ".0"); /* it stays a float when read */
}

static void put_line(struct writer *writer)
{
	if (!writer->indent)
		return;
	buf_putc(writer->out, '\n');
	for (int i = 0; i < writer->depth; i++)
		buf_puts(writer->out, writer->indent);
}

static void put_array(struct writer *writer)
{
	lua_Integer count = (lua_Integer)lua_rawlen(writer->L, -1);

	buf_putc(writer->out, '[');
	writer->depth++;
	for (lua_Integer i = 1; i <= count; i++) {
		if (i > 1)
			buf_putc(writer->out, ',');
		put_line(writer);
		lua_rawgeti(writer->L, -1, i);
		put_value(writer);
		lua_pop(writer->L, 1);
	}
	writer->depth--;
	if (count > 0)
		put_line(writer);
	buf_putc(writer->out, ']');
}

static int by_name(const void *a, const void *b)
{
	const struct key *left = a;
	const struct key *right = b;
	size_t length =
		left->length < right->length ? left->length : right->length;
	int order = memcmp(left->name, right->name, length);

	if (order != 0)
		return order;
	return (left->length > right->length) - (left->length < right->length);
}

/* Fill `key` from the one at -2; a number is put into the list `numbers`. */
static void read_key(lua_State *L, int numbers, struct key *key)
{
	if (lua_type(L, -2) == LUA_TNUMBER) {
		key->number = (lua_Integer)lua_rawlen(L, numbers) + 1;
		lua_pushvalue(L, -2);
		lua_pushvalue(L, -1);
		lua_rawseti(L, numbers, key->number);
		key->name = lua_tolstring(L, -1, &key->length);
		/* The text is kept behind the number. */
		lua_rawseti(L, numbers, ++key->number);
	} else if (lua_type(L, -2) == LUA_TSTRING) {
		key->number = 0;
		key->name = lua_tolstring(L, -2, &key->length);
	} else {
		json_invalid(L, "a key of a JSON object cannot be a %s",
			     luaL_typename(L, -2));
	}
}

/* Push what keeps the sorted keys of the object at -1: two values. */
static struct key *push_keys(lua_State *L, size_t count)
{
	int object = lua_gettop(L);
	struct key *keys;
	size_t i = 0;

	lua_newtable(L);
	keys = lua_newuserdatauv(L, (count + 1) * sizeof(*keys), 0);
	lua_pushnil(L);
	while (lua_next(L, object)) {
		read_key(L, object + 1, &keys[i++]);
		lua_pop(L, 1);
	}
	qsort(keys, count, sizeof(*keys), by_name);
	for (i = 1; i < count; i++)
		if (by_name(&keys[i - 1], &keys[i]) == 0)
			json_invalid(L,
				     "the keys %s, a number and a string, "
				     "are the same in JSON",
				     keys[i].name);
	return keys;
}

static void put_object(struct writer *writer, size_t count)
{
	lua_State *L = writer->L;
	int object = lua_gettop(L);
	struct key *keys = push_keys(L, count);

	buf_putc(writer->out, '{');
	writer->depth++;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_putc(writer->out, ',');
		put_line(writer);
		put_string(writer->out, keys[i].name, keys[i].length);
		buf_puts(writer->out, writer->indent ? ": " : ":");
		if (keys[i].number)
			lua_rawgeti(L, object + 1, keys[i].number - 1);
		else
			lua_pushlstring(L, keys[i].name, keys[i].length);
		lua_rawget(L, object);
		put_value(writer);
		lua_pop(L, 1);
	}
	writer->depth--;
	if (count > 0)
		put_line(writer);
	buf_putc(writer->out, '}');
	lua_settop(L, object);
}

/* Is the table at -1 marked as an array? */
static int is_marked(lua_State *L)
{
	int marked;

	if (!lua_getmetatable(L, -1))
		return 0;
	luaL_getmetatable(L, JSON_LIST);
	marked = lua_rawequal(L, -1, -2);
	lua_pop(L, 2);
	return marked;
}

/* How many keys the table at -1 has. */
static size_t count_keys(lua_State *L)
{
	size_t count = 0;

	lua_pushnil(L);
	while (lua_next(L, -2)) {
		lua_pop(L, 1);
		count++;
	}
	return count;
}

static void put_table(struct writer *writer)
{
	lua_State *L = writer->L;
	size_t count;

	if (writer->depth >= JSON_DEPTH_MAX)
		json_invalid(L, "a table is nested too deeply for JSON%s",
			     ", or holds itself");
	luaL_checkstack(L, 8, "JSON is nested too deeply");
	if (is_marked(L)) {
		put_array(writer);
		return;
	}
	count = count_keys(L);
	if (count > 0 && lua_rawlen(L, -1) == count)
		put_array(writer);
	else
		put_object(writer, count);
}

static void put_value(struct writer *writer)
{
	lua_State *L = writer->L;
	const char *text;
	size_t length;

	switch (lua_type(L, -1)) {
	case LUA_TSTRING:
		text = lua_tolstring(L, -1, &length);
		put_string(writer->out, text, length);
		break;
	case LUA_TNUMBER:
		put_number(writer);
		break;
	case LUA_TBOOLEAN:
		buf_puts(writer->out, lua_toboolean(L, -1) ? "true" : "false");
		break;
	case LUA_TTABLE:
		put_table(writer);
		break;
	case LUA_TLIGHTUSERDATA:
	case LUA_TNIL:
		if (!lua_touserdata(L, -1)) { /* json.null is NULL */
			buf_puts(writer->out, "null");
			break;
		}
		/* fall through */
	default:
		json_invalid(L, "JSON has no way to write a %s",
			     luaL_typename(L, -1));
	}
}

int json_encode(lua_State *L)
{
	struct writer writer = {.L = L};

	luaL_checkany(L, 1);
	lua_settop(L, 2);
	if (!lua_isnil(L, 2)) {
		luaL_checktype(L, 2, LUA_TTABLE);
		lua_getfield(L, 2, "indent"); /* stays: the text is borrowed */
		lua_getfield(L, 2, "pretty");
		if (lua_toboolean(L, -1))
			writer.indent = luaL_optstring(L, 3, "  ");
	}
	writer.out = lbuf_push(L, TEXT_MAX);
	lua_pushvalue(L, 1);
	put_value(&writer);
	if (writer.out->full)
		return json_invalid(L, "%s",
				    "too large for JSON: more than "
				    "512 MiB");
	lbuf_push_string(L, writer.out);
	return 1;
}

int json_is_list(lua_State *L)
{
	size_t count;
	int list = 0;

	lua_settop(L, 1);
	if (lua_istable(L, 1)) {
		count = count_keys(L);
		list = is_marked(L) || (count > 0 && lua_rawlen(L, 1) == count);
	}
	lua_pushboolean(L, list);
	return 1;
}
