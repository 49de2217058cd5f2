#include "runtime/text/template/loop.h"

#include "runtime/text/template/library.h"
#include "runtime/text/template/track.h"

/* The next item that the loop's `if` lets through. */
static int pull(struct render *render, struct loop *loop, struct value *out)
{
	const struct node *node = loop->node;
	const struct node *test = node->kids[4];
	const struct node *at = render->at;
	bool passes = false;
	int more = 1;

	if (loop->rest.kind != VALUE_ABSENT)
		return render_next(render, loop->rest, &loop->rest_at, out);
	if (!test)
		return render_next(render, loop->over, &loop->at, out);
	while (!passes && more > 0) {
		struct value answer = {.kind = VALUE_ABSENT};

		render->at = node;
		more = render_next(render, loop->over, &loop->at, out);
		if (more <= 0)
			break;
		if (render_count(render, 1) != 0 ||
		    assign(render, node->plan.loop->test_target, *out) != 0)
			return -1;
		render->at = test;
		if (eval(render, test, &answer) != 0 ||
		    value_true(render, answer, &passes) != 0)
			return -1;
	}
	render->at = at;
	return more;
}

int loop_next(struct render *render, struct loop *loop, struct value *out)
{
	int more = 1;

	if (loop->after.kind != VALUE_ABSENT) {
		*out = loop->after;
		loop->after.kind = VALUE_ABSENT;
	} else {
		more = pull(render, loop, out);
	}
	if (more <= 0)
		return more;
	loop->index0++;
	loop->before = loop->current;
	loop->current = *out;
	return 1;
}

int loop_peek(struct render *render, struct loop *loop)
{
	struct value item = {.kind = VALUE_ABSENT};
	int more;

	if (loop->after.kind != VALUE_ABSENT)
		return 1;
	more = pull(render, loop, &item);
	if (more > 0)
		loop->after = item;
	return more;
}

static struct loop *loop_new(struct render *render, struct loop *memory,
			     const struct node *node, struct value over)
{
	*memory = (struct loop){.object.class = &loop_class,
				.node = node,
				.outer = render->frame,
				.over = over,
				.index0 = -1,
				.length = -1,
				.recursive = node->flags & NODE_RECURSIVE};
	return memory;
}

/* One turn of the loop. */
static enum exec turn(struct render *render, const struct node *node,
		      struct loop *loop, struct value item)
{
	const struct loop_plan *plan = node->plan.loop;

	if (plan->body.count > plan->body.once)
		scope_enter(render, &plan->body, plan->body.once);
	if (plan->loop_slot > 0)
		render->frame->slots[plan->loop_slot - 1] = (struct value){
			.kind = VALUE_OBJECT, .object = &loop->object};
	if (assign(render, node->kids[0], item) != 0)
		return EXEC_FAIL;
	return exec_list(render, node->kids[2]);
}

static enum exec run_loop(struct render *render, struct loop *loop)
{
	const struct node *node = loop->node;
	const struct loop_plan *plan = node->plan.loop;
	struct scope once = plan->body;
	enum exec result = EXEC_OK;
	bool completed = false;
	struct value item = {.kind = VALUE_ABSENT};
	int more = 0;

	once.count = once.once;
	scope_enter(render, &once, 0);
	if (node->kids[4])
		scope_enter(render, &plan->test, 0);
	while (result != EXEC_BREAK) {
		render->at = node;
		more = loop_next(render, loop, &item);
		if (more <= 0)
			break;
		if (render_count(render, 1) != 0)
			return EXEC_FAIL;
		result = turn(render, node, loop, item);
		if (result == EXEC_FAIL)
			return result;
		completed |= result == EXEC_OK;
	}
	if (result != EXEC_BREAK && more < 0)
		return EXEC_FAIL;
	if (completed || !node->kids[3])
		return EXEC_OK;
	scope_enter(render, &plan->otherwise, 0);
	return exec_list(render, node->kids[3]);
}

