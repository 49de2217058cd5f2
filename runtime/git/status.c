/* What differs between HEAD, the index and the working tree. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/library.h"

static char index_letter(unsigned flags)
{
	if (flags & GIT_STATUS_INDEX_NEW)
		return 'A';
	if (flags & GIT_STATUS_INDEX_MODIFIED)
		return 'M';
	if (flags & GIT_STATUS_INDEX_DELETED)
		return 'D';
	if (flags & GIT_STATUS_INDEX_RENAMED)
		return 'R';
	if (flags & GIT_STATUS_INDEX_TYPECHANGE)
		return 'T';
	return ' ';
}

static char worktree_letter(unsigned flags)
{
	if (flags & GIT_STATUS_CONFLICTED)
		return 'U';
	if (flags & GIT_STATUS_WT_NEW)
		return '?';
	if (flags & GIT_STATUS_WT_MODIFIED)
		return 'M';
	if (flags & GIT_STATUS_WT_DELETED)
		return 'D';
	if (flags & GIT_STATUS_WT_TYPECHANGE)
		return 'T';
	return ' ';
}

static void take(struct status_entry *entry, const git_status_entry *found)
{
	const git_diff_delta *delta = found->head_to_index
					      ? found->head_to_index
					      : found->index_to_workdir;

	entry->path = mem_copy(delta->new_file.path);
	entry->index = index_letter(found->status);
	entry->worktree = worktree_letter(found->status);
	if (entry->worktree == '?')
		entry->index = '?';
}

int repo_status(struct repo *repo, size_t max, struct status *status,
		struct error **err)
{
	git_status_options options;
	git_status_list *list = NULL;
	size_t count;
	int code;

	memset(status, 0, sizeof(*status));
	if (!repo_workdir(repo))
		return error_set(err, ERROR_INVALID,
				 "'%s' is bare: it has no working tree",
				 repo->path);
	git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
	options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED |
			GIT_STATUS_OPT_RENAMES_HEAD_TO_INDEX |
			GIT_STATUS_OPT_SORT_CASE_SENSITIVELY;
	code = git_status_list_new(&list, repo->handle, &options);
	if (code < 0)
		return library_error(err, code, "cannot get status of '%s'",
				     repo->path);
	count = git_status_list_entrycount(list);
	status->truncated = count > max;
	status->count = count > max ? max : count;
	status->items = mem_array(status->count + 1, sizeof(*status->items));
	for (size_t i = 0; i < status->count; i++)
		take(&status->items[i], git_status_byindex(list, i));
	git_status_list_free(list);
	return 0;
}

void status_release(struct status *status)
{
	for (size_t i = 0; i < status->count; i++)
		mem_free(status->items[i].path);
	mem_free(status->items);
	memset(status, 0, sizeof(*status));
}
