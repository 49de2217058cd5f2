#include "runtime/git/push_local.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/program.h"
#include "runtime/git/remote_find.h"
#include "runtime/git/transfer.h"

#define REFUSALS_MAX ((size_t)16 * 1024)

/* The arguments, owned strings but for the first ones. */
struct arguments {
	const char **items;
	size_t count;
	size_t borrowed;
};

static void fill(struct arguments *args, struct repo *repo,
		 const struct push_plan *plan)
{
	const char *first[] = {"git", "-C", remote_base(repo), "push",
			       "--porcelain"};
	size_t max = sizeof(first) / sizeof(*first) + plan->count * 2 + 3;

	args->items = mem_array(max, sizeof(*args->items));
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		args->items[args->count++] = first[i];
	args->borrowed = args->count;
	for (size_t i = 0; plan->lease && i < plan->count; i++) {
		const struct push_item *item = &plan->items[i];

		if (*item->expected)
			args->items[args->count++] = mem_printf(
				"--force-with-lease=%s:%s", item->to,
				item->expected[strspn(item->expected, "0")]
					? item->expected
					: "");
	}
	args->items[args->count++] = mem_copy("--");
	args->items[args->count++] = mem_copy(plan->remote);
	for (size_t i = 0; i < plan->count; i++) {
		char *spec = push_plan_spec(&plan->items[i]);
		/* A "+" would overrule the lease. */
		bool leased = plan->lease && *plan->items[i].expected;

		args->items[args->count++] =
			mem_copy(spec + (leased && *spec == '+'));
		mem_free(spec);
	}
}

static void release(struct arguments *args)
{
	for (size_t i = args->borrowed; i < args->count; i++)
		mem_free((char *)args->items[i]);
	mem_free(args->items);
}

/* "!\trefs/heads/a:refs/heads/b\t[rejected] (fetch first)" and the like. */
static void take_line(char *line, struct buf *refused, bool *stale,
		      struct ref_changes *changes)
{
	char *to = line[0] && line[1] == '\t' ? strchr(line + 2, ':') : NULL;
	char *summary = to ? strchr(to, '\t') : NULL;
	const char *why;

	if (!summary)
		return;
	*summary++ = '\0';
	to++;
	if (line[0] != '!') {
		if (line[0] != '=')
			push_keep(changes, to, NULL, NULL);
		return;
	}
	why = strchr(summary, '(');
	if (why)
		summary[strlen(summary) - 1] = '\0';
	push_refuse(refused, to, why ? why + 1 : summary);
	*stale = *stale || strstr(summary, "stale info") ||
		 strstr(summary, "fetch first") ||
		 strstr(summary, "non-fast-forward");
}

static int read_answer(const struct remote *remote, struct program *program,
		       struct ref_changes *changes, struct error **err)
{
	struct buf refused;
	bool stale = false;
	char *rest = program->out.data;
	int status = 0;

	buf_init(&refused, REFUSALS_MAX);
	while (rest && *rest) {
		char *line = strsep(&rest, "\n");

		take_line(line, &refused, &stale, changes);
	}
	if (refused.length > 0)
		status = push_failed(remote->url, &refused, stale, err);
	else if (program->status != 0)
		status = error_set(err, ERROR_IO, "cannot push to '%s': %s",
				   remote->url, program_complaint(program));
	buf_release(&refused);
	return status;
}

/* The old and new commit of each, which git does not print. */
static void fill_oids(struct repo *repo, const struct push_plan *plan,
		      const struct refs *before, struct ref_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		struct ref_change *change = &changes->items[i];
		const struct ref *old = refs_find(before, change->name);
		git_oid oid = {{0}};

		for (size_t j = 0; j < plan->count; j++) {
			const struct push_item *item = &plan->items[j];

			if (strcmp(item->to, change->name) != 0 || !item->from)
				continue;
			if (git_reference_name_to_id(&oid, repo->handle,
						     item->from) != 0)
				git_oid_fromstr(&oid, item->from);
		}
		git_error_clear();
		library_hex(&oid, change->new);
		memset(change->old, '0', OID_HEX);
		if (old)
			memcpy(change->old, old->oid, OID_HEX);
	}
}

int push_local(struct repo *repo, const struct remote *remote,
	       const struct push_plan *plan, struct ref_changes *changes,
	       struct error **err)
{
	struct arguments args = {0};
	struct program program = {.cancelled = remote->cancelled};
	char *path = remote_local_path(remote->url);
	struct refs before;
	int status;

	if (refs_read(path, REFS_ALL, &before, NULL) != 0)
		memset(&before, 0, sizeof(before));
	fill(&args, repo, plan);
	program.argv = args.items;
	transfer_enter(remote->transfer, TRANSFER_SENDING);
	status = program_run(&program, err);
	transfer_enter(remote->transfer, TRANSFER_DONE);
	if (status == 0)
		status = read_answer(remote, &program, changes, err);
	if (status == 0)
		fill_oids(repo, plan, &before, changes);
	program_release(&program);
	refs_release(&before);
	release(&args);
	mem_free(path);
	return status;
}
