/* Texts of HTTP: URLs that may be shown, queries, fields of a head. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "runtime/base/mem.h"
#include "runtime/loop/client.h"

static bool is_word(const char *name, size_t length, const char *word)
{
	return strlen(word) == length && strncasecmp(name, word, length) == 0;
}

/* Does a parameter of this name hold what nobody else should know? */
static bool is_secret(const char *name, size_t length)
{
	static const char *const parts[] = {
		"token",      "secret",     "password", "passwd",
		"signature",  "credential", "api_key",  "apikey",
		"access_key", "private_key"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		size_t part = strlen(parts[i]);

		for (size_t at = 0; at + part <= length; at++)
			if (strncasecmp(name + at, parts[i], part) == 0)
				return true;
	}
	return is_word(name, length, "key") || is_word(name, length, "sig") ||
	       is_word(name, length, "auth") || is_word(name, length, "code") ||
	       is_word(name, length, "pwd");
}

static void mask_query(struct buf *text, const char *query)
{
	while (*query) {
		size_t length = strcspn(query, "&#");
		size_t name = strcspn(query, "=&#");

		if (name < length && is_secret(query, name))
			buf_printf(text, "%.*s=***", (int)name, query);
		else
			buf_append(text, query, length);
		query += length;
		if (*query == '#') {
			buf_puts(text, query);
			return;
		}
		if (*query)
			buf_putc(text, *query++);
	}
}

char *url_mask(const char *url)
{
	const char *scheme = strstr(url, "://");
	const char *host = scheme ? scheme + strlen("://") : url;
	size_t authority = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', authority);
	size_t path;
	struct buf text;

	buf_init(&text, strlen(url) * 4 + 8);
	buf_append(&text, url, (size_t)(host - url));
	if (at) {
		buf_puts(&text, "***@");
		host = at + 1;
	}
	path = strcspn(host, "?");
	buf_append(&text, host, path);
	if (host[path]) {
		buf_putc(&text, '?');
		mask_query(&text, host + path + 1);
	}
	return buf_take(&text);
}

void url_encode(struct buf *text, const char *bytes, size_t length)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (isalnum(c) || (c && strchr("-._~", c))) {
			buf_putc(text, (char)c);
			continue;
		}
		buf_putc(text, '%');
		buf_putc(text, digits[c >> 4]);
		buf_putc(text, digits[c & 15]);
	}
}

bool response_next(const struct buf *head, size_t *from,
		   struct response_field *field)
{
	while (*from < head->length) {
		const char *line = head->data + *from;
		size_t left = head->length - *from;
		const char *end = memchr(line, '\n', left);
		size_t length = end ? (size_t)(end - line) : left;
		const char *colon = memchr(line, ':', length);
		bool first = *from == 0;
		const char *value;

		*from += length + (end != NULL);
		if (first || !colon || colon == line)
			continue;
		value = colon + 1;
		while (length > 0 && isspace((unsigned char)line[length - 1]))
			length--;
		while (value < line + length && isspace((unsigned char)*value))
			value++;
		field->name = line;
		field->name_length = (size_t)(colon - line);
		field->value = value;
		field->length = line + length > value
					? (size_t)(line + length - value)
					: 0;
		return true;
	}
	return false;
}

const char *response_header(const struct buf *head, const char *name,
			    size_t *length, size_t *from)
{
	struct response_field field;

	while (response_next(head, from, &field)) {
		if (!is_word(field.name, field.name_length, name))
			continue;
		*length = field.length;
		return field.value;
	}
	return NULL;
}
