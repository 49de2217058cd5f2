/* Finding refs by name: exact, short, default, and nearly right. */
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/refs.h"

#define NAME_MAX_BYTES 128 /* longer names get no suggestion */

static int compare_name(const void *key, const void *item)
{
	return strcmp(key, ((const struct ref *)item)->name);
}

const struct ref *refs_find(const struct refs *refs, const char *name)
{
	if (refs->count == 0)
		return NULL;
	return bsearch(name, refs->items, refs->count, sizeof(*refs->items),
		       compare_name);
}

const struct ref *refs_default(const struct refs *refs)
{
	static const char *const usual[] = {"refs/heads/main",
					    "refs/heads/master"};
	const struct ref *found =
		refs->head ? refs_find(refs, refs->head) : NULL;
	size_t branches = 0;

	for (size_t i = 0; !found && i < 2; i++)
		found = refs_find(refs, usual[i]);
	if (found)
		return found;
	for (size_t i = 0; i < refs->count; i++) {
		if (strncmp(refs->items[i].name, "refs/heads/", 11) != 0)
			continue;
		found = &refs->items[i];
		branches++;
	}
	return branches == 1 ? found : NULL;
}

const struct ref *refs_resolve(const struct refs *refs, const char *text)
{
	/* The order of gitrevisions(7). */
	static const char *const rules[] = {"", "refs/", "refs/tags/",
					    "refs/heads/", "refs/remotes/"};
	const struct ref *found = NULL;

	for (size_t i = 0; !found && i < sizeof(rules) / sizeof(*rules); i++) {
		char *name = mem_printf("%s%s", rules[i], text);

		found = refs_find(refs, name);
		mem_free(name);
	}
	return found;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t two = a < b ? a : b;

	return two < c ? two : c;
}

/* How many letters to change, add or remove to make `b` of `a`. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_BYTES + 1];
	size_t width = strlen(b);

	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < width; j++) {
			size_t cost = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			row[j + 1] = least(cost, row[j] + 1, diagonal + 1);
		}
	}
	return row[width];
}

static const char *short_name(const char *name)
{
	if (strncmp(name, "refs/heads/", 11) == 0)
		return name + 11;
	if (strncmp(name, "refs/tags/", 10) == 0)
		return name + 10;
	if (strncmp(name, "refs/remotes/", 13) == 0)
		return name + 13;
	return name;
}

const char *refs_nearest(const struct refs *refs, const char *text)
{
	size_t length = strlen(text);
	size_t best = length / 3 + 1; /* as many may be wrong, or fewer */
	const char *nearest = NULL;

	if (length > NAME_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < refs->count; i++) {
		const char *name = short_name(refs->items[i].name);
		size_t other = strlen(name);
		size_t gap = other > length ? other - length : length - other;
		size_t far;

		if (other > NAME_MAX_BYTES || gap > best)
			continue;
		far = distance(text, name);
		if (far < best || (far == best && !nearest)) {
			best = far;
			nearest = name;
		}
	}
	return nearest;
}
