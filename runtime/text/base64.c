#include "runtime/text/base64.h"

#include <stdint.h>
#include <string.h>

static const char plain[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_urls[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64_write(struct buf *out, const void *bytes, size_t length, bool url)
{
	const unsigned char *from = bytes;
	const char *letters = url ? for_urls : plain;

	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i < 3 ? length - i : 3;
		uint32_t group = (uint32_t)from[i] << 16;
		char text[4];

		if (left > 1)
			group |= (uint32_t)from[i + 1] << 8;
		if (left > 2)
			group |= from[i + 2];
		for (int j = 0; j < 4; j++)
			text[j] = letters[group >> (18 - 6 * j) & 63];
		for (size_t j = left + 1; j < 4; j++)
			text[j] = '=';
		buf_append(out, text, url ? left + 1 : 4);
	}
}

static int sextet(char c)
{
	const char *at = strchr(plain, c);

	if (c == '\0')
		return -1;
	if (!at)
		at = strchr(for_urls, c);
	if (!at)
		return -1;
	return (int)(c == '-' ? 62 : c == '_' ? 63 : at - plain);
}

bool base64_read(struct buf *out, const char *text, size_t length)
{
	uint32_t group = 0;
	unsigned count = 0;
	size_t padding = 0;

	for (size_t i = 0; i < length; i++) {
		int bits = sextet(text[i]);

		if (text[i] != '\0' && strchr(" \t\r\n", text[i]))
			continue;
		if (text[i] == '=' && ++padding <= 2)
			continue;
		if (bits < 0 || padding > 0)
			return false;
		group = group << 6 | (uint32_t)bits;
		if (++count % 4 == 0) {
			char bytes[] = {(char)(group >> 16), (char)(group >> 8),
					(char)group};

			buf_append(out, bytes, sizeof(bytes));
		}
	}
	if (count % 4 == 1 || (padding > 0 && (count + padding) % 4 != 0))
		return false;
	if (count % 4 == 3) {
		buf_putc(out, (char)(group >> 10));
		buf_putc(out, (char)(group >> 2));
	} else if (count % 4 == 2) {
		buf_putc(out, (char)(group >> 4));
	}
	return !out->full;
}
