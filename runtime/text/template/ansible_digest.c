/* Ansible's filters for base64, digests and UUIDs. */
#include <stdio.h>

#include "runtime/base/digest.h"
#include "runtime/text/base64.h"
#include "runtime/text/template/ansible.h"

/* Characters beyond 16 bits are pairs of surrogates. */
static void put_utf16(struct value text, struct buf *out)
{
	const char *at = text.bytes;
	const char *end = at + text.length;

	while (at < end) {
		uint32_t point = unicode_next(&at, end);
		bool pair = point >= 0x10000 && point < UNICODE_RAW;
		uint32_t low = 0xdc00 + ((point - 0x10000) & 0x3ff);

		if (pair)
			point = 0xd800 + ((point - 0x10000) >> 10);
		buf_putc(out, (char)(point & 0xff));
		buf_putc(out, (char)(point >> 8 & 0xff));
		if (pair) {
			buf_putc(out, (char)(low & 0xff));
			buf_putc(out, (char)(low >> 8));
		}
	}
}

static int filter_b64encode(struct call *call, struct value *out)
{
	static const char *const names[] = {"encoding", NULL};
	struct value encoding;
	struct value text;
	struct buf buf;

	if (call_bind(call, names, 0, &encoding) ||
	    ansible_text(call, call->subject, &text))
		return -1;
	text_init(&buf);
	if (text_is(encoding, "utf-16-le")) {
		struct buf wide;

		text_init(&wide);
		put_utf16(text, &wide);
		base64_write(&buf, wide.data ? wide.data : "", wide.length,
			     false);
		buf_release(&wide);
	} else {
		base64_write(&buf, text.bytes, text.length, false);
	}
	return text_take(call->render, &buf, out);
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* As Python: what is not of the alphabet is passed over, padding counts. */
static bool decode(struct value text, struct buf *out)
{
	uint32_t bits = 0;
	uint32_t count = 0;
	uint32_t pads = 0;

	for (uint32_t i = 0; i < text.length; i++) {
		int digit = digit_of(text.bytes[i]);

		if (text.bytes[i] == '=') {
			pads++;
			if (count % 4 >= 2 && count % 4 + pads >= 4)
				return true;
			continue;
		}
		if (digit < 0)
			continue;
		pads = 0;
		bits = bits << 6 | (uint32_t)digit;
		count++;
		if (count % 4 != 1)
			buf_putc(out, (char)(bits >> (8 - count % 4 * 2) % 8 &
					     0xff));
	}
	return count % 4 == 0;
}

static int filter_b64decode(struct call *call, struct value *out)
{
	static const char *const names[] = {"encoding", NULL};
	struct value encoding;
	struct value text;
	struct buf buf;

	if (call_bind(call, names, 0, &encoding) ||
	    ansible_text(call, call->subject, &text))
		return -1;
	text_init(&buf);
	if (!decode(text, &buf)) {
		buf_release(&buf);
		return render_fail(call->render, RENDER_VALUE,
				   "Incorrect padding");
	}
	return text_take(call->render, &buf, out);
}

static void put_hex(struct buf *buf, const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		buf_printf(buf, "%02x", bytes[i]);
}

/* The length of the digest in `out`, or 0: there is no such algorithm. */
static size_t make_digest(const char *name, const char *bytes, size_t length,
			  unsigned char out[DIGEST_SIZE_MAX])
{
	int kind = digest_find(name);
	struct digest digest;

	if (kind < 0)
		return 0;
	digest_init(&digest, (enum digest_kind)kind);
	digest_add(&digest, bytes, length);
	digest_final(&digest, out);
	return digest.size;
}

static int hash_as(struct call *call, const char *name, struct value *out)
{
	unsigned char bytes[DIGEST_SIZE_MAX];
	struct value text;
	struct buf buf;
	size_t length;

	if (ansible_text(call, call->subject, &text) ||
	    render_count(call->render, text.length / 64))
		return -1;
	length = make_digest(name, text.bytes, text.length, bytes);
	if (length == 0)
		return render_fail(call->render, RENDER_FILTER,
				   "unsupported hash type %s", name);
	text_init(&buf);
	put_hex(&buf, bytes, length);
	return text_take(call->render, &buf, out);
}

static int filter_hash(struct call *call, struct value *out)
{
	static const char *const names[] = {"hashtype", NULL};
	struct value type;
	char name[32];

	if (call_bind(call, names, 0, &type))
		return -1;
	if (type.kind == VALUE_ABSENT)
		type = LITERAL("sha1");
	if (argument_text(call, type, "hashtype") ||
	    string_case(call->render, type, STRING_LOWER, &type))
		return -1;
	snprintf(name, sizeof(name), "%.*s", (int)type.length, type.bytes);
	return hash_as(call, name, out);
}

static int filter_md5(struct call *call, struct value *out)
{
	return ansible_bind_none(call) ? -1 : hash_as(call, "md5", out);
}

static int filter_sha1(struct call *call, struct value *out)
{
	return ansible_bind_none(call) ? -1 : hash_as(call, "sha1", out);
}

/* The 32 hex digits of a UUID, whatever is between them. */
static bool read_uuid(struct value text, unsigned char out[16])
{
	int count = 0;

	for (uint32_t i = 0; i < text.length; i++) {
		char c = text.bytes[i];
		int digit = c >= '0' && c <= '9' ? c - '0'
			    : (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
				    ? (c | 0x20) - 'a' + 10
				    : -1;

		if (c == '-' || c == '{' || c == '}')
			continue;
		if (digit < 0 || count == 32)
			return false;
		out[count / 2] = (unsigned char)(out[count / 2] << 4 | digit);
		count++;
	}
	return count == 32;
}

/* UUID version 5: SHA-1 of a namespace and a name. */
static int filter_to_uuid(struct call *call, struct value *out)
{
	static const char *const names[] = {"namespace", NULL};
	unsigned char bytes[DIGEST_SIZE_MAX] = {0};
	unsigned char id[16] = {0};
	struct value space;
	struct value text;
	struct buf buf;

	if (call_bind(call, names, 0, &space) ||
	    ansible_text(call, call->subject, &text))
		return -1;
	if (space.kind == VALUE_ABSENT)
		space = LITERAL("361E6D51-FAEC-444A-9079-341386DA8E2E");
	if (!is_string(space) || !read_uuid(space, id))
		return render_fail(call->render, RENDER_FILTER,
				   "Invalid value for 'namespace': badly "
				   "formed hexadecimal UUID string");
	text_init(&buf);
	buf_append(&buf, id, sizeof(id));
	buf_append(&buf, text.bytes, text.length);
	make_digest("sha1", buf.data, buf.length, bytes);
	buf_clear(&buf);
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x50);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_putc(&buf, '-');
		put_hex(&buf, bytes + i, 1);
	}
	return text_take(call->render, &buf, out);
}

static const struct call_entry entries[] = {
	{"b64decode", filter_b64decode},
	{"b64encode", filter_b64encode},
	{"checksum", filter_sha1},
	{"hash", filter_hash},
	{"md5", filter_md5},
	{"sha1", filter_sha1},
	{"to_uuid", filter_to_uuid},
};

const struct method_table filters_ansible_digest = {entries, COUNT(entries)};
