/* Credentials from git's helper programs: what `git credential fill` says. */
#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/credentials.h"
#include "runtime/git/program.h"

#define PATIENCE 30000 /* ms */

/* The part of `text` behind "NAME=" in a line of its own, owned; or NULL. */
static char *value_of(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = text; *line;) {
		size_t all = strcspn(line, "\n");

		if (all > length && strncmp(line, name, length) == 0 &&
		    line[length] == '=')
			return mem_copy_n(line + length + 1, all - length - 1);
		line += all + (line[all] == '\n');
	}
	return NULL;
}

int credentials_helper(const char *url, const char *wanted,
		       const atomic_bool *cancelled, char **user,
		       char **password)
{
	static const char *const argv[] = {"git", "credential", "fill", NULL};
	struct program program = {
		.argv = argv, .patience = PATIENCE, .cancelled = cancelled};
	char *input;

	*user = *password = NULL;
	if (strchr(url, '\n') || (wanted && strchr(wanted, '\n')))
		return 0;
	input = wanted ? mem_printf("url=%s\nusername=%s\n\n", url, wanted)
		       : mem_printf("url=%s\n\n", url);
	program.input = input;
	if (program_run(&program, NULL) == 0 && program.status == 0) {
		*user = value_of(program.out.data, "username");
		*password = value_of(program.out.data, "password");
	}
	if (!*user || !*password || !**password) {
		mem_free(*user);
		mem_free(*password);
		*user = *password = NULL;
	}
	program_release(&program);
	mem_free(input);
	return *password != NULL;
}
