/* The server's configuration, read from JSON that stdlib/server_config.lua
 * has validated. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/error.h"
#include "runtime/engine/spec.h"

struct config_repo {
	char *name, *url, *recipe; /* recipe NULL: tidemill.lua */
	bool remote;
};

struct config {
	unsigned limit;         /* runs at the same time */
	struct strings recipes; /* globs of files */
	struct config_repo *repos;
	size_t repo_count;
	struct {
		bool off;
		int64_t days;       /* 0: any age */
		int64_t runs;       /* of each name; 0: all */
		int64_t workspaces; /* days; 0: as long as the run */
		int64_t log_bytes;  /* cap of a step's log; 0: the default */
	} retention;
	struct strings env; /* "NAME=value", for runners */
	char *secrets;      /* JSON, or NULL */
	mode_t socket_mode;
	int64_t poll_min, poll_max;
};

/* Freed with config_free. */
struct config *config_read(const char *json, struct error **err);
void config_free(struct config *config); /* NULL is fine */
