#include "runtime/git/push.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/branch.h"
#include "runtime/git/network.h"
#include "runtime/git/push_local.h"
#include "runtime/git/remote_find.h"

#define REFUSALS_MAX ((size_t)16 * 1024)

/* A push while it runs: the callbacks' payload is its link. */
struct pushing {
	struct remote_link link; /* first: it is the payload */
	const struct push_plan *plan;
	struct ref_changes *changes;
	struct buf refused; /* "refs/heads/x: why; …" */
	bool stale;         /* the remote has something else by now */
};

static const struct push_item *item_of(const struct push_plan *plan,
				       const char *to)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->items[i].to, to) == 0)
			return &plan->items[i];
	return NULL;
}

void push_refuse(struct buf *refused, const char *ref, const char *why)
{
	buf_printf(refused, "%s%s: %s", refused->length ? "; " : "", ref, why);
}

void push_keep(struct ref_changes *changes, const char *name, const char *old,
	       const char *new)
{
	struct ref_change *change;

	if (changes->count == REF_CHANGES_MAX)
		return;
	changes->items = mem_grow(changes->items,
				  (changes->count + 1) * sizeof(*change));
	change = &changes->items[changes->count++];
	memset(change, 0, sizeof(*change));
	change->name = mem_copy(name);
	if (old)
		memcpy(change->old, old, sizeof(change->old));
	if (new)
		memcpy(change->new, new, sizeof(change->new));
}

/* What is there and what is to be: a lease is broken here, or kept. */
static int on_negotiation(const git_push_update **updates, size_t count,
			  void *payload)
{
	struct pushing *pushing = payload;

	for (size_t i = 0; i < count; i++) {
		const struct push_item *item =
			item_of(pushing->plan, updates[i]->dst_refname);
		char there[OID_HEX + 1];
		char new[OID_HEX + 1];

		library_hex(&updates[i]->src, there);
		library_hex(&updates[i]->dst, new);
		push_keep(pushing->changes, updates[i]->dst_refname, there,
			  new);
		if (!item || !pushing->plan->lease || !*item->expected ||
		    strcmp(item->expected, there) == 0)
			continue;
		push_refuse(&pushing->refused, item->to,
			    "it has changed since the last fetch");
		pushing->stale = true;
	}
	if (library_cancelled(pushing->link.cancelled))
		return GIT_EUSER;
	return pushing->stale ? GIT_ECONFLICT : 0;
}

static int on_status(const char *ref, const char *why, void *payload)
{
	struct pushing *pushing = payload;

	if (!why)
		return 0;
	push_refuse(&pushing->refused, ref, why);
	if (strstr(why, "non-fast-forward") || strstr(why, "fetch first"))
		pushing->stale = true;
	return 0;
}

static int on_progress(unsigned sent, unsigned total, size_t bytes,
		       void *payload)
{
	struct pushing *pushing = payload;
	struct transfer *transfer = pushing->link.transfer;

	if (transfer) {
		transfer_enter(transfer, TRANSFER_SENDING);
		atomic_store(&transfer->objects, sent);
		atomic_store(&transfer->total, total);
		atomic_store(&transfer->bytes, bytes);
	}
	return library_cancelled(pushing->link.cancelled) ? GIT_EUSER : 0;
}

/* libgit2 does not say which ref would lose commits. */
static void refuse_all(struct pushing *pushing)
{
	pushing->stale = true;
	for (size_t i = 0; i < pushing->plan->count; i++)
		if (!pushing->plan->items[i].force)
			push_refuse(&pushing->refused,
				    pushing->plan->items[i].to,
				    "not a fast-forward: it has commits that "
				    "are not here");
}

int push_failed(const char *url, const struct buf *refused, bool stale,
		struct error **err)
{
	char *shown = remote_display(url);

	error_set(err, stale ? ERROR_CONFLICT : ERROR_IO, "'%s' refused %s",
		  shown, refused->data);
	mem_free(shown);
	return -1;
}

/*
 * libgit2 pushes refs only: a commit without one gets one as long as it lasts.
 * Nobody else's refs begin like that, so removing them harms nobody.
 */
#define PASSING "refs/tidemill/push/"

