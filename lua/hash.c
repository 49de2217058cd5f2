/* Binding: digests of strings and files, and bytes as text. */
#include <lauxlib.h>
#include <string.h>

#include "lua/lbuf.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/options.h"
#include "lua/path.h"
#include "lua/task.h"
#include "runtime/base/digest.h"
#include "runtime/loop/digest_file.h"
#include "runtime/text/base64.h"

#define HASH "tidemill.hash"

enum encoding {
	ENCODING_HEX,
	ENCODING_BASE64,
	ENCODING_BASE64URL,
	ENCODING_RAW
};

static const char *const encodings[] = {"hex", "base64", "base64url", "raw",
					NULL};

struct hash {
	struct digest digest;
	enum encoding encoding;
	bool done;
};

static int invalid(lua_State *L, const char *message)
{
	struct error *err = NULL;

	error_set(&err, ERROR_INVALID, "%s", message);
	return lerror_raise(L, err);
}

static void put_hex(struct buf *out, const unsigned char *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		buf_putc(out, digits[bytes[i] >> 4]);
		buf_putc(out, digits[bytes[i] & 15]);
	}
}

static void push_bytes(lua_State *L, const void *bytes, size_t length,
		       enum encoding encoding)
{
	struct buf *out;

	if (encoding == ENCODING_RAW) {
		lua_pushlstring(L, bytes, length);
		return;
	}
	out = lbuf_push(L, length * 2 + 4);
	if (encoding == ENCODING_HEX)
		put_hex(out, bytes, length);
	else
		base64_write(out, bytes, length,
			     encoding == ENCODING_BASE64URL);
	lbuf_push_string(L, out);
	lua_remove(L, -2);
}

static enum digest_kind check_kind(lua_State *L, int index)
{
	const char *name = luaL_checkstring(L, index);
	int kind = digest_find(name);

	if (kind < 0) {
		lua_pushfstring(L,
				"unknown algorithm '%s': there are blake2b, "
				"sha256, sha384, sha512, sha1 and md5",
				name);
		invalid(L, lua_tostring(L, -1));
	}
	return (enum digest_kind)kind;
}

/* BLAKE2b's own options: a size and a key. */
static void begin_blake2b(lua_State *L, int index, struct digest *digest)
{
	lua_Integer size = options_count(L, index, "size", 1, DIGEST_SIZE_MAX);
	const char *key = options_text(L, index, "key");
	size_t length = 0;

	if (size > DIGEST_SIZE_MAX)
		invalid(L, "a digest of blake2b has at most 64 bytes");
	if (key) {
		lua_getfield(L, index, "key");
		lua_tolstring(L, -1, &length);
		lua_pop(L, 1);
	}
	if (length > DIGEST_SIZE_MAX)
		invalid(L, "a key of blake2b has at most 64 bytes");
	digest_init_blake2b(digest, (size_t)size, key, length);
}

/* Begin the digest that the options at `index` ask for. */
static enum encoding begin(lua_State *L, int index, enum digest_kind kind,
			   struct digest *digest)
{
	static const char *const with_key[] = {"encoding", "size", "key", NULL};
	static const char *const without[] = {"encoding", NULL};

	options_check(L, index, kind == DIGEST_BLAKE2B ? with_key : without,
		      digest_names[kind]);
	if (kind == DIGEST_BLAKE2B)
		begin_blake2b(L, index, digest);
	else
		digest_init(digest, kind);
	return (enum encoding)options_choice(L, index, "encoding", encodings);
}

static void push_digest(lua_State *L, struct digest *digest,
			enum encoding encoding)
{
	unsigned char bytes[DIGEST_SIZE_MAX];

	digest_final(digest, bytes);
	push_bytes(L, bytes, digest->size, encoding);
}

/* One function an algorithm, which is its upvalue. */
static int l_digest(lua_State *L)
{
	enum digest_kind kind =
		(enum digest_kind)lua_tointeger(L, lua_upvalueindex(1));
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	struct digest digest;
	enum encoding encoding;

	lua_settop(L, 2);
	encoding = begin(L, 2, kind, &digest);
	digest_add(&digest, text, length);
	push_digest(L, &digest, encoding);
	return 1;
}

static int l_hmac(lua_State *L)
{
	static const char *const names[] = {"encoding", NULL};
	enum digest_kind kind = check_kind(L, 1);
	size_t key_length, length;
	const char *key = luaL_checklstring(L, 2, &key_length);
	const char *text = luaL_checklstring(L, 3, &length);
	struct digest digest;
	enum encoding encoding;

	lua_settop(L, 4);
	options_check(L, 4, names, "hash.hmac");
	encoding = (enum encoding)options_choice(L, 4, "encoding", encodings);
	digest_init_hmac(&digest, kind, key, key_length);
	digest_add(&digest, text, length);
	push_digest(L, &digest, encoding);
	return 1;
}

static int read_file(lua_State *L, int status, lua_KContext context)
{
	struct digest_file *file = task_awaited(L, context);

	(void)status;
	push_bytes(L, file->bytes, file->digest.size,
		   (enum encoding)lua_tointeger(L, 3));
	lua_pushinteger(L, (lua_Integer)file->length);
	return 2;
}

