#include "runtime/git/remote.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/git/network.h"
#include "runtime/git/remote_link.h"

static char *decode(const char *text)
{
	char *out = mem_copy(text);
	char *to = out;

	for (const char *from = out; *from; from++) {
		char hex[3] = {from[0], from[1], 0};

		if (*from == '%' && isxdigit((unsigned char)from[1]) &&
		    isxdigit((unsigned char)from[2])) {
			hex[0] = from[1];
			hex[1] = from[2];
			*to++ = (char)strtol(hex, NULL, 16);
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return out;
}

char *remote_local_path(const char *url)
{
	size_t colon = strcspn(url, ":");

	if (strncmp(url, "file://", 7) == 0) {
		const char *path = url + 7;

		if (strncmp(path, "localhost/", 10) == 0)
			path += 9;
		return decode(path);
	}
	if (strstr(url, "://"))
		return NULL;
	/* As git: "host:path" is remote unless a slash comes first. */
	if (url[colon] && !memchr(url, '/', colon))
		return NULL;
	return mem_copy(url);
}

char *remote_display(const char *url)
{
	const char *start = strstr(url, "://");
	size_t length = start ? strcspn(start + 3, "/") : 0;
	const char *at = start ? memrchr(start + 3, '@', length) : NULL;
	const char *colon =
		at ? memchr(start + 3, ':', (size_t)(at - start - 3)) : NULL;

	if (!colon)
		return mem_copy(url);
	return mem_printf("%.*s%s", (int)(colon - url), url, at);
}

static int compare_refs(const void *a, const void *b)
{
	return strcmp(((const struct ref *)a)->name,
		      ((const struct ref *)b)->name);
}

static bool is_tip(const char *name)
{
	size_t length = strlen(name);

	if (length > 3 && strcmp(name + length - 3, "^{}") == 0)
		return false;
	return strncmp(name, "refs/heads/", 11) == 0 ||
	       strncmp(name, "refs/tags/", 10) == 0;
}

/* Copy what the remote announced; names go to one piece of memory. */
static void take_heads(struct refs *refs, const git_remote_head **heads,
		       size_t count)
{
	size_t size = 1;
	char *name;

	for (size_t i = 0; i < count; i++)
		size += strlen(heads[i]->name) + 1;
	name = refs->names = mem_alloc(size);
	refs->items = mem_array(count + 1, sizeof(*refs->items));
	for (size_t i = 0; i < count; i++) {
		struct ref *ref = &refs->items[refs->count];

		if (strcmp(heads[i]->name, "HEAD") == 0) {
			library_hex(&heads[i]->oid, refs->head_oid);
			refs->head = mem_copy(heads[i]->symref_target);
		}
		if (!is_tip(heads[i]->name))
			continue;
		memcpy(name, heads[i]->name, strlen(heads[i]->name) + 1);
		ref->name = name;
		library_hex(&heads[i]->oid, ref->oid);
		name += strlen(name) + 1;
		refs->count++;
	}
	if (refs->count > 0)
		qsort(refs->items, refs->count, sizeof(*refs->items),
		      compare_refs);
}

static int read_heads(struct remote_link *link, git_remote *remote,
		      struct refs *refs, struct error **err)
{
	const git_remote_head **heads = NULL;
	size_t count = 0;
	int status = remote_link_connect(link, remote);

	if (status == 0)
		status = git_remote_ls(&heads, &count, remote);
	if (status < 0)
		return remote_link_error(link, status, err);
	take_heads(refs, heads, count);
	return 0;
}

int remote_refs(const struct remote *remote, struct refs *refs,
		struct error **err)
{
	char *path = remote_local_path(remote->url);
	struct remote_link link;
	git_remote *handle = NULL;
	int status;

	memset(refs, 0, sizeof(*refs));
	if (path) {
		status = refs_read(path, REFS_TIPS, refs, err);
		mem_free(path);
		return status;
	}
	if (library_start_tls(err) != 0)
		return -1;
	remote_link_init(&link, remote, remote->url);
	status = git_remote_create_detached(&handle, remote->url);
	if (status < 0) {
		remote_link_error(&link, status, err);
	} else {
		network_begin(remote->cancelled);
		status = read_heads(&link, handle, refs, err);
		network_end();
	}
	git_remote_free(handle);
	remote_link_release(&link);
	return status < 0 ? -1 : 0;
}
