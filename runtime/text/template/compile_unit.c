/* The compiler: templates, blocks, macros and loops, which have own slots. */
#include <string.h>

#include "runtime/text/template/scope.h"

/* A parameter that is only there if somebody asks for it: its slot + 1. */
static uint32_t declare_used(struct compiler *compiler, struct symbols *symbols,
			     const struct node *body, const char *name)
{
	if (!tree_uses(body, name))
		return 0;
	return symbols_declare(&compiler->scopes, symbols,
			       value_borrow(name, strlen(name))) +
	       1;
}

static bool name_is(const struct node *node, const char *name)
{
	return node->value.length == strlen(name) &&
	       memcmp(node->value.bytes, name, node->value.length) == 0;
}

static struct node *find_parameter(struct node *list, const char *name)
{
	while (list && !name_is(list, name))
		list = list->next;
	return list;
}

static int declare_special(struct compiler *compiler, struct node *node,
			   struct symbols *symbols)
{
	struct unit *unit = node->plan.unit;
	struct node *body = node->kids[0];
	struct node *caller = find_parameter(node->kids[1], "caller");

	unit->explicit_caller = caller != NULL;
	if (!caller) {
		unit->caller_slot =
			declare_used(compiler, symbols, body, "caller");
	} else if (tree_uses(body, "caller") && !caller->kids[0]) {
		return compile_fail(
			compiler, node->line,
			"When defining macros or call blocks the special"
			" \"caller\" argument must be omitted or be given a"
			" default.");
	}
	if (!find_parameter(node->kids[1], "kwargs"))
		unit->kwargs_slot =
			declare_used(compiler, symbols, body, "kwargs");
	if (!find_parameter(node->kids[1], "varargs"))
		unit->varargs_slot =
			declare_used(compiler, symbols, body, "varargs");
	return 0;
}

/* The macro's name in the scope around it. */
static int compile_macro_name(struct compiler *compiler, struct node *node,
			      const struct place_in_tree *in)
{
	struct place place;

	if (symbols_find(&compiler->scopes, in->symbols, node->value, &place))
		node->slot = place.slot;
	if (in->toplevel)
		node->flags |= NODE_EXPORTED;
	return 0;
}

static int compile_call_block(struct compiler *compiler, struct node *node,
			      const struct place_in_tree *in)
{
	compiler->line = node->line;
	return compile_expression(compiler, node->kids[2], in);
}

int compile_macro(struct compiler *compiler, struct node *node,
		  const struct place_in_tree *in)
{
	struct unit *unit = arena_alloc(compiler->arena, sizeof(*unit));
	struct place_in_tree inner;

	*unit = (struct unit){0};
	node->plan.unit = unit;
	inner = compile_inner(compiler, in, unit);
	inner.check = false;
	inner.loop = false;
	for (struct node *parameter = node->kids[1]; parameter;
	     parameter = parameter->next) {
		parameter->slot = symbols_declare(
			&compiler->scopes, inner.symbols, parameter->value);
		unit->parameters++;
	}
	if (declare_special(compiler, node, inner.symbols) != 0)
		return -1;
	for (struct node *parameter = node->kids[1]; parameter;
	     parameter = parameter->next)
		symbols_visit_list(&compiler->scopes, inner.symbols,
				   parameter->kids[0]);
	symbols_visit_list(&compiler->scopes, inner.symbols, node->kids[0]);
	unit->scope = symbols_scope(inner.symbols, compiler->arena);
	compiler->line = node->line;
	for (struct node *parameter = node->kids[1]; parameter;
	     parameter = parameter->next)
		if (compile_expressions(compiler, parameter->kids[0], &inner) !=
		    0)
			return -1;
	if (compile_body(compiler, &node->kids[0], &inner) != 0)
		return -1;
	return node->kind == NODE_MACRO
		       ? compile_macro_name(compiler, node, in)
		       : compile_call_block(compiler, node, in);
}

static struct node *copy_target(struct arena *arena, const struct node *node)
{
	struct node *made = arena_alloc(arena, sizeof(*made));
	struct node **end = &made->kids[0];

	*made = *node;
	made->kids[0] = NULL;
	made->next = NULL;
	for (const struct node *item = node->kids[0]; item; item = item->next) {
		*end = copy_target(arena, item);
		end = &(*end)->next;
	}
	return made;
}

static bool has_scoped_block(const struct node *list)
{
	for (; list; list = list->next) {
		if (list->kind == NODE_BLOCK && (list->flags & NODE_SCOPED))
			return true;
		for (int i = 0; i < NODE_KIDS; i++)
			if (has_scoped_block(list->kids[i]))
				return true;
	}
	return false;
}

/* Is `loop` assigned to somewhere inside? */
static const struct node *find_loop_set(const struct node *list)
{
	for (; list; list = list->next) {
		if (list->kind == NODE_NAME && list->operator== NAME_STORED &&
					       name_is(list, "loop"))
			return list;
		for (int i = 0; i < NODE_KIDS; i++) {
			const struct node *found = find_loop_set(list->kids[i]);

			if (found)
				return found;
		}
	}
	return NULL;
}

/* The loop's `if` has a scope of its own, beside that of the body. */
static int compile_test(struct compiler *compiler, struct node *node,
			const struct place_in_tree *in, struct unit *unit)
{
	struct loop_plan *plan = node->plan.loop;
	struct place_in_tree inner;

	if (!node->kids[4])
		return 0;
	inner = compile_inner(compiler, in, unit);
	plan->test_target = copy_target(compiler->arena, node->kids[0]);
	symbols_visit_target(&compiler->scopes, inner.symbols,
			     plan->test_target, true);
	symbols_visit(&compiler->scopes, inner.symbols, node->kids[4]);
	plan->test = symbols_scope(inner.symbols, compiler->arena);
	compiler->line = node->kids[4]->line;
	if (compile_target(compiler, plan->test_target, &inner) != 0)
		return -1;
	return compile_expression(compiler, node->kids[4], &inner);
}

