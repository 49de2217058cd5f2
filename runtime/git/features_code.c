#include "runtime/git/features_code.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "runtime/git/features_utf8.h"

static const char *const extensions[] = {
	"c",  "h",  "cc",   "cpp", "cxx", "hpp", "hh", "py", "lua", "js", "ts",
	"go", "rs", "java", "pl",  "pm",  "rb",  "sh", "m",  "y",   "l",  "inc",
};

static const char *const foreign[] = {"deps", "third_party", "vendor",
				      "external"};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static bool is_foreign(const char *path)
{
	const char *slash;

	for (; (slash = strchr(path, '/')); path = slash + 1)
		for (size_t i = 0; i < COUNT(foreign); i++)
			if (strlen(foreign[i]) == (size_t)(slash - path) &&
			    strncmp(path, foreign[i], (size_t)(slash - path)) ==
				    0)
				return true;
	return false;
}

bool code_is(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (!dot || strchr(dot, '/'))
		return false;
	for (size_t i = 0; i < COUNT(extensions); i++)
		if (strcasecmp(dot + 1, extensions[i]) == 0)
			return !is_foreign(path);
	return false;
}

static const char *const fixes[] = {
	"fix",         "fixes",     "fixed",    "fixing",     "fixup",
	"bug",         "bugs",      "bugfix",   "bugfixes",   "crash",
	"crashes",     "crashed",   "crashing", "leak",       "leaks",
	"leaked",      "leaking",   "segfault", "regression", "segv",
	"overflow",    "underflow", "corrupt",  "corrupts",   "corrupted",
	"corruption",  "deadlock",  "race",     "wrong",      "incorrect",
	"incorrectly", "broken",
};

/* A dot is any one character. */
static const char *const phrases[] = {"use.after.free", "null.pointer",
				      "off.by.one"};

/* Letters and digits of all scripts: what is left beside signs and symbols. */
static bool is_word(uint32_t code)
{
	if (code < 0x80)
		return isalnum((int)code) || code == '_';
	if (code < 0xc0)
		return code == 0xaa || code == 0xb2 || code == 0xb3 ||
		       code == 0xb5 || code == 0xb9 || code == 0xba ||
		       (code >= 0xbc && code <= 0xbe);
	return code != 0xd7 && code != 0xf7 &&
	       (code < 0x2000 || code > 0x206f) &&
	       (code < 0x20a0 || code > 0x20cf) &&
	       (code < 0x2190 || code > 0x245f) &&
	       (code < 0x2500 || code > 0x2bff) &&
	       (code < 0x3000 || code > 0x3004) &&
	       (code < 0x3008 || code > 0x3020) &&
	       (code < 0xfe00 || code > 0xfe6f) &&
	       (code < 0xff01 || code > 0xff0f) && code != UTF8_BROKEN &&
	       (code < 0x1f000 || code > 0x1faff);
}

static bool at_word(const unsigned char *text)
{
	size_t length;

	return *text && is_word(utf8_character(text, &length));
}

static bool is_fix_word(const unsigned char *word, size_t length)
{
	for (size_t i = 0; i < COUNT(fixes); i++)
		if (strlen(fixes[i]) == length &&
		    strncasecmp((const char *)word, fixes[i], length) == 0)
			return true;
	return false;
}

static bool is_fix_phrase(const unsigned char *text)
{
	for (size_t i = 0; i < COUNT(phrases); i++) {
		const unsigned char *at = text;
		const char *phrase = phrases[i];

		for (; *phrase && *at; phrase++) {
			size_t length = 1;

			if (*phrase == '.')
				utf8_character(at, &length);
			else if (tolower(*at) != *phrase)
				break;
			at += length;
		}
		if (!*phrase && !at_word(at))
			return true;
	}
	return false;
}

bool subject_is_fix(const char *subject)
{
	const unsigned char *at = (const unsigned char *)subject;

	while (*at) {
		const unsigned char *word = at;
		size_t length;

		while (*at && is_word(utf8_character(at, &length)))
			at += length;
		if (at > word && (is_fix_word(word, (size_t)(at - word)) ||
				  is_fix_phrase(word)))
			return true;
		if (*at) {
			utf8_character(at, &length);
			at += length;
		}
	}
	return false;
}
