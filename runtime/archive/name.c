/* Names within archives: what they mean as paths below a directory. */
#include <string.h>

#include "runtime/archive/parts.h"
#include "runtime/base/mem.h"

static bool is_part(const char *name, size_t length, const char *part)
{
	return length == strlen(part) && memcmp(name, part, length) == 0;
}

char *pack_clean_name(const char *name, unsigned strip)
{
	char *clean = mem_alloc(strlen(name) + 1);
	char *end = clean;

	for (; *name; name += *name == '/') {
		size_t length = strcspn(name, "/");
		const char *part = name;

		name += length;
		if (is_part(part, length, "..")) {
			mem_free(clean);
			return NULL;
		}
		if (length == 0 || is_part(part, length, "."))
			continue;
		if (strip > 0) {
			strip--;
			continue;
		}
		if (end > clean)
			*end++ = '/';
		memcpy(end, part, length);
		end += length;
	}
	return clean;
}

bool pack_stays_inside(const char *name, const char *target)
{
	int depth = 0;
	bool named = false;

	if (*target == '/' || *target == '\0')
		return false;
	for (; *name; name++)
		depth += *name == '/';
	while (*target) {
		size_t length = strcspn(target, "/");

		bool up = is_part(target, length, "..");

		/* What is named may be a link itself: ".." after it leads
		 * somewhere else than the text says. */
		if (up && (named || depth-- == 0))
			return false;
		if (!up && length > 0 && !is_part(target, length, "."))
			named = true;
		target += length;
		target += *target == '/';
	}
	return true;
}
