/* Recipes: what has schedules and other triggers besides pushes. */
#pragma once

#include "runtime/base/sha256.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/sources.h"

struct recipes;

struct recipe {
	int64_t id, repo;          /* repo 0: a file of the configuration */
	char *path;                /* absolute, or in the repository */
	char hash[SHA256_HEX + 1]; /* of what was read last; "": nothing yet */
	struct spec *spec;         /* the last good one, or NULL */
	bool broken;               /* what was read last has no spec */
	bool listed;               /* repo 0: the configuration names it */
	unsigned scheduled;        /* triggers on the clock */
	bool watched;              /* has file triggers */
	int64_t changed;           /* ns: mtime of what was read last */
	struct recipe_read *reading; /* private */
	struct recipe *next;
};

struct recipes *recipes_open(struct engine *engine);
void recipes_close(struct recipes *recipes);
void recipes_free(struct recipes *recipes);

/* The configuration is new: find its files, read what has changed. */
void recipes_reload(struct recipes *recipes);

/* Read the recipe of a repository at the tip of its default branch. */
void recipes_look_at(struct recipes *recipes, struct source *source);

/* The same when its text is at hand, because somebody pushed it. */
void recipes_offer(struct recipes *recipes, const struct source *source,
		   const char *text, size_t length);

struct recipe *recipe_get(const struct recipes *recipes, int64_t id);
struct recipe *recipes_first(const struct recipes *recipes);

/*
 * The id of a recipe's row, made when there is none. `name` NULL: it is not
 * known (the recipe is broken). -1: an error.
 */
int64_t recipe_row(struct engine *engine, int64_t repo, const char *path,
		   const char *name, struct error **err);