static int compile_else(struct compiler *compiler, struct node *node,
			const struct place_in_tree *in, struct unit *unit)
{
	struct place_in_tree inner;

	if (!node->kids[3])
		return 0;
	inner = compile_inner(compiler, in, unit);
	symbols_visit_list(&compiler->scopes, inner.symbols, node->kids[3]);
	node->plan.loop->otherwise =
		symbols_scope(inner.symbols, compiler->arena);
	return compile_body(compiler, &node->kids[3], &inner);
}

int compile_for(struct compiler *compiler, struct node *node,
		const struct place_in_tree *in)
{
	bool recursive = node->flags & NODE_RECURSIVE;
	struct loop_plan *plan = arena_alloc(compiler->arena, sizeof(*plan));
	const struct node *set = find_loop_set(node->kids[0]);
	struct place_in_tree inner;

	for (int i = 1; i < NODE_KIDS && !set; i++)
		set = find_loop_set(node->kids[i]);
	*plan = (struct loop_plan){0};
	node->plan.loop = plan;
	if (recursive) {
		plan->unit = arena_alloc(compiler->arena, sizeof(*plan->unit));
		*plan->unit = (struct unit){.captured = true};
	}
	inner = compile_inner(compiler, in, plan->unit);
	inner.loop = true;
	if (recursive || tree_uses(node->kids[2], "loop") ||
	    has_scoped_block(node->kids[2]) || has_scoped_block(node->kids[3]))
		plan->loop_slot =
			symbols_declare(&compiler->scopes, inner.symbols,
					value_borrow("loop", 4)) +
			1;
	symbols_visit_target(&compiler->scopes, inner.symbols, node->kids[0],
			     true);
	symbols_visit_list(&compiler->scopes, inner.symbols, node->kids[2]);
	plan->body = symbols_scope(inner.symbols, compiler->arena);
	if (compile_test(compiler, node, in, plan->unit) != 0)
		return -1;
	if (set)
		return compile_fail(compiler, set->line,
				    "Can't assign to special loop variable in"
				    " for-loop target");
	compiler->line = node->line;
	if (compile_target(compiler, node->kids[0], &inner) != 0 ||
	    compile_expression(compiler, node->kids[1], in) != 0 ||
	    compile_body(compiler, &node->kids[2], &inner) != 0 ||
	    compile_else(compiler, node, in, plan->unit) != 0)
		return -1;
	if (recursive)
		compiler->line = node->line;
	return 0;
}

/* Note all blocks of a tree, in the order of the text. */
static int collect_blocks(struct compiler *compiler, struct node *list)
{
	struct template *template = compiler->template;

	for (; list; list = list->next) {
		if (list->kind == NODE_BLOCK) {
			struct block **end = &template->blocks;
			struct block *block;

			for (; *end; end = &(*end)->next)
				if (value_same_key((*end)->name, list->value))
					return compile_fail(
						compiler, list->line,
						"block '%.*s' defined twice",
						(int)list->value.length,
						list->value.bytes);
			block = arena_alloc(compiler->arena, sizeof(*block));
			*block = (struct block){.name = list->value,
						.body = list->kids[0],
						.line = list->line,
						.template = template};
			*end = block;
			list->plan.block = block;
		}
		for (int i = 0; i < NODE_KIDS; i++)
			if (collect_blocks(compiler, list->kids[i]) != 0)
				return -1;
	}
	return 0;
}

static int compile_block(struct compiler *compiler, struct block *block)
{
	struct place_in_tree in = {
		.symbols = symbols_new(&compiler->scopes, NULL, &block->unit)};

	block->unit.self_slot =
		declare_used(compiler, in.symbols, block->body, "self");
	block->unit.super_slot =
		declare_used(compiler, in.symbols, block->body, "super");
	symbols_visit_list(&compiler->scopes, in.symbols, block->body);
	block->unit.scope = symbols_scope(in.symbols, compiler->arena);
	compiler->line = block->line;
	return compile_body(compiler, &block->body, &in);
}

static int compile_root(struct compiler *compiler)
{
	struct template *template = compiler->template;
	struct place_in_tree in = {
		.symbols =
			symbols_new(&compiler->scopes, NULL, &template->unit),
		.toplevel = true,
		.rootlevel = true,
		.check = template->extends};

	template->unit.captured = true;
	template->unit.self_slot =
		declare_used(compiler, in.symbols, template->body, "self");
	symbols_visit_list(&compiler->scopes, in.symbols, template->body);
	template->unit.scope = symbols_scope(in.symbols, compiler->arena);
	return compile_body(compiler, &template->body, &in);
}

int compile_template(struct template *template, struct template_error *error)
{
	struct compiler compiler = {.template = template,
				    .arena = &template->arena,
				    .error = error,
				    .line = 1};
	int result = -1;

	arena_init(&compiler.scopes.scratch, 256u << 20);
	compiler.scopes.work_max = template->options->limits.steps;
	if (collect_blocks(&compiler, template->body) != 0 ||
	    compile_root(&compiler) != 0)
		goto out;
	for (struct block *block = template->blocks; block; block = block->next)
		if (compile_block(&compiler, block) != 0)
			goto out;
	result = 0;
out:
	arena_release(&compiler.scopes.scratch);
	return result;
}
