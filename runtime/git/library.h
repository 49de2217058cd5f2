/* libgit2 itself: started on first use, its errors, its certificates. */
#pragma once

#include <git2.h>
#include <stdatomic.h>

#include "runtime/base/error.h"
#include "runtime/git/repo.h"

/* For the files of this room only; the others see repo.h. */
struct repo {
	git_repository *handle;
	const atomic_bool *cancelled; /* borrowed, or NULL */
	char *path;                   /* as it was asked for */
};

/*
 * Start libgit2 unless it runs; any thread may. It costs 0.1 ms: reading the
 * 140 certificate authorities of TLS (4 ms) waits for library_start_tls.
 */
int library_start(struct error **err);

/* Before anything that may speak TLS. */
int library_start_tls(struct error **err);

/*
 * Set `*err` from libgit2's last error on this thread, which the function that
 * returned `code` left behind, with a message in front of it. Returns -1.
 */
int library_error(struct error **err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

bool library_cancelled(const atomic_bool *cancelled);

/* "cancelled", as an error. */
int library_stop(struct error **err);

/* Look up the commit that `text` means; *commit is freed by the caller. */
int library_commit(struct repo *repo, const char *text, git_commit **commit,
		   struct error **err);

void library_hex(const git_oid *oid, char hex[OID_HEX + 1]);
