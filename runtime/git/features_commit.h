/* The text of a commit object, taken apart. */
#pragma once

#include <git2.h>
#include <stdbool.h>

#include "runtime/base/buf.h"

#define COMMIT_PARENTS_MAX 4096

struct commit_person {
	const char *name; /* borrowed from the object */
	size_t name_length;
	const char *email;
	size_t email_length;
	int64_t time; /* seconds since 1970 */
};

struct commit_text {
	git_oid tree;
	git_oid *parents; /* owned by the caller: COMMIT_PARENTS_MAX */
	size_t parent_count;
	struct commit_person author;
	struct commit_person committer;
	const char *message; /* borrowed; `message_length` bytes */
	size_t message_length;
};

/* Returns false when it has no tree. What else is missing is empty or 0. */
bool commit_text_read(struct commit_text *commit, const void *bytes,
		      size_t size);

/* The first paragraph as one line, as git shows it; cut at `max` bytes. */
void commit_subject(const struct commit_text *commit, struct buf *subject);
