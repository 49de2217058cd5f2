#include "runtime/learn/config/alias.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "runtime/learn/config/hash.h"

static const char *const usual[] = {
	"preproduction", "production", "development", "integration", "training",
	"preprod",       "sandbox",    "staging",     "local",       "stage",
	"prod",          "live",       "test",        "demo",        "dev",
	"uat",           "qa",
};

static void insert(struct aliases *aliases, const char *text, size_t length)
{
	size_t at = 0;

	if (length < 2 || length >= ALIAS_LENGTH ||
	    aliases->count == ALIASES_MAX)
		return;
	for (size_t i = 0; i < aliases->count; i++)
		if (aliases->list[i].length == length &&
		    strncasecmp(aliases->list[i].text, text, length) == 0)
			return;
	while (at < aliases->count && aliases->list[at].length >= length)
		at++;
	memmove(aliases->list + at + 1, aliases->list + at,
		(aliases->count - at) * sizeof(aliases->list[0]));
	memcpy(aliases->list[at].text, text, length);
	aliases->list[at].text[length] = '\0';
	aliases->list[at].length = length;
	aliases->count++;
}

void aliases_init(struct aliases *aliases)
{
	aliases->count = 0;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		insert(aliases, usual[i], strlen(usual[i]));
}

void aliases_add(struct aliases *aliases, const char *environment)
{
	const char *at = environment;

	insert(aliases, at, strlen(at));
	while (*at) {
		size_t length = strcspn(at, "-_");

		if (length > 2)
			insert(aliases, at, length);
		at += length + (at[length] != '\0');
	}
}

/* The alias that begins at `text`, or -1. */
static int alias_at(const struct aliases *aliases, const char *text,
		    size_t left)
{
	for (size_t i = 0; i < aliases->count; i++) {
		const struct alias *alias = &aliases->list[i];

		if (alias->length <= left &&
		    (alias->length == left ||
		     !isalpha((unsigned char)text[alias->length])) &&
		    strncasecmp(alias->text, text, alias->length) == 0)
			return (int)i;
	}
	return -1;
}

void aliases_read(const struct aliases *aliases, struct config_value *value)
{
	const char *text = value->text;
	uint64_t hash = 0;
	size_t from = 0;

	value->aliases = 0;
	value->normal = value->same;
	if (value->kind != CONFIG_STRING)
		return;
	for (size_t i = 0; i < value->length;) {
		bool begins = isalpha((unsigned char)text[i]) &&
			      (i == 0 || !isalpha((unsigned char)text[i - 1]));
		int found =
			begins ? alias_at(aliases, text + i, value->length - i)
			       : -1;

		if (found < 0) {
			i++;
			continue;
		}
		value->aliases |= UINT64_C(1) << found;
		hash = hash_of(1, hash, hash_bytes(text + from, i - from));
		i += aliases->list[found].length;
		from = i;
	}
	if (value->aliases)
		value->normal = hash_of(
			1, hash, hash_bytes(text + from, value->length - from));
}

/* "prod" and "production" mean the same place. */
static bool alike(const char *a, size_t a_length, const char *b,
		  size_t b_length)
{
	size_t length = a_length < b_length ? a_length : b_length;

	if (length > 4)
		length = 4;
	return strncasecmp(a, b, length) == 0 &&
	       (length >= 3 || a_length == b_length);
}

uint64_t aliases_of(const struct aliases *aliases, const char *environment)
{
	uint64_t found = 0;

	for (size_t i = 0; i < aliases->count; i++) {
		const struct alias *alias = &aliases->list[i];

		for (const char *at = environment; *at;) {
			size_t length = strcspn(at, "-_");

			if (alike(alias->text, alias->length, at, length) ||
			    strcasecmp(alias->text, environment) == 0)
				found |= UINT64_C(1) << i;
			at += length + (at[length] != '\0');
		}
	}
	return found;
}

uint64_t aliases_hash(const struct aliases *aliases, unsigned alias)
{
	return hash_bytes(aliases->list[alias].text,
			  aliases->list[alias].length);
}
