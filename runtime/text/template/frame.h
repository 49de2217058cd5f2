/* A rendering from inside: frames, contexts, blocks. Private to this folder. */
#pragma once

#include "runtime/text/template/render.h"
#include "runtime/text/template/tree.h"

/* What an error says instead of what it would say of a secret. */
#define RENDER_WITHHELD                                                        \
	"an expression with a secret failed; what it says is withheld"

enum { STACK_VALUES = 1 << 16, STACK_BYTES = 3 << 20 };

/* A template in use: what the rendering keeps for it. */
struct loaded {
	const struct template *template;
	uint32_t *hints;     /* where attributes were found last */
	struct value module; /* of an import without context; or absent */
	struct loaded *next;
};

/* The blocks of one name: of the child first. */
struct block_list {
	struct value name;
	const struct block **stack;
	uint32_t count, capacity;
	struct block_list *next;
};

/* Names and their values; Jinja2's Context. */
struct context {
	struct loaded *loaded;       /* of the template that it was made for */
	struct value_dict *parent;   /* what the caller gave; may be NULL */
	struct value_dict *vars;     /* what the template set; NULL: nothing */
	struct value_dict *exported; /* names that importers see */
	struct block_list *blocks;
	bool *autoescape; /* shared with derived contexts */
};

/* The variables of one unit while it runs. */
struct frame {
	struct value *slots;
	struct frame *outer; /* of the unit around it */
	struct context *context;
	struct loaded *loaded;         /* whose nodes are executed */
	const struct template *parent; /* of a child's root, once extended */
};

struct render {
	struct arena arena;
	struct environment *environment;
	const struct template_options *options;
	const struct render_hooks *hooks;
	struct template_error *error;
	struct buf *out;
	const struct node *at; /* what is executed: its line is the error's */
	uint32_t line;         /* another line than that of `at`; or 0 */
	struct frame *frame;
	uint64_t steps; /* left */
	uint32_t depth;
	struct value *stack, *top; /* arguments */
	const char *stack_low;     /* where C's stack should end */
	struct loaded *loaded;
	void *slot;           /* what the library keeps, see call.h */
	const void *printing; /* the containers in print, see print.c */
	struct value *single; /* render_value: where the value goes */
	struct map *map;      /* see track.h; NULL: none is wanted */
};

enum exec { EXEC_FAIL = -1, EXEC_OK, EXEC_BREAK, EXEC_CONTINUE };

/* Statements, see exec.c. */
enum exec exec_list(struct render *render, const struct node *list);
enum exec exec_for(struct render *render, const struct node *node);
enum exec exec_capture(struct render *render, const struct node *list,
		       struct value *out);
int exec_macro(struct render *render, const struct node *node);
int exec_call_block(struct render *render, const struct node *node);
int exec_block(struct render *render, const struct node *node);
int exec_extends(struct render *render, const struct node *node);
int exec_include(struct render *render, const struct node *node);
int exec_import(struct render *render, const struct node *node);

/* Set what names are on entry of a scope; `from` is 0 or scope->once. */
void scope_enter(struct render *render, const struct scope *scope,
		 uint32_t from);

/* Assign to a target: a name, tuple or namespace's attribute. */
int assign(struct render *render, const struct node *target,
	   struct value value);
/* Before the value is known: is the target's namespace one? */
int assign_check(struct render *render, const struct node *target);
/* After an assignment on the top level: importers and blocks see it. */
void export_target(struct render *render, const struct node *target);
void export_name(struct render *render, struct value name, struct value value,
		 bool exported);

/* Expressions, see eval.c. */
int eval(struct render *render, const struct node *node, struct value *out);
int eval_filter(struct render *render, const struct node *node,
		const struct value *subject, struct value *out);
int eval_test(struct render *render, const struct node *node,
	      struct value *out);
int eval_compare(struct render *render, const struct node *node,
		 struct value *out);
int eval_concat(struct render *render, const struct node *node,
		struct value *out);
int eval_attribute(struct render *render, const struct node *node,
		   struct value *out);
/* A call of `node` with one more keyword argument, `caller`. */
int eval_call_with(struct render *render, const struct node *node,
		   const struct value *caller, struct value *out);
int call_value(struct call *call, struct value callee, struct value *out);

/* The text since `start` of the output becomes a string, out of the output. */
int take_output(struct render *render, size_t start, bool safe,
		struct value *out);

/*
 * Run `unit` with the frame `frame`, whose slots are made here: false after
 * render_fail. unit_leave goes back, also after a failure inside.
 */
struct saved {
	struct frame *frame;
	const struct node *at;
	struct value *top;
};
bool unit_enter(struct render *render, const struct unit *unit,
		struct frame *frame, struct saved *saved);
void unit_leave(struct render *render, const struct saved *saved);

/* A note for the chain of an error: "included", "in macro 'x', called". */
void render_note(struct render *render, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Contexts and templates, see context.c. */
struct loaded *render_loaded(struct render *render,
			     const struct template *template);
struct context *context_new(struct render *render, struct loaded *loaded,
			    struct value_dict *parent);
struct value context_resolve(struct context *context, struct value name);
struct value_dict *context_all(struct render *render, struct context *context,
			       const struct names *locals);
struct context *context_derived(struct render *render, struct context *context,
				const struct names *locals);
void context_add_blocks(struct render *render, struct context *context,
			const struct template *template);
struct block_list *context_blocks(const struct context *context,
				  struct value name);

/* Run a template's root in `context`, its parents included. */
int run_root(struct render *render, struct context *context,
	     struct loaded *loaded);
int run_block(struct render *render, struct context *context,
	      const struct block_list *list, uint32_t depth);

/* Objects of templates, made in the files of the same names. */
struct value block_reference(struct render *render, struct context *context,
			     const struct block_list *list, uint32_t depth);
struct value template_reference(struct render *render, struct context *context);
struct value function_value(struct render *render,
			    const struct call_entry *entry);

/* The template that an expression names; NULL after a failure. */
const struct template *find_template(struct render *render, struct value name,
				     const char *how);

/* An imported template, whose text is never escaped again? */
bool is_module(struct value value);

/* Say in the error where the rendering is. */
void render_locate(struct render *render);

/* Undefined values, see undefined.c. */
struct value undefined_name(struct render *render, struct value name);
struct value undefined_item(struct render *render, struct value object,
			    struct value name);
/* Of an inline if: never strict. */
struct value undefined_plain(struct render *render, struct value hint);
struct value undefined_unsafe(struct render *render, struct value object,
			      struct value name);

/* Is a part of the undefined value undefined, too? Otherwise an error. */
bool undefined_chains(const struct render *render, struct value value);

static inline struct value *frame_slot(struct frame *frame, uint8_t up,
				       uint32_t slot)
{
	for (; up > 0; up--)
		frame = frame->outer;
	return &frame->slots[slot];
}

static inline bool count_step(struct render *render)
{
	return render->steps-- > 0;
}