/* A recursive loop has a frame of its own at each depth. */
static int run_recursive(struct render *render, struct frame *outer,
			 struct loop *loop)
{
	struct frame frame = {.outer = outer,
			      .context = outer->context,
			      .loaded = outer->loaded,
			      .parent = outer->parent};
	struct frame *kept = arena_alloc(&render->arena, sizeof(*kept));
	struct saved saved;
	enum exec result = EXEC_FAIL;

	*kept = frame;
	if (unit_enter(render, loop->node->plan.loop->unit, kept, &saved))
		result = run_loop(render, loop);
	unit_leave(render, &saved);
	return result == EXEC_FAIL ? -1 : 0;
}

int loop_again(struct render *render, const struct loop *loop,
	       struct value over, struct value *out)
{
	struct loop *again = arena_alloc(&render->arena, sizeof(*again));
	size_t start = render->out->length;
	bool safe = loop->node->flags & NODE_ESCAPED;
	struct touch *touch = map_begin(render);
	int result;

	loop_new(render, again, loop->node, over);
	again->outer = loop->outer;
	again->depth0 = loop->depth0 + 1;
	result = run_recursive(render, loop->outer, again);
	if (result != 0)
		render_note(render, "in the loop, called");
	if (loop->node->flags & NODE_VOLATILE)
		safe = *render->frame->context->autoescape;
	if (result == 0)
		result = take_output(render, start, safe, out);
	map_return(render, touch, result == 0 ? out : NULL);
	return result;
}

enum exec exec_for(struct render *render, const struct node *node)
{
	struct loop memory;
	struct loop *loop = &memory;
	struct value over = {.kind = VALUE_ABSENT};

	render->at = node;
	if (eval(render, node->kids[1], &over) != 0)
		return EXEC_FAIL;
	if (node->plan.loop->loop_slot > 0)
		loop = arena_alloc(&render->arena, sizeof(*loop));
	loop_new(render, loop, node, over);
	if (!loop->recursive)
		return run_loop(render, loop);
	return run_recursive(render, render->frame, loop) ? EXEC_FAIL : EXEC_OK;
}

/* The character at byte `*at` of a string. */
static int next_character(struct value text, uint64_t *at, struct value *out)
{
	uint64_t from = *at;

	if (from >= text.length)
		return 0;
	do
		++*at;
	while (*at < text.length && (text.bytes[*at] & 0xc0) == 0x80);
	*out = value_borrow(text.bytes + from, *at - from);
	out->flags = text.flags & (uint8_t)~VALUE_SAFE; /* as in Python */
	return 1;
}

static int next_key(const struct value_dict *dict, uint64_t *at,
		    struct value *out)
{
	uint32_t from = (uint32_t)*at;
	const struct value_entry *entry = value_dict_next(dict, &from);

	*at = from;
	if (!entry)
		return 0;
	*out = entry->key;
	return 1;
}

static int next_of(struct render *render, struct value over, uint64_t *at,
		   struct value *out)
{
	switch (over.kind) {
	case VALUE_LIST:
	case VALUE_TUPLE:
		if (*at >= over.list->count)
			return 0;
		*out = over.list->items[(*at)++];
		return 1;
	case VALUE_DICT:
		return next_key(over.dict, at, out);
	case VALUE_STRING:
		return next_character(over, at, out);
	case VALUE_UNDEFINED:
		return render_defined(render, over);
	case VALUE_OBJECT:
		if (over.object->class->next)
			return over.object->class->next(render, over, at, out);
		break;
	default:
		break;
	}
	return render_fail(render, RENDER_TYPE, "'%s' object is not iterable",
			   value_type_name(over));
}

int render_next(struct render *render, struct value over, uint64_t *at,
		struct value *out)
{
	int more = next_of(render, over, at, out);

	if (more > 0 && (over.flags & FLAGS_SECRET))
		map_pass(over, out);
	return more;
}
