/* Loaders: where templates come from. */
#pragma once

#include "runtime/text/template/environment.h"

/*
 * Templates are files below directories, which are searched in order. A name
 * never leads out of them: ".." in it and links that leave are not followed.
 */
struct template_search {
	const char *const *dirs; /* borrowed, NULL at the end */
};

/* A loader that uses `search`, which must outlive it. */
struct template_loader loader_of(const struct template_search *search);
