/* Inheritance: blocks, super and self, extends. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/template/library.h"
#include "runtime/text/template/track.h"

struct reference {
	struct value_object object;
	struct context *context;
	const struct block_list *list; /* NULL: of the whole template */
	uint32_t depth;
};

static const struct reference *reference_of(struct value self)
{
	return (const struct reference *)self.object;
}

/* What `super` is in a block: the next one of the same name. */
static struct value super_value(struct render *render, struct context *context,
				const struct block_list *list, uint32_t depth)
{
	struct value name = list->name;

	if (depth + 1 < list->count)
		return block_reference(render, context, list, depth + 1);
	return render_undefined(render,
				"there is no parent block called '%.*s'.",
				(int)name.length, name.bytes);
}

int run_block(struct render *render, struct context *context,
	      const struct block_list *list, uint32_t depth)
{
	const struct block *block = list->stack[depth];
	const struct unit *unit = &block->unit;
	struct frame *frame = arena_alloc(&render->arena, sizeof(*frame));
	struct saved saved;
	int result = -1;

	*frame = (struct frame){.context = context,
				.loaded =
					render_loaded(render, block->template)};
	if (unit_enter(render, unit, frame, &saved)) {
		render->at = NULL;
		if (unit->self_slot > 0)
			frame->slots[unit->self_slot - 1] =
				template_reference(render, context);
		if (unit->super_slot > 0)
			frame->slots[unit->super_slot - 1] =
				super_value(render, context, list, depth);
		scope_enter(render, &unit->scope, 0);
		if (exec_list(render, block->body) == EXEC_OK)
			result = 0;
	}
	unit_leave(render, &saved);
	if (result != 0 && render->frame &&
	    block->template != render->frame->loaded->template)
		render_note(render, "in block '%.*s', shown",
			    (int)block->name.length, block->name.bytes);
	return result;
}

int exec_block(struct render *render, const struct node *node)
{
	struct frame *frame = render->frame;
	struct context *context = frame->context;
	const struct block_list *list;

	if ((node->flags & NODE_OPTIONAL) && frame->parent)
		return 0;
	render->at = node;
	list = context_blocks(context, node->value);
	if ((node->flags & NODE_REQUIRED) && list->count <= 1)
		return render_fail(render, RENDER_RUNTIME,
				   "Required block '%.*s' not found",
				   (int)node->value.length, node->value.bytes);
	if (node->flags & NODE_SCOPED)
		context = context_derived(render, context,
					  node->plan.block->seen);
	return run_block(render, context, list, 0);
}

static int call_block(struct call *call, struct value *out)
{
	const struct reference *reference = reference_of(call->subject);
	struct render *render = call->render;
	size_t start = render->out->length;
	struct touch *touch;
	int result;

	if (call->count > 0 || call->named_count > 0)
		return render_fail(render, RENDER_TYPE,
				   "a block takes no arguments");
	touch = map_begin(render);
	result = run_block(render, reference->context, reference->list,
			   reference->depth);
	if (result == 0)
		result = take_output(render, start,
				     *reference->context->autoescape, out);
	map_return(render, touch, result == 0 ? out : NULL);
	return result;
}

static int get_super(struct render *render, struct value self,
		     struct value name, struct value *out)
{
	const struct reference *reference = reference_of(self);

	if (text_is(name, "name")) {
		*out = reference->list->name;
		return 1;
	}
	if (!text_is(name, "super"))
		return 0;
	*out = super_value(render, reference->context, reference->list,
			   reference->depth);
	return 1;
}

static struct value make(struct render *render, const struct value_class *class,
			 struct context *context, const struct block_list *list)
{
	struct reference *reference =
		arena_alloc(&render->arena, sizeof(*reference));

	*reference = (struct reference){
		.object.class = class, .context = context, .list = list};
	return (struct value){.kind = VALUE_OBJECT,
			      .object = &reference->object};
}

struct value block_reference(struct render *render, struct context *context,
			     const struct block_list *list, uint32_t depth)
{
	static const struct value_class class = {.name = "BlockReference",
						 .attribute = get_super,
						 .call = call_block};
	struct value value = make(render, &class, context, list);

	((struct reference *)value.object)->depth = depth;
	return value;
}

static int get_block(struct render *render, struct value self,
		     struct value name, struct value *out)
{
	const struct reference *reference = reference_of(self);
	const struct block_list *list =
		context_blocks(reference->context, name);

	if (!list)
		return 0;
	*out = block_reference(render, reference->context, list, 0);
	return 1;
}

struct value template_reference(struct render *render, struct context *context)
{
	static const struct value_class class = {.name = "TemplateReference",
						 .attribute = get_block};

	return make(render, &class, context, NULL);
}

int exec_extends(struct render *render, const struct node *node)
{
	struct frame *frame = render->frame;
	const struct template *parent;
	struct value name;

	if ((node->flags & NODE_REQUIRED) ||
	    ((node->flags & NODE_OPTIONAL) && frame->parent)) {
		render->line = node->slot;
		return render_fail(render, RENDER_RUNTIME,
				   "extended multiple times");
	}
	render->at = node;
	if (eval(render, node->kids[0], &name) != 0)
		return -1;
	parent = find_template(render, name, "extended");
	if (!parent)
		return -1;
	context_add_blocks(render, frame->context, parent);
	frame->parent = parent;
	return 0;
}
