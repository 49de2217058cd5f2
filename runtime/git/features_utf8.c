#include "runtime/git/features_utf8.h"

#include <stdbool.h>
#include <string.h>

static size_t size_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc0 || first >= 0xf8)
		return 0;
	if (first < 0xe0)
		return 2;
	return first < 0xf0 ? 3 : 4;
}

uint32_t utf8_character(const unsigned char *text, size_t *length)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = size_of(text[0]);
	uint32_t code = text[0];

	*length = 1;
	if (size == 1)
		return code;
	code &= 0xffU >> (size + 1);
	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return UTF8_BROKEN;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (size == 0 || code < least[size] || code > 0x10ffff)
		return UTF8_BROKEN;
	*length = size;
	return code;
}

/* Is every byte of it part of a character? U+FFFD itself has three. */
static bool is_utf8(const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + length;

	while (at < end) {
		size_t size;

		if (utf8_character(at, &size) == UTF8_BROKEN && size == 1)
			return false;
		at += size;
	}
	return true;
}

void utf8_take(struct buf *utf8, const char *text, size_t length)
{
	buf_clear(utf8);
	buf_append(utf8, text, length);
	if (!utf8->full && is_utf8(utf8->data, length))
		return;
	buf_clear(utf8);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x80)
			buf_putc(utf8, (char)(0xc0 | c >> 6));
		buf_putc(utf8, (char)(c < 0x80 ? c : 0x80 | (c & 0x3f)));
	}
}
