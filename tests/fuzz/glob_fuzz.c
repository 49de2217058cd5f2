/* Globs: what glob_check refuses matches nothing. */
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/glob.h"
#include "tests/fuzz/fuzz.h"

/* The input: a pattern, a NUL, a text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *pattern = mem_copy_n((const char *)data, size);
	size_t length = strlen(pattern);
	char *text = length < size ? mem_copy_n(pattern + length + 1,
						size - length - 1)
				   : mem_copy(pattern);
	bool wrong = glob_check(pattern, NULL) < 0;
	const char *list[] = {"*", pattern};

	if (glob_match(pattern, text) && wrong && *pattern && *pattern != '!')
		abort();
	glob_list_match(list, 2, text, NULL);
	mem_free(pattern);
	mem_free(text);
	return 0;
}
