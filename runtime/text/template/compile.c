/* The compiler: after parsing, names become slots and filters functions. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/template/scope.h"

int compile_fail(struct compiler *compiler, uint32_t line, const char *format,
		 ...)
{
	va_list args;
	char *message;

	if (compiler->error->message)
		return -1;
	va_start(args, format);
	message = mem_vprintf(format, args);
	va_end(args);
	compiler->error->line = line;
	template_error_set(compiler->error, RENDER_SYNTAX, "%s", message);
	mem_free(message);
	return -1;
}

struct place_in_tree compile_inner(struct compiler *compiler,
				   const struct place_in_tree *in,
				   struct unit *unit)
{
	struct unit *outer = in->symbols->unit;

	if (unit)
		outer->captured = true;
	return (struct place_in_tree){
		.symbols = symbols_new(&compiler->scopes, in->symbols,
				       unit ? unit : outer),
		.check = in->check,
		.loop = in->loop};
}

static int compile_output(struct compiler *compiler, struct node *node,
			  const struct place_in_tree *in)
{
	if (in->check && compiler->known_parent) {
		node->kids[0] = NULL; /* a child's text is never shown */
		return 0;
	}
	if (in->check)
		node->flags |= NODE_OPTIONAL;
	for (struct node *part = node->kids[0]; part; part = part->next) {
		if (part->kind == NODE_TEXT)
			continue;
		compiler->line = part->line;
		if (compile_expression(compiler, part, in) != 0)
			return -1;
	}
	return 0;
}

static int compile_if(struct compiler *compiler, struct node *node,
		      const struct place_in_tree *in)
{
	struct place_in_tree soft = *in;

	soft.rootlevel = false;
	soft.soft = true;
	compiler->line = node->line;
	if (compile_expression(compiler, node->kids[0], &soft) != 0 ||
	    compile_body(compiler, &node->kids[1], &soft) != 0)
		return -1;
	for (struct node *branch = node->kids[2]; branch;
	     branch = branch->next) {
		compiler->line = branch->line;
		if (compile_expression(compiler, branch->kids[0], &soft) != 0 ||
		    compile_body(compiler, &branch->kids[1], &soft) != 0)
			return -1;
	}
	return compile_body(compiler, &node->kids[3], &soft);
}

static int compile_set(struct compiler *compiler, struct node *node,
		       const struct place_in_tree *in)
{
	compiler->line = node->line;
	if (in->toplevel)
		node->flags |= NODE_EXPORTED;
	if (compile_target(compiler, node->kids[0], in) != 0)
		return -1;
	return compile_expression(compiler, node->kids[1], in);
}

/* The scope of a body, and what is in it. */
static int compile_scope(struct compiler *compiler, struct node *node, int kid,
			 struct place_in_tree *inner)
{
	node->plan.scope = arena_alloc(compiler->arena, sizeof(struct scope));
	*node->plan.scope = symbols_scope(inner->symbols, compiler->arena);
	return compile_body(compiler, &node->kids[kid], inner);
}

static int compile_set_block(struct compiler *compiler, struct node *node,
			     const struct place_in_tree *in)
{
	struct place_in_tree inner = compile_inner(compiler, in, NULL);

	inner.check = false;
	if (in->toplevel)
		node->flags |= NODE_EXPORTED;
	symbols_visit_list(&compiler->scopes, inner.symbols, node->kids[2]);
	symbols_visit_list(&compiler->scopes, inner.symbols, node->kids[1]);
	if (compile_scope(compiler, node, 2, &inner) != 0)
		return -1;
	compiler->line = node->line;
	if (compile_target(compiler, node->kids[0], in) != 0)
		return -1;
	return compile_expressions(compiler, node->kids[1], &inner);
}

static int compile_filter_block(struct compiler *compiler, struct node *node,
				const struct place_in_tree *in)
{
	struct place_in_tree inner = compile_inner(compiler, in, NULL);

	symbols_visit_list(&compiler->scopes, inner.symbols, node->kids[1]);
	symbols_visit(&compiler->scopes, inner.symbols, node->kids[0]);
	if (compile_scope(compiler, node, 1, &inner) != 0)
		return -1;
	compiler->line = node->line;
	return compile_expression(compiler, node->kids[0], &inner);
}

/* Jinja2 notes no line for `with`: an error is where the one before it was. */
static int compile_with(struct compiler *compiler, struct node *node,
			const struct place_in_tree *in)
{
	struct place_in_tree inner = compile_inner(compiler, in, NULL);

	node->line = compiler->line;
	for (struct node *target = node->kids[0]; target; target = target->next)
		symbols_visit_target(&compiler->scopes, inner.symbols, target,
				     true);
	symbols_visit_list(&compiler->scopes, inner.symbols, node->kids[2]);
	for (struct node *target = node->kids[0]; target; target = target->next)
		if (compile_target(compiler, target, &inner) != 0)
			return -1;
	if (compile_expressions(compiler, node->kids[1], in) != 0)
		return -1;
	return compile_scope(compiler, node, 2, &inner);
}

