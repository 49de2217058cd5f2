#include "runtime/git/remotes.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/remote_find.h"

#define NAMES_MAX ((size_t)4096)

static int no_remote(struct repo *repo, const char *name, struct error **err)
{
	git_strarray names = {0};
	struct buf known;

	git_error_clear();
	buf_init(&known, NAMES_MAX);
	buf_puts(&known, "");
	if (git_remote_list(&names, repo->handle) == 0)
		for (size_t i = 0; i < names.count; i++)
			buf_printf(&known, "%s'%s'", i ? ", " : "",
				   names.strings[i]);
	git_error_clear();
	error_set(err, ERROR_NOT_FOUND, "no remote '%s' in '%s' (it has %s)",
		  name, repo->path, known.length ? known.data : "none");
	git_strarray_dispose(&names);
	buf_release(&known);
	return -1;
}

const char *remote_base(const struct repo *repo)
{
	const char *workdir = repo_workdir(repo);

	return workdir ? workdir : repo_dir(repo);
}

/* A relative path counts from the repository, not from where we are. */
static void make_absolute(struct repo *repo, git_remote *handle)
{
	char *path = remote_local_path(git_remote_url(handle));

	if (path && !path_is_absolute(path)) {
		char *whole = path_join(remote_base(repo), path);

		git_remote_set_instance_url(handle, whole);
		mem_free(whole);
	}
	mem_free(path);
}

int remote_find(struct repo *repo, const char *name, git_remote **handle,
		struct error **err)
{
	int status;

	if (!name)
		name = "origin";
	if (strchr(name, ':') || *name == '/' || *name == '.')
		status =
			git_remote_create_anonymous(handle, repo->handle, name);
	else
		status = git_remote_lookup(handle, repo->handle, name);
	if (status == GIT_ENOTFOUND || status == GIT_EINVALIDSPEC)
		return no_remote(repo, name, err);
	if (status < 0)
		return library_error(err, status, "cannot read remote '%s'",
				     name);
	make_absolute(repo, *handle);
	return 0;
}

int repo_remotes(struct repo *repo, struct remotes *remotes, struct error **err)
{
	git_strarray names = {0};
	int status = git_remote_list(&names, repo->handle);

	memset(remotes, 0, sizeof(*remotes));
	if (status < 0)
		return library_error(err, status, "cannot list remotes of '%s'",
				     repo->path);
	remotes->items = mem_array(names.count + 1, sizeof(*remotes->items));
	for (size_t i = 0; i < names.count; i++) {
		struct remote_entry *entry = &remotes->items[remotes->count];
		git_remote *handle = NULL;

		if (git_remote_lookup(&handle, repo->handle,
				      names.strings[i]) != 0)
			continue;
		entry->name = mem_copy(names.strings[i]);
		entry->url = remote_display(git_remote_url(handle));
		git_remote_free(handle);
		remotes->count++;
	}
	git_error_clear();
	git_strarray_dispose(&names);
	return 0;
}

void remotes_release(struct remotes *remotes)
{
	for (size_t i = 0; i < remotes->count; i++) {
		mem_free(remotes->items[i].name);
		mem_free(remotes->items[i].url);
	}
	mem_free(remotes->items);
	memset(remotes, 0, sizeof(*remotes));
}

int repo_remote_add(struct repo *repo, const char *name, const char *url,
		    struct error **err)
{
	git_remote *made = NULL;
	int status = git_remote_create(&made, repo->handle, name, url);

	git_remote_free(made);
	return status < 0 ? library_error(err, status, "cannot add remote '%s'",
					  name)
			  : 0;
}

int repo_remote_remove(struct repo *repo, const char *name, struct error **err)
{
	int status = git_remote_delete(repo->handle, name);

	if (status == GIT_ENOTFOUND)
		return no_remote(repo, name, err);
	return status < 0 ? library_error(err, status,
					  "cannot remove remote '%s'", name)
			  : 0;
}

int repo_init(const char *dir, bool bare, const char *branch,
	      struct error **err)
{
	git_repository_init_options options;
	git_repository *made = NULL;
	int status;

	if (library_start(err) != 0)
		return -1;
	git_repository_init_options_init(&options,
					 GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_MKPATH |
			GIT_REPOSITORY_INIT_NO_REINIT |
			(bare ? GIT_REPOSITORY_INIT_BARE : 0);
	options.initial_head = branch;
	status = git_repository_init_ext(&made, dir, &options);
	git_repository_free(made);
	return status < 0 ? library_error(err, status,
					  "cannot make repository '%s'", dir)
			  : 0;
}
