/* Specs: what a recipe's triggers look like to the server. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"

enum trigger_kind {
	TRIGGER_PUSH,
	TRIGGER_TAG,
	TRIGGER_CRON,
	TRIGGER_INTERVAL,
	TRIGGER_FILE,
	TRIGGER_EMIT,
	TRIGGER_RUN,
};

enum missed { MISSED_ONCE, MISSED_SKIP, MISSED_ALL };
enum overlap { OVERLAP_SKIP, OVERLAP_QUEUE, OVERLAP_CANCEL };

struct strings {
	char **items; /* owned */
	size_t count; /* 0: no filter */
};

struct trigger {
	enum trigger_kind kind;
	bool when;    /* has a Lua predicate: ask a child */
	bool all;     /* run: all of `names`, not any */
	bool skip_ci; /* "[skip ci]" in the message skips it */
	enum missed missed;
	enum overlap overlap;
	struct strings branches, tags, paths, authors, message;
	struct strings names;  /* emit: of events; run: of recipes */
	struct strings states; /* run */
	int64_t quiet;         /* ms without another event; 0: at once */
	int64_t every, jitter;
	int64_t max_late; /* -1: any */
	char *dedupe;     /* template of a key, or NULL */
	char *expr, *tz;  /* cron; tz NULL: the machine's */
	char *params;     /* JSON, or NULL */
};

struct spec {
	char *name;
	int64_t priority, timeout; /* timeout 0: none */
	char *on_crash;
	char *group; /* template, or NULL: no concurrency group */
	int64_t group_limit;
	char *supersede; /* queued, running or NULL */
	struct trigger *triggers;
	size_t count;
	unsigned users; /* private: spec_keep and spec_drop */
};

/* Read the JSON of `tidemill check --spec`. Freed with spec_drop. */
struct spec *spec_read(const char *json, size_t length, struct error **err);

struct spec *spec_keep(struct spec *spec); /* one more user */
void spec_drop(struct spec *spec);         /* NULL is fine */

bool spec_has(const struct spec *spec, enum trigger_kind kind);

const char *trigger_kind_name(enum trigger_kind kind);

/* "push", "cron", … -> kind; -1: none of them. */
int trigger_kind_of(const char *name);
