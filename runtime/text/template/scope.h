/* Scopes: which variable a name means, decided when a template is compiled. */
#pragma once

#include "runtime/text/template/error.h"
#include "runtime/text/template/tree.h"

/*
 * A name in a scope. All of this follows jinja2.idtracking, so that a set
 * inside a loop stays there, one inside an if does not, and a macro sees what
 * is around its definition.
 */
struct symbol {
	struct value name;
	uint32_t slot, from; /* from: of the outer name it begins with */
	uint8_t up, action;  /* enum load_action */
	bool known, loaded, stored;
};

struct symbols {
	struct symbols *parent;
	struct unit *unit;
	struct symbol *items;
	uint32_t count, capacity;
};

/* What the passes share. */
struct scopes {
	struct arena scratch;
	uint64_t work, work_max; /* past it the template is too large */
};

struct symbols *symbols_new(struct scopes *scopes, struct symbols *parent,
			    struct unit *unit);

/* Find out what the names in a part of a tree are; in Jinja2's order. */
void symbols_visit(struct scopes *scopes, struct symbols *symbols,
		   const struct node *node);
void symbols_visit_list(struct scopes *scopes, struct symbols *symbols,
			const struct node *list);
/* A target: its names are stored, or `as_parameter` bound on entry. */
void symbols_visit_target(struct scopes *scopes, struct symbols *symbols,
			  const struct node *node, bool as_parameter);

/* A name that whoever enters the scope sets; returns its slot. */
uint32_t symbols_declare(struct scopes *scopes, struct symbols *symbols,
			 struct value name);

/* Where `name` lives, seen from `symbols`: false when nothing is known. */
bool symbols_find(struct scopes *scopes, const struct symbols *symbols,
		  struct value name, struct place *place);

/* What entering the scope does, in `arena`. */
struct scope symbols_scope(const struct symbols *symbols, struct arena *arena);

/* All names stored around here: what an include sees. */
struct names *symbols_stored(struct scopes *scopes,
			     const struct symbols *symbols,
			     struct arena *arena);

/* Where the compiler is: what Jinja2 calls a frame. */
struct place_in_tree {
	struct symbols *symbols;
	bool toplevel, rootlevel;
	bool soft;  /* inside an if: filters may turn out not to exist */
	bool check; /* text shows only if there is no parent template */
	bool loop;  /* break and continue are possible */
};

/* One compilation. */
struct compiler {
	struct scopes scopes;
	struct template *template;
	struct arena *arena;
	struct template_error *error;
	uint32_t line;     /* of the last statement that Jinja2 would note */
	bool known_parent; /* an extends that is always executed was met */
	uint32_t extends;  /* how many were met */
};

/* Compile template->body, which is parsed; 0 or -1 with the error set. */
int compile_template(struct template *template, struct template_error *error);

/* Parts of it: expressions, and statements with bodies of their own. */
int compile_expression(struct compiler *compiler, struct node *node,
		       const struct place_in_tree *in);
int compile_expressions(struct compiler *compiler, struct node *list,
			const struct place_in_tree *in);
int compile_target(struct compiler *compiler, struct node *node,
		   const struct place_in_tree *in);
int compile_body(struct compiler *compiler, struct node **list,
		 const struct place_in_tree *in);
int compile_for(struct compiler *compiler, struct node *node,
		const struct place_in_tree *in);
int compile_macro(struct compiler *compiler, struct node *node,
		  const struct place_in_tree *in);
int compile_fail(struct compiler *compiler, uint32_t line, const char *format,
		 ...) __attribute__((format(printf, 3, 4)));

/* A place within: a scope below, of `unit` (NULL: the same). */
struct place_in_tree compile_inner(struct compiler *compiler,
				   const struct place_in_tree *in,
				   struct unit *unit);

/* Is the free name `name` loaded in `list`? Blocks are not looked into. */
bool tree_uses(const struct node *list, const char *name);