static int l_file(lua_State *L)
{
	static const char *const names[] = {"algorithm", "hmac", "encoding",
					    NULL};
	const char *path = path_check(L, 1);
	const char *key;
	size_t length = 0;
	enum digest_kind kind = DIGEST_SHA256;
	struct digest_file *file;

	lua_settop(L, 2);
	options_check(L, 2, names, "hash.file");
	if (options_text(L, 2, "algorithm")) {
		lua_getfield(L, 2, "algorithm");
		kind = check_kind(L, 3);
		lua_settop(L, 2);
	}
	lua_pushinteger(L, options_choice(L, 2, "encoding", encodings));
	key = options_text(L, 2, "hmac");
	if (key) {
		lua_getfield(L, 2, "hmac");
		key = lua_tolstring(L, -1, &length);
		lua_pop(L, 1);
	}
	file = task_op(L, sizeof(*file));
	if (key)
		digest_init_hmac(&file->digest, kind, key, length);
	else
		digest_init(&file->digest, kind);
	digest_file_start(file, task_loop(L), path);
	return task_await(L, &file->work.op, read_file);
}

static int l_new(lua_State *L)
{
	enum digest_kind kind = check_kind(L, 1);
	struct hash *hash;

	lua_settop(L, 2);
	hash = lua_newuserdatauv(L, sizeof(*hash), 0);
	hash->done = false;
	hash->encoding = begin(L, 2, kind, &hash->digest);
	luaL_setmetatable(L, HASH);
	return 1;
}

static struct hash *check_hash(lua_State *L)
{
	struct hash *hash = luaL_checkudata(L, 1, HASH);

	if (hash->done)
		invalid(L, "the digest is finished: hash.new begins another");
	return hash;
}

static int l_add(lua_State *L)
{
	struct hash *hash = check_hash(L);
	size_t length;
	const char *text = luaL_checklstring(L, 2, &length);

	digest_add(&hash->digest, text, length);
	lua_settop(L, 1);
	return 1;
}

static int l_finish(lua_State *L)
{
	struct hash *hash = check_hash(L);

	hash->done = true;
	push_digest(L, &hash->digest, hash->encoding);
	return 1;
}

static int l_equal(lua_State *L)
{
	size_t left_length, right_length;
	const char *left = luaL_checklstring(L, 1, &left_length);
	const char *right = luaL_checklstring(L, 2, &right_length);

	lua_pushboolean(L, left_length == right_length &&
				   digest_equal(left, right, left_length));
	return 1;
}

static int l_encode(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	const char *name = luaL_checkstring(L, 2);

	for (int i = 0; encodings[i]; i++) {
		if (strcmp(encodings[i], name) == 0) {
			push_bytes(L, text, length, (enum encoding)i);
			return 1;
		}
	}
	lua_pushfstring(L,
			"unknown encoding '%s': there are hex, base64 and "
			"base64url",
			name);
	return invalid(L, lua_tostring(L, -1));
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static bool read_hex(struct buf *out, const char *text, size_t length)
{
	for (size_t i = 0; i + 1 < length; i += 2) {
		int high = hex_digit(text[i]);
		int low = hex_digit(text[i + 1]);

		if (high < 0 || low < 0)
			return false;
		buf_putc(out, (char)(high << 4 | low));
	}
	return length % 2 == 0;
}

static int l_decode(lua_State *L)
{
	size_t length;
	const char *text = luaL_checklstring(L, 1, &length);
	const char *name = luaL_checkstring(L, 2);
	struct buf *out = lbuf_push(L, length + 4);
	bool hex = strcmp(name, "hex") == 0;

	if (!hex && strcmp(name, "base64") != 0 &&
	    strcmp(name, "base64url") != 0) {
		lua_pushfstring(L,
				"unknown encoding '%s': there are hex, base64 "
				"and base64url",
				name);
		return invalid(L, lua_tostring(L, -1));
	}
	if (!(hex ? read_hex(out, text, length)
		  : base64_read(out, text, length)))
		return invalid(L, hex ? "this is not hexadecimal"
				      : "this is not base64");
	lbuf_push_string(L, out);
	return 1;
}

static void make_class(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"add", l_add}, {"finish", l_finish}, {NULL, NULL}};

	if (luaL_newmetatable(L, HASH)) {
		luaL_newlib(L, methods);
		lua_setfield(L, -2, "__index");
	}
	lua_pop(L, 1);
}

int luaopen_hash(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"decode", l_decode}, {"encode", l_encode}, {"equal", l_equal},
		{"file", l_file},     {"hmac", l_hmac},     {"new", l_new},
		{NULL, NULL},
	};

	make_class(L);
	luaL_newlib(L, functions);
	for (int i = 0; digest_names[i]; i++) {
		lua_pushinteger(L, i);
		lua_pushcclosure(L, l_digest, 1);
		lua_setfield(L, -2, digest_names[i]);
	}
	return 1;
}
