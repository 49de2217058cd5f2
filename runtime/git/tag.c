/* Tags: making them, and what they lead to. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/git/author.h"
#include "runtime/git/library.h"

static int make_tag(struct repo *repo, const struct tag_options *options,
		    const git_commit *commit, git_oid *made, struct error **err)
{
	const git_object *target = (const git_object *)commit;
	git_signature *who = NULL;
	int status;

	if (!options->message) {
		status = git_tag_create_lightweight(made, repo->handle,
						    options->name, target,
						    options->force);
	} else {
		if (committer_read(repo, NULL, &who, err) != 0)
			return -1;
		status = git_tag_create(made, repo->handle, options->name,
					target, who, options->message,
					options->force);
		git_signature_free(who);
	}
	return status < 0 ? library_error(err, status, "cannot make tag '%s'",
					  options->name)
			  : 0;
}

int repo_tag(struct repo *repo, const struct tag_options *options,
	     char oid[OID_HEX + 1], struct error **err)
{
	const char *target = options->target ? options->target : "HEAD";
	git_commit *commit = NULL;
	git_oid made;
	int status;

	if (library_commit(repo, target, &commit, err) != 0)
		return -1;
	status = make_tag(repo, options, commit, &made, err);
	git_commit_free(commit);
	if (status == 0)
		library_hex(&made, oid);
	return status;
}

int repo_tag_delete(struct repo *repo, const char *name, struct error **err)
{
	int status = git_tag_delete(repo->handle, name);

	if (status == GIT_ENOTFOUND || status == GIT_EINVALIDSPEC) {
		git_error_clear();
		return error_set(err, ERROR_NOT_FOUND, "no tag '%s' in '%s'",
				 name, repo->path);
	}
	return status < 0 ? library_error(err, status, "cannot delete tag '%s'",
					  name)
			  : 0;
}

static void take_tag(struct repo *repo, const struct ref *ref, struct tag *tag)
{
	git_object *object = NULL;
	git_object *commit = NULL;
	git_oid oid;

	tag->name = mem_copy(ref->name + 10);
	memcpy(tag->oid, ref->oid, sizeof(tag->oid));
	if (git_oid_fromstr(&oid, ref->oid) == 0 &&
	    git_object_lookup(&object, repo->handle, &oid, GIT_OBJECT_ANY) ==
		    0) {
		if (git_object_type(object) == GIT_OBJECT_TAG)
			tag->message =
				mem_copy(git_tag_message((git_tag *)object));
		if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0)
			library_hex(git_object_id(commit), tag->commit);
	}
	git_object_free(commit);
	git_object_free(object);
	git_error_clear(); /* a broken tag still has its name */
}

int repo_tags(struct repo *repo, struct tags *tags, struct error **err)
{
	struct refs refs;

	memset(tags, 0, sizeof(*tags));
	if (refs_read(repo_dir(repo), REFS_TIPS, &refs, err) != 0)
		return -1;
	tags->items = mem_array(refs.count + 1, sizeof(*tags->items));
	for (size_t i = 0; i < refs.count; i++) {
		if (strncmp(refs.items[i].name, "refs/tags/", 10) != 0)
			continue;
		if (library_cancelled(repo->cancelled))
			break;
		take_tag(repo, &refs.items[i], &tags->items[tags->count++]);
	}
	refs_release(&refs);
	return library_cancelled(repo->cancelled) ? library_stop(err) : 0;
}

void tags_release(struct tags *tags)
{
	for (size_t i = 0; i < tags->count; i++) {
		mem_free(tags->items[i].name);
		mem_free(tags->items[i].message);
	}
	mem_free(tags->items);
	memset(tags, 0, sizeof(*tags));
}
