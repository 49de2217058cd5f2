/* Files: events when something that a recipe names has changed. */
#pragma once

#include "runtime/engine/engine.h"

struct file_source;
struct recipe;

struct file_source *files_open(struct engine *engine);
void files_close(struct file_source *files);
void files_free(struct file_source *files);

/* A recipe has a new spec (or none). */
void files_update(struct file_source *files, struct recipe *recipe);
