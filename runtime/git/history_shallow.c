/* The history of shallow clones, whose end libgit2 1.5 does not know. */
#include "runtime/git/history_shallow.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/library.h"
#include "runtime/git/program.h"

#define FIXED 10 /* arguments besides the paths */

bool repo_is_shallow(const struct repo *repo)
{
	return git_repository_is_shallow(repo->handle) == 1;
}

int shallow_list(struct repo *repo, const struct log_query *query, size_t limit,
		 char **oids, struct error **err)
{
	const char **args = mem_array(query->path_count + FIXED, sizeof(*args));
	struct program program = {.argv = args, .cancelled = repo->cancelled};
	char *to = query->to ? mem_printf("^%s", query->to) : NULL;
	char count[32];
	size_t used = 0;
	int status;

	snprintf(count, sizeof(count), "--max-count=%zu", limit);
	args[used++] = "git";
	args[used++] = "-C";
	args[used++] = repo_dir(repo);
	args[used++] = "rev-list";
	args[used++] = "--topo-order";
	args[used++] = count;
	args[used++] = query->from ? query->from : "HEAD";
	if (to)
		args[used++] = to;
	args[used++] = "--";
	for (size_t i = 0; i < query->path_count; i++)
		args[used++] = query->paths[i];
	status = program_run(&program, err);
	if (status == 0 && program.status != 0)
		status = error_set(err, ERROR_IO,
				   "cannot read history of '%s': %s",
				   repo->path, program_complaint(&program));
	if (status == 0)
		*oids = buf_take(&program.out);
	program_release(&program);
	mem_free(to);
	mem_free(args);
	return status;
}