static int compile_autoescape(struct compiler *compiler, struct node *node,
			      const struct place_in_tree *in)
{
	struct place_in_tree inner = compile_inner(compiler, in, NULL);

	node->line = compiler->line;
	symbols_visit_list(&compiler->scopes, inner.symbols, node->kids[0]);
	symbols_visit_list(&compiler->scopes, inner.symbols, node->kids[1]);
	if (compile_expression(compiler, node->kids[0], &inner) != 0)
		return -1;
	return compile_scope(compiler, node, 1, &inner);
}

static int compile_extends(struct compiler *compiler, struct node *node,
			   const struct place_in_tree *in)
{
	if (!in->toplevel)
		return compile_fail(compiler, node->line,
				    "cannot use extend from a non top-level"
				    " scope");
	node->slot = compiler->line; /* where a second one is an error */
	if (compiler->extends > 0)
		node->flags |= NODE_OPTIONAL;
	if (compiler->known_parent) {
		node->flags |= NODE_REQUIRED; /* it fails in any case */
		node->next = NULL;
		return 0;
	}
	compiler->line = node->line;
	if (compile_expression(compiler, node->kids[0], in) != 0)
		return -1;
	compiler->known_parent = in->rootlevel;
	compiler->extends++;
	return 0;
}

static int compile_block_tag(struct compiler *compiler, struct node *node,
			     const struct place_in_tree *in)
{
	if (in->toplevel && compiler->known_parent) {
		node->flags |= NODE_REQUIRED; /* the parent's place counts */
		node->kind = NODE_OUTPUT;
		node->kids[0] = NULL;
		return 0;
	}
	if (in->toplevel && compiler->extends > 0)
		node->flags |= NODE_OPTIONAL;
	compiler->line = node->line;
	if (node->flags & NODE_SCOPED)
		node->plan.block->seen = symbols_stored(
			&compiler->scopes, in->symbols, compiler->arena);
	return 0;
}

static int compile_include(struct compiler *compiler, struct node *node,
			   const struct place_in_tree *in)
{
	compiler->line = node->line;
	if (compile_expression(compiler, node->kids[0], in) != 0)
		return -1;
	if (node->flags & NODE_CONTEXT)
		node->plan.names = symbols_stored(&compiler->scopes,
						  in->symbols, compiler->arena);
	if (in->toplevel && node->kind != NODE_INCLUDE)
		node->flags |= NODE_EXPORTED;
	if (node->kind == NODE_IMPORT)
		return compile_target(compiler, node->kids[1], in);
	if (node->kind == NODE_FROM)
		for (struct node *name = node->kids[1]; name; name = name->next)
			if (compile_target(compiler, name->kids[0], in) != 0)
				return -1;
	return 0;
}

static int compile_loop_control(struct compiler *compiler, struct node *node,
				const struct place_in_tree *in)
{
	if (in->loop)
		return 0;
	return compile_fail(compiler, node->line, "'%s' outside loop",
			    node->kind == NODE_BREAK ? "break" : "continue");
}

static int compile_statement(struct compiler *compiler, struct node *node,
			     const struct place_in_tree *in)
{
	switch (node->kind) {
	case NODE_OUTPUT:
		return compile_output(compiler, node, in);
	case NODE_FOR:
		return compile_for(compiler, node, in);
	case NODE_IF:
		return compile_if(compiler, node, in);
	case NODE_MACRO:
	case NODE_CALL_BLOCK:
		return compile_macro(compiler, node, in);
	case NODE_FILTER_BLOCK:
		return compile_filter_block(compiler, node, in);
	case NODE_WITH:
		return compile_with(compiler, node, in);
	case NODE_SET:
		return compile_set(compiler, node, in);
	case NODE_SET_BLOCK:
		return compile_set_block(compiler, node, in);
	case NODE_BLOCK:
		return compile_block_tag(compiler, node, in);
	case NODE_EXTENDS:
		return compile_extends(compiler, node, in);
	case NODE_AUTOESCAPE:
		return compile_autoescape(compiler, node, in);
	case NODE_DO:
		compiler->line = node->line;
		return compile_expression(compiler, node->kids[0], in);
	case NODE_BREAK:
	case NODE_CONTINUE:
		return compile_loop_control(compiler, node, in);
	default:
		return compile_include(compiler, node, in);
	}
}

int compile_body(struct compiler *compiler, struct node **list,
		 const struct place_in_tree *in)
{
	for (struct node *node = *list; node; node = node->next) {
		if (compile_statement(compiler, node, in) != 0)
			return -1;
		if (compiler->scopes.work > compiler->scopes.work_max)
			return compile_fail(compiler, node->line,
					    "the template has too many names");
	}
	return 0;
}
