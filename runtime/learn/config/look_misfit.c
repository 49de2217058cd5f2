/* What a value cannot be, by what its name says: a port, an address, … */
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "runtime/learn/config/look.h"

enum { MISFIT_LENGTH = 200, NO_MISFIT = 0, ODD = 1, UNLIKELY = 2, WRONG = 3 };

/* Does the name's last part have the word, as a word of its own? */
static bool says(const struct config_name *name, const char *word)
{
	const char *base = name->base;
	size_t length = strlen(word);

	for (size_t i = 0; i + length <= name->base_length; i++) {
		const char *end = base + i + length;
		bool last = i + length == name->base_length;

		if (strncasecmp(base + i, word, length) != 0)
			continue;
		if (i > 0 && isalpha((unsigned char)base[i - 1]) &&
		    !isupper((unsigned char)base[i]))
			continue;
		if (last || !islower((unsigned char)*end))
			return true;
	}
	return false;
}

static bool says_one(const struct config_name *name, const char *const *words)
{
	for (; *words; words++)
		if (says(name, *words))
			return true;
	return false;
}

static bool holds(const struct config_value *value, const char *text)
{
	return memmem(value->text, value->length, text, strlen(text)) != NULL;
}

static int misfit_port(const struct config_value *value)
{
	double port = value->number;

	if (value->kind == CONFIG_BOOLEAN)
		return WRONG;
	if (!value->numeric)
		return NO_MISFIT;
	if (value->unit[0] || port != floor(port))
		return UNLIKELY;
	return port < 0 || port > 65535 ? WRONG : NO_MISFIT;
}

/* Parts between dots of digits (and of "x" and "-", as in slips of the pen);
 * `right` are those from 0 to 255. 0: there is something else in it. */
static unsigned parts_of(const struct config_value *value, unsigned *right)
{
	unsigned parts = 1, part = 0, digits = 0;
	bool odd = false;

	*right = 0;
	for (size_t i = 0; i <= value->length; i++) {
		const char c = value->text[i]; /* '\0' ends the last */

		if (c == '.' || i == value->length) {
			*right +=
				!odd && digits > 0 && digits < 4 && part < 256;
			parts += i < value->length;
			part = digits = odd = 0;
		} else if (isdigit((unsigned char)c)) {
			part = part * 10 % 100000 + (unsigned)(c - '0');
			digits++;
		} else if (c == '-' || c == 'x') {
			odd = true;
		} else {
			return 0;
		}
	}
	return parts;
}

static int misfit_address(const struct config_value *value, bool named)
{
	unsigned right, parts = parts_of(value, &right);

	if (parts < 3 || (parts == 4 && right == 4))
		return NO_MISFIT;
	if (named)
		return WRONG;
	return parts == 4 && right < 4 && right > 0 ? UNLIKELY : NO_MISFIT;
}

static int misfit_permission(const struct config_value *value)
{
	if (value->length < 3 || value->length > 5)
		return NO_MISFIT;
	for (size_t i = 0; i < value->length; i++)
		if (!isdigit((unsigned char)value->text[i]))
			return NO_MISFIT;
	return strpbrk(value->text, "89") ? WRONG : NO_MISFIT;
}

/* Slashes twice, at the start or inside, or some of each kind. */
static int misfit_path(const struct config_value *value)
{
	const char *twice = memmem(value->text, value->length, "//", 2);

	if (holds(value, "/\\") || holds(value, "\\/"))
		return WRONG;
	if (!twice || holds(value, " "))
		return NO_MISFIT;
	if (twice == value->text || twice[-1] != ':')
		return holds(value, "://") ? ODD : UNLIKELY;
	return NO_MISFIT;
}

/* "file:/", "http://": a scheme, and nothing that it leads to. */
static int misfit_link(const struct config_value *value)
{
	const char *c = value->text;

	while (isalpha((unsigned char)*c))
		c++;
	if (c - value->text < 3 || *c != ':')
		return NO_MISFIT;
	return c[1 + strspn(c + 1, "/")] == '\0' && c[1] ? UNLIKELY : NO_MISFIT;
}

static int misfit(const struct config_name *name,
		  const struct config_value *value)
{
	static const char *const addresses[] = {
		"ip",   "addr",  "address", "addresses", "nameserver",
		"host", "hosts", "bind",    "dns",       NULL,
	};
	static const char *const permissions[] = {
		"mode",  "umask",    "permission", "permissions",
		"perms", "filemode", "perm",       NULL,
	};
	int found = NO_MISFIT, other;

	if (value->length == 0 || value->length > MISFIT_LENGTH)
		return found;
	if (says(name, "port"))
		found = misfit_port(value);
	if (says_one(name, permissions) && (other = misfit_permission(value)))
		found = other;
	if (value->kind != CONFIG_STRING)
		return found;
	if ((other = misfit_address(value, says_one(name, addresses))) > found)
		found = other;
	if ((other = misfit_path(value)) > found)
		found = other;
	if ((other = misfit_link(value)) > found)
		found = other;
	return found;
}

void look_misfit(struct look *look)
{
	look_set(look, FEATURE_misfit, misfit(&look->it->name, look->value));
}