static void name_commits(git_repository *handle, struct push_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct push_item *item = &plan->items[i];
		git_reference *made = NULL;
		git_oid oid;
		char *name;

		if (!item->from || strncmp(item->from, "refs/", 5) == 0 ||
		    git_oid_fromstr(&oid, item->from) != 0)
			continue;
		name = mem_printf(PASSING "%s", item->from);
		git_reference_create(&made, handle, name, &oid, 1, NULL);
		git_reference_free(made);
		mem_free(item->from);
		item->from = name;
	}
	git_error_clear();
}

static void forget_commits(git_repository *handle, const struct push_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->items[i].from &&
		    strncmp(plan->items[i].from, PASSING, strlen(PASSING)) == 0)
			git_reference_remove(handle, plan->items[i].from);
	git_error_clear();
}

static int send(struct pushing *pushing, git_remote *handle, struct error **err)
{
	git_strarray specs = {0};
	git_push_options options;
	int status;

	specs.strings = mem_array(pushing->plan->count + 1, sizeof(char *));
	for (size_t i = 0; i < pushing->plan->count; i++)
		specs.strings[specs.count++] =
			push_plan_spec(&pushing->plan->items[i]);
	git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);
	remote_link_callbacks(&pushing->link, &options.callbacks);
	options.callbacks.push_negotiation = on_negotiation;
	options.callbacks.push_update_reference = on_status;
	options.callbacks.push_transfer_progress = on_progress;
	options.callbacks.update_tips = NULL;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	network_begin(pushing->link.cancelled);
	status = git_remote_push(handle, &specs, &options);
	network_end();
	for (size_t i = 0; i < specs.count; i++)
		mem_free(specs.strings[i]);
	mem_free(specs.strings);
	if (status == GIT_ENONFASTFORWARD)
		refuse_all(pushing);
	if (pushing->refused.length > 0) {
		git_error_clear();
		return push_failed(pushing->link.url, &pushing->refused,
				   pushing->stale, err);
	}
	return status < 0 ? remote_link_failed(&pushing->link, "push to",
					       status, err)
			  : 0;
}

static int push_with_library(git_remote *handle, const struct remote *remote,
			     struct push_plan *plan,
			     struct ref_changes *changes, struct error **err)
{
	struct pushing pushing = {.plan = plan, .changes = changes};
	int status;

	if (library_start_tls(err) != 0)
		return -1;
	remote_link_init(&pushing.link, remote, remote->url);
	buf_init(&pushing.refused, REFUSALS_MAX);
	name_commits(git_remote_owner(handle), plan);
	status = send(&pushing, handle, err);
	forget_commits(git_remote_owner(handle), plan);
	buf_release(&pushing.refused);
	remote_link_release(&pushing.link);
	return status;
}

/* The pushed branches track what they were pushed to. */
static int track(struct repo *repo, const struct push_plan *plan,
		 struct error **err)
{
	int status = 0;

	for (size_t i = 0; i < plan->count && status == 0; i++) {
		const struct push_item *item = &plan->items[i];
		char *upstream;

		if (!item->from ||
		    strncmp(item->from, "refs/heads/", 11) != 0 ||
		    strncmp(item->to, "refs/heads/", 11) != 0)
			continue;
		upstream = mem_printf("%s/%s", plan->remote, item->to + 11);
		status =
			repo_branch_track(repo, item->from + 11, upstream, err);
		mem_free(upstream);
	}
	return status;
}

int remote_push(struct repo *repo, const struct remote *remote,
		const struct push_options *options, struct ref_changes *changes,
		struct error **err)
{
	struct remote named = *remote;
	struct push_plan plan;
	git_remote *handle = NULL;
	char *path = NULL;
	int status;

	memset(changes, 0, sizeof(*changes));
	if (remote_find(repo, options->name, &handle, err) != 0)
		return -1;
	named.url = git_remote_pushurl(handle);
	if (!named.url)
		named.url = git_remote_url(handle);
	status = push_plan_make(repo, options, &plan, err);
	if (status == 0 && plan.count > 0) {
		path = remote_local_path(named.url);
		status = path ? push_local(repo, &named, &plan, changes, err)
			      : push_with_library(handle, &named, &plan,
						  changes, err);
	}
	if (status == 0 && options->upstream)
		status = track(repo, &plan, err);
	push_plan_release(&plan);
	git_remote_free(handle);
	mem_free(path);
	if (status != 0)
		ref_changes_release(changes);
	return status;
}
