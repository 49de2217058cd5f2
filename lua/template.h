/* What the parts of the module `template` share. */
#pragma once

#include <lua.h>

#include "runtime/text/template/loader.h"
#include "runtime/text/template/render.h"

#define TEMPLATE "template.Template" /* metatable of compiled templates */

enum { TEMPLATE_DIRS = 64 };

/*
 * A compiled template with its environment. Its user value is the table of
 * options, where the functions of the caller's are.
 */
struct compiled {
	lua_State *L;       /* while a function of C runs */
	int functions;      /* where the table of options is on its stack */
	struct arena texts; /* the options' strings */
	struct template_options options;
	struct template_search search;
	const char *dirs[TEMPLATE_DIRS + 1];
	struct environment *environment;
	const struct template *template;
	struct render_hooks hooks;
	bool has_hooks;
};

/* Read the options at `index` (nil: none). */
void template_read_options(lua_State *L, int index, struct compiled *compiled);

/* Is there a filter or test of the caller's own? */
bool template_extra(void *context, bool filter, struct value name);
void template_hooks_init(struct compiled *compiled);

/* Make the class of maps known. */
void template_map_init(lua_State *L);

/* Do the options at `index` ask for a map, or name secrets? */
bool template_map_wanted(lua_State *L, int index);

/* Mark the options' secrets in `values`. */
void template_map_secrets(lua_State *L, int index, struct render *render,
			  struct value values);

/*
 * Push the map of the text at the stack's top; it takes `*render`, and keeps
 * the compiled template at `compiled` alive.
 */
void template_map_push(lua_State *L, struct render **render, int compiled);

/* Add the caller's own functions to the names that a template sees. */
void template_add_functions(struct compiled *compiled, struct arena *arena,
			    struct value_dict *values);
