/* Units: frames of templates, blocks, macros and recursive loops. */
#include <string.h>

#include "runtime/text/template/frame.h"

static bool too_deep(struct render *render)
{
	const char *here = __builtin_frame_address(0);

	return render->depth > render->options->limits.depth ||
	       here < render->stack_low;
}

/* Slots stay for ever if something inside may refer to them later. */
static struct value *make_slots(struct render *render, const struct unit *unit)
{
	struct value *slots = render->top;
	size_t size = unit->slots * sizeof(*slots);

	if (unit->captured ||
	    unit->slots > (size_t)(render->stack + STACK_VALUES - slots)) {
		if (render_room(render, size) != 0)
			return NULL;
		slots = arena_alloc(&render->arena, size + 1);
	} else {
		render->top += unit->slots;
	}
	memset(slots, 0, size); /* VALUE_ABSENT */
	return slots;
}

bool unit_enter(struct render *render, const struct unit *unit,
		struct frame *frame, struct saved *saved)
{
	*saved = (struct saved){render->frame, render->at, render->top};
	render->depth++;
	if (too_deep(render)) {
		if (!render->frame)
			render->frame = frame; /* the error's place */
		render_fail(render, RENDER_LIMIT,
			    "macros, includes and blocks are more than %u"
			    " deep",
			    render->depth - 1);
		return false;
	}
	frame->slots = make_slots(render, unit);
	if (!frame->slots)
		return false;
	render->frame = frame;
	return true;
}

void unit_leave(struct render *render, const struct saved *saved)
{
	render->frame = saved->frame;
	render->at = saved->at;
	render->top = saved->top;
	render->depth--;
}

/* Run the body of a root; the parent it has extended is in `*parent`. */
static int run_body(struct render *render, struct context *context,
		    struct loaded *loaded, const struct template **parent)
{
	const struct template *template = loaded->template;
	struct frame *frame = arena_alloc(&render->arena, sizeof(*frame));
	struct saved saved;
	int result = -1;

	*frame = (struct frame){.context = context, .loaded = loaded};
	if (unit_enter(render, &template->unit, frame, &saved)) {
		render->at = NULL;
		if (template->unit.self_slot > 0)
			frame->slots[template->unit.self_slot - 1] =
				template_reference(render, context);
		scope_enter(render, &template->unit.scope, 0);
		result =
			exec_list(render, template->body) == EXEC_FAIL ? -1 : 0;
	}
	*parent = frame->parent;
	unit_leave(render, &saved);
	return result;
}

int run_root(struct render *render, struct context *context,
	     struct loaded *loaded)
{
	uint32_t depth = render->depth;
	const struct template *parent;
	int result;

	while (true) {
		result = run_body(render, context, loaded, &parent);
		if (result != 0 || !parent)
			break;
		render->depth++; /* templates that extend themselves end */
		loaded = render_loaded(render, parent);
	}
	render->depth = depth;
	return result;
}
