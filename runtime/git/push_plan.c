#include "runtime/git/push_plan.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/branch.h"

#define ITEMS_MAX 100000

static struct push_item *add_item(struct push_plan *plan)
{
	plan->items =
		mem_grow(plan->items, (plan->count + 1) * sizeof(*plan->items));
	memset(&plan->items[plan->count], 0, sizeof(*plan->items));
	return &plan->items[plan->count++];
}

/* What `text` is there: "x" is a branch, as the source was a tag or not. */
static char *full_target(const char *text, bool tag)
{
	if (strncmp(text, "refs/", 5) == 0)
		return mem_copy(text);
	return mem_printf("refs/%s/%s", tag ? "tags" : "heads", text);
}

/* The full ref or commit that is pushed; `*tag` is whether it is a tag. */
static char *full_source(struct repo *repo, const char *text, bool *tag,
			 struct error **err)
{
	git_reference *ref = NULL;
	git_reference *resolved = NULL;
	char oid[OID_HEX + 1];
	char *name = NULL;

	*tag = false;
	if (git_reference_dwim(&ref, repo->handle, text) == 0 &&
	    git_reference_resolve(&resolved, ref) == 0) {
		name = mem_copy(git_reference_name(resolved));
		*tag = git_reference_is_tag(resolved) == 1;
	} else {
		git_error_clear();
		if (repo_resolve(repo, text, oid, err) == 0)
			name = mem_copy(oid);
	}
	git_reference_free(ref);
	git_reference_free(resolved);
	return name;
}

static int add_spec(struct repo *repo, const char *spec, bool force,
		    struct push_plan *plan, struct error **err)
{
	const char *start = spec + (*spec == '+');
	size_t length = strcspn(start, ":");
	const char *to = start[length] ? start + length + 1 : NULL;
	char *from = mem_copy_n(start, length);
	struct push_item *item = add_item(plan);
	bool tag = false;
	int status = 0;

	item->force = force || *spec == '+';
	if (*from) {
		item->from = full_source(repo, from, &tag, err);
		status = item->from ? 0 : -1;
	}
	if (status == 0 && to && *to)
		item->to = full_target(to, tag);
	else if (status == 0 && item->from &&
		 strncmp(item->from, "refs/", 5) == 0)
		item->to = mem_copy(item->from);
	else if (status == 0)
		status = error_set(err, ERROR_INVALID,
				   "'%s' does not say what to push to: "
				   "\"HEAD:refs/heads/NAME\"",
				   spec);
	mem_free(from);
	return status;
}

static int add_current(struct repo *repo, struct push_plan *plan, bool force,
		       struct error **err)
{
	char *name = NULL;
	int status = repo_branch(repo, &name, err);

	if (status == 0 && !name)
		status = error_set(err, ERROR_INVALID,
				   "HEAD is on no branch: say what to push");
	if (status == 0) {
		char *spec = mem_printf("refs/heads/%s", name);

		status = add_spec(repo, spec, force, plan, err);
		mem_free(spec);
	}
	mem_free(name);
	return status;
}

static int add_tags(struct repo *repo, struct push_plan *plan,
		    struct error **err)
{
	struct refs refs;

	if (refs_read(repo_dir(repo), REFS_TIPS, &refs, err) != 0)
		return -1;
	for (size_t i = 0; i < refs.count; i++) {
		struct push_item *item;

		if (strncmp(refs.items[i].name, "refs/tags/", 10) != 0 ||
		    plan->count == ITEMS_MAX)
			continue;
		item = add_item(plan);
		item->from = mem_copy(refs.items[i].name);
		item->to = mem_copy(refs.items[i].name);
	}
	refs_release(&refs);
	return 0;
}

static int add_removed(struct repo *repo, const char *name,
		       struct push_plan *plan)
{
	struct push_item *item = add_item(plan);
	char *ref = mem_printf("refs/tags/%s", name);
	git_reference *tag = NULL;
	bool is_tag = git_reference_lookup(&tag, repo->handle, ref) == 0;

	item->to = full_target(name, is_tag);
	git_reference_free(tag);
	git_error_clear();
	mem_free(ref);
	return 0;
}

/* What the remote-tracking branch of `item` says is there. */
static void expect(struct repo *repo, const char *remote,
		   struct push_item *item)
{
	char *name;
	git_oid oid = {{0}};

	if (strncmp(item->to, "refs/heads/", 11) != 0)
		return;
	name = mem_printf("refs/remotes/%s/%s", remote, item->to + 11);
	git_reference_name_to_id(&oid, repo->handle, name);
	git_error_clear();
	library_hex(&oid, item->expected);
	mem_free(name);
}

int push_plan_make(struct repo *repo, const struct push_options *options,
		   struct push_plan *plan, struct error **err)
{
	const char *remote = options->name ? options->name : "origin";
	bool force = options->force || options->lease;
	int status = 0;

	memset(plan, 0, sizeof(*plan));
	plan->lease = options->lease;
	plan->remote = remote;
	for (size_t i = 0; i < options->specs.count && status == 0; i++)
		status = add_spec(repo, options->specs.items[i], force, plan,
				  err);
	for (size_t i = 0; i < options->remove.count && status == 0; i++)
		status = add_removed(repo, options->remove.items[i], plan);
	if (status == 0 && options->tags)
		status = add_tags(repo, plan, err);
	if (status == 0 && plan->count == 0 && !options->tags)
		status = add_current(repo, plan, force, err);
	for (size_t i = 0; i < plan->count && status == 0 && plan->lease; i++)
		expect(repo, remote, &plan->items[i]);
	if (status != 0)
		push_plan_release(plan);
	return status;
}

void push_plan_release(struct push_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		mem_free(plan->items[i].from);
		mem_free(plan->items[i].to);
	}
	mem_free(plan->items);
	memset(plan, 0, sizeof(*plan));
}

char *push_plan_spec(const struct push_item *item)
{
	return mem_printf("%s%s:%s", item->force && item->from ? "+" : "",
			  item->from ? item->from : "", item->to);
}
