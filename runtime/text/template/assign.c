/* Scopes while rendering: what names are on entry, and assignments. */
#include "runtime/text/template/library.h"
#include "runtime/text/template/track.h"

static struct value resolve(struct render *render, struct value name)
{
	struct value value = context_resolve(render->frame->context, name);
	const struct call_entry *function;

	if (value.kind != VALUE_ABSENT)
		return value;
	function = function_find(name);
	return function ? function_value(render, function) : value;
}

void scope_enter(struct render *render, const struct scope *scope,
		 uint32_t from)
{
	struct frame *frame = render->frame;

	for (uint32_t i = from; i < scope->count; i++) {
		const struct load *load = &scope->loads[i];
		struct value *slot = &frame->slots[load->slot];

		if (load->action == LOAD_RESOLVE)
			*slot = resolve(render, load->name);
		else if (load->action == LOAD_ALIAS)
			*slot = *frame_slot(frame, load->up, load->from);
		else
			*slot = (struct value){.kind = VALUE_ABSENT};
	}
}

static int fail_unpack(struct render *render, uint32_t want, uint32_t got)
{
	if (got > want)
		return render_fail(render, RENDER_VALUE,
				   "too many values to unpack (expected %u)",
				   want);
	return render_fail(render, RENDER_VALUE,
			   "not enough values to unpack (expected %u, got %u)",
			   want, got);
}

static int unpack(struct render *render, const struct node *target,
		  struct value value)
{
	uint32_t want = 0;
	uint32_t got = 0;
	uint64_t at = 0;
	const struct node *part = target->kids[0];
	struct value item;
	int more;

	for (const struct node *each = part; each; each = each->next)
		want++;
	if (!value_iterable(value))
		return render_fail(render, RENDER_TYPE,
				   "cannot unpack non-iterable %s object",
				   value_type_name(value));
	while ((more = render_next(render, value, &at, &item)) > 0) {
		if (got++ == want)
			return fail_unpack(render, want, got);
		if (assign(render, part, item) != 0)
			return -1;
		part = part->next;
	}
	if (more < 0)
		return -1;
	return got < want ? fail_unpack(render, want, got) : 0;
}

/* The namespace that `name.attribute` is a place in; NULL after a failure. */
static struct value *find_namespace(struct render *render,
				    const struct node *target)
{
	const struct node *name = target->kids[0];
	struct value *value = frame_slot(render->frame, name->up, name->slot);

	if (value->kind == VALUE_OBJECT && value->object->class->set)
		return value;
	render_fail(render, RENDER_RUNTIME,
		    "cannot assign attribute on non-namespace object");
	return NULL;
}

int assign_check(struct render *render, const struct node *target)
{
	return target->kind != NODE_PLACE || find_namespace(render, target)
		       ? 0
		       : -1;
}

int assign(struct render *render, const struct node *target, struct value value)
{
	struct value *place;

	if (target->kind == NODE_TUPLE)
		return unpack(render, target, value);
	if (target->kind != NODE_PLACE) {
		*frame_slot(render->frame, target->up, target->slot) = value;
		return 0;
	}
	place = find_namespace(render, target);
	map_mix(render, value);
	return place ? place->object->class->set(render, *place,
						 target->kids[1]->value, value)
		     : -1;
}

void export_name(struct render *render, struct value name, struct value value,
		 bool exported)
{
	struct context *context = render->frame->context;
	struct arena *arena = &render->arena;

	if (!context->vars) {
		context->vars = value_dict_new(arena, 0).dict;
		context->exported = value_dict_new(arena, 0).dict;
	}
	if (value.kind == VALUE_ABSENT)
		value = undefined_name(render, name);
	value_dict_set(arena, context->vars, name, value);
	if (exported && name.bytes[0] != '_')
		value_dict_set(arena, context->exported, name,
			       value_bool(true));
	else if (!exported)
		value_dict_remove(context->exported, name);
}

void export_target(struct render *render, const struct node *target)
{
	if (target->kind == NODE_TUPLE)
		for (target = target->kids[0]; target; target = target->next)
			export_target(render, target);
	else if (target->kind == NODE_NAME)
		export_name(
			render, target->value,
			*frame_slot(render->frame, target->up, target->slot),
			true);
}
