/* Cloning: a new repository from another one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/path.h"
#include "runtime/git/network.h"
#include "runtime/git/remote_link.h"
#include "runtime/git/remote_program.h"
#include "runtime/git/submodule.h"

/* NOLINTNEXTLINE(readability-function-size): libgit2's six parameters */
static int on_checkout(git_checkout_notify_t why, const char *path,
		       const git_diff_file *baseline,
		       const git_diff_file *target,
		       const git_diff_file *workdir, void *payload)
{
	const struct remote_link *link = payload;

	(void)why;
	(void)path;
	(void)baseline;
	(void)target;
	(void)workdir;
	return library_cancelled(link->cancelled) ? GIT_EUSER : 0;
}

static void on_files(const char *path, size_t done, size_t all, void *payload)
{
	const struct remote_link *link = payload;

	(void)path;
	if (!link->transfer)
		return;
	transfer_enter(link->transfer, TRANSFER_CHECKOUT);
	atomic_store(&link->transfer->files, done);
	atomic_store(&link->transfer->all_files, all);
}

static int on_mirror(git_remote **out, git_repository *handle, const char *name,
		     const char *url, void *payload)
{
	git_config *config = NULL;
	int status = git_remote_create_with_fetchspec(out, handle, name, url,
						      "+refs/*:refs/*");

	(void)payload;
	if (status == 0)
		status = git_repository_config(&config, handle);
	if (status == 0)
		status = git_config_set_bool(config, "remote.origin.mirror", 1);
	git_config_free(config);
	return status;
}

static int clone_with_library(const struct remote *remote, const char *url,
			      const char *dir,
			      const struct clone_options *options,
			      struct error **err)
{
	struct remote_link link;
	git_clone_options clone;
	git_repository *made = NULL;
	int status;

	remote_link_init(&link, remote, url);
	git_clone_options_init(&clone, GIT_CLONE_OPTIONS_VERSION);
	remote_link_prepare(&link, &clone.fetch_opts);
	clone.bare = options->bare || options->mirror;
	clone.checkout_branch = options->branch;
	clone.remote_cb = options->mirror ? on_mirror : NULL;
	clone.checkout_opts.checkout_strategy = GIT_CHECKOUT_SAFE;
	clone.checkout_opts.notify_flags = GIT_CHECKOUT_NOTIFY_UPDATED;
	clone.checkout_opts.notify_cb = on_checkout;
	clone.checkout_opts.notify_payload = &link;
	clone.checkout_opts.progress_cb = on_files;
	clone.checkout_opts.progress_payload = &link;
	network_begin(remote->cancelled);
	status = git_clone(&made, url, dir, &clone);
	network_end();
	git_repository_free(made);
	if (status < 0)
		remote_link_error(&link, status, err);
	remote_link_release(&link);
	return status < 0 ? -1 : 0;
}

/* A local path as a URL, because with a path git ignores the depth; owned. */
static char *url_for_program(const char *path, const char *url)
{
	char *absolute;
	char *result;

	if (!path)
		return mem_copy(url);
	absolute = path_absolute(path);
	result = mem_printf("file://%s", absolute);
	mem_free(absolute);
	return result;
}

static int clone_with_program(const struct remote *remote, const char *path,
			      const char *dir,
			      const struct clone_options *options,
			      struct error **err)
{
	char *url = url_for_program(path, remote->url);
	const char *args[REMOTE_ARGS_MAX] = {"clone", "-q"};
	char depth[32];
	size_t count = 2;
	int status;

	if (options->depth > 0) {
		snprintf(depth, sizeof(depth), "--depth=%zu", options->depth);
		args[count++] = depth;
		if (!options->single_branch)
			args[count++] = "--no-single-branch";
	}
	if (options->single_branch)
		args[count++] = "--single-branch";
	if (options->mirror)
		args[count++] = "--mirror";
	else if (options->bare)
		args[count++] = "--bare";
	if (options->branch) {
		args[count++] = "--branch";
		args[count++] = options->branch;
	}
	args[count++] = "--";
	args[count++] = url;
	args[count] = dir;
	status = remote_program_checked(remote, "read from", args, err);
	mem_free(url);
	return status;
}

static int clone_submodules(const struct remote *remote, const char *dir,
			    struct error **err)
{
	struct submodule_options options = {.recursive = true};
	struct repo *repo = repo_open(dir, remote->cancelled, err);
	int status = -1;

	if (repo)
		status = repo_submodules_update(repo, remote, &options, err);
	repo_close(repo);
	return status;
}

/* Did `dir` exist before? Then only what is in it is removed. */
static void remove_half(const char *dir, bool existed)
{
	file_remove(dir, NULL);
	if (existed)
		mkdir(dir, 0777);
}

int remote_clone(const struct remote *remote, const char *dir,
		 const struct clone_options *options, struct error **err)
{
	char *path = remote_local_path(remote->url);
	bool existed = access(dir, F_OK) == 0;
	bool own = !existed || rmdir(dir) == 0;
	int status;

	if (!own) {
		mem_free(path);
		return error_set(err, ERROR_BUSY,
				 "cannot clone into '%s': it is not empty",
				 dir);
	}
	status = path ? library_start(err) : library_start_tls(err);
	if (status == 0 && (options->depth > 0 || options->single_branch))
		status = clone_with_program(remote, path, dir, options, err);
	else if (status == 0)
		status = clone_with_library(remote, path ? path : remote->url,
					    dir, options, err);
	if (status == 0 && options->recursive && !options->bare &&
	    !options->mirror)
		status = clone_submodules(remote, dir, err);
	if (status != 0)
		remove_half(dir, existed);
	mem_free(path);
	return status;
}
