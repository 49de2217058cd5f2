/* Single commits onto HEAD: cherry-pick makes them again, revert undoes them.
 */
#include "runtime/base/mem.h"
#include "runtime/git/combine.h"
#include "runtime/git/merge.h"

struct picking {
	struct repo *repo;
	const struct pick_options *options;
	git_commit *head;
	git_commit *commit;
	bool revert;
};

static int check_mainline(const struct picking *picking, struct error **err)
{
	unsigned parents = git_commit_parentcount(picking->commit);
	const struct pick_options *options = picking->options;

	if (parents > 1 && options->mainline == 0)
		return error_set(err, ERROR_INVALID,
				 "'%s' is a merge: mainline says which of its "
				 "%u parents it is seen from",
				 options->rev, parents);
	if (options->mainline > parents ||
	    (parents <= 1 && options->mainline > 0))
		return error_set(err, ERROR_INVALID,
				 "'%s' has %u parent%s: no mainline %zu",
				 options->rev, parents, parents == 1 ? "" : "s",
				 options->mainline);
	return 0;
}

static char *message_of(const struct picking *picking)
{
	const char *summary = git_commit_summary(picking->commit);
	char hex[OID_HEX + 1];

	if (picking->options->message)
		return mem_copy(picking->options->message);
	if (!picking->revert)
		return mem_copy(git_commit_message(picking->commit));
	library_hex(git_commit_id(picking->commit), hex);
	return mem_printf("Revert \"%s\"\n\nThis reverts commit %s.\n",
			  summary ? summary : "", hex);
}

static int apply(const struct picking *picking, git_index **index)
{
	git_repository *handle = picking->repo->handle;
	unsigned mainline = (unsigned)picking->options->mainline;

	if (picking->revert)
		return git_revert_commit(index, handle, picking->commit,
					 picking->head, mainline, NULL);
	return git_cherrypick_commit(index, handle, picking->commit,
				     picking->head, mainline, NULL);
}

static int pick(const struct picking *picking, char oid[OID_HEX + 1],
		struct error **err)
{
	struct combine combine = {.parents = {picking->head},
				  .parent_count = 1,
				  .keep = picking->options->keep};
	char *what = mem_printf(
		"%s '%s'", picking->revert ? "reverting" : "cherry-picking",
		picking->options->rev);
	char *message = message_of(picking);
	git_oid made;
	int status = apply(picking, &combine.index);

	combine.what = what;
	combine.message = message;
	if (!picking->revert)
		combine.author = git_commit_author(picking->commit);
	if (status < 0)
		library_error(err, status, "%s", what);
	else
		status = combine_finish(picking->repo, &combine, &made, err);
	if (status == 0)
		library_hex(&made, oid);
	git_index_free(combine.index);
	mem_free(what);
	mem_free(message);
	return status < 0 ? -1 : 0;
}

static int start(struct repo *repo, const struct pick_options *options,
		 bool revert, char oid[OID_HEX + 1], struct error **err)
{
	struct picking picking = {
		.repo = repo, .options = options, .revert = revert};
	int status = combine_idle(repo, err);

	if (status == 0)
		status = combine_head(repo, &picking.head, err);
	if (status == 0)
		status = library_commit(repo, options->rev, &picking.commit,
					err);
	if (status == 0)
		status = check_mainline(&picking, err);
	if (status == 0)
		status = pick(&picking, oid, err);
	git_commit_free(picking.head);
	git_commit_free(picking.commit);
	return status;
}

int repo_cherry_pick(struct repo *repo, const struct pick_options *options,
		     char oid[OID_HEX + 1], struct error **err)
{
	return start(repo, options, false, oid, err);
}

int repo_revert(struct repo *repo, const struct pick_options *options,
		char oid[OID_HEX + 1], struct error **err)
{
	return start(repo, options, true, oid, err);
}
