/* Loops: the attributes of `loop`. */
#include <string.h>

#include "runtime/text/template/library.h"
#include "runtime/text/template/loop.h"

static struct loop *loop_of(struct value self)
{
	return (struct loop *)self.object;
}

/* What was not read yet becomes a list, if only so its length is known. */
static int find_length(struct render *render, struct loop *loop)
{
	int64_t known = loop->node->kids[4] ? -1 : value_length(loop->over);
	struct value rest;
	int more = 0;

	if (loop->length >= 0)
		return 0;
	if (known >= 0) {
		loop->length = known;
		return 0;
	}
	rest = value_list_new(&render->arena, 0);
	if (loop->over.kind != VALUE_UNDEFINED || loop->node->kids[4]) {
		struct value after = loop->after;

		while (true) {
			loop->after.kind = VALUE_ABSENT;
			more = loop_peek(render, loop);
			if (more <= 0 || render_count(render, 1) != 0)
				break;
			value_list_add(&render->arena, rest.list, loop->after);
		}
		loop->after = after;
		if (more != 0)
			return -1;
	}
	loop->rest = rest;
	loop->rest_at = 0;
	loop->length = rest.list->count + loop->index0 + 1 +
		       (loop->after.kind != VALUE_ABSENT);
	return 0;
}

/* loop.cycle and loop.changed: a method with its loop. */
struct loop_method {
	struct value_object object;
	struct loop *loop;
	bool cycle;
};

static int call_cycle(struct call *call, const struct loop *loop,
		      struct value *out)
{
	if (call->count == 0)
		return render_fail(call->render, RENDER_TYPE,
				   "no items for cycling given");
	*out = call->arguments[loop->index0 % call->count];
	return 0;
}

static int call_changed(struct call *call, struct loop *loop, struct value *out)
{
	struct arena *arena = render_arena(call->render);
	struct value now = value_tuple_new(arena, call->count);
	bool same = false;

	for (uint32_t i = 0; i < call->count; i++)
		value_list_add(arena, now.list, call->arguments[i]);
	if (loop->changed.kind != VALUE_ABSENT &&
	    value_equal(call->render, loop->changed, now, &same) != 0)
		return -1;
	loop->changed = now;
	*out = value_bool(!same);
	return 0;
}

static int call_method(struct call *call, struct value *out)
{
	const struct loop_method *method =
		(const struct loop_method *)call->subject.object;

	return method->cycle ? call_cycle(call, method->loop, out)
			     : call_changed(call, method->loop, out);
}

static struct value method_value(struct render *render, struct loop *loop,
				 bool cycle)
{
	static const struct value_class class = {.name = "method",
						 .call = call_method};
	struct loop_method *method =
		arena_alloc(&render->arena, sizeof(*method));

	*method = (struct loop_method){{&class}, loop, cycle};
	return (struct value){.kind = VALUE_OBJECT, .object = &method->object};
}

/* Attributes for which items must be read ahead, or counted. */
static int look_ahead(struct render *render, struct loop *loop,
		      struct value name, struct value *out)
{
	int more;

	if (text_is(name, "last") || text_is(name, "nextitem")) {
		more = loop_peek(render, loop);
		if (more < 0)
			return -1;
		if (name.length == 4)
			*out = value_bool(more == 0);
		else
			*out = more ? loop->after
				    : render_undefined(render, "there is no"
							       " next item");
		return 1;
	}
	if (find_length(render, loop) != 0)
		return -1;
	if (text_is(name, "revindex"))
		*out = value_int(loop->length - loop->index0);
	else if (text_is(name, "revindex0"))
		*out = value_int(loop->length - loop->index0 - 1);
	else
		*out = value_int(loop->length);
	return 1;
}

static int get_other(struct render *render, struct loop *loop,
		     struct value name, struct value *out)
{
	if (text_is(name, "depth"))
		*out = value_int((int64_t)loop->depth0 + 1);
	else if (text_is(name, "depth0"))
		*out = value_int(loop->depth0);
	else if (text_is(name, "cycle"))
		*out = method_value(render, loop, true);
	else if (text_is(name, "changed"))
		*out = method_value(render, loop, false);
	else if (text_is(name, "previtem") && loop->index0 == 0)
		*out = render_undefined(render, "there is no previous item");
	else if (text_is(name, "previtem"))
		*out = loop->before;
	else if (text_is(name, "last") || text_is(name, "nextitem") ||
		 text_is(name, "length") || text_is(name, "revindex") ||
		 text_is(name, "revindex0"))
		return look_ahead(render, loop, name, out);
	else
		return 0;
	return 1;
}

static int get_attribute(struct render *render, struct value self,
			 struct value name, struct value *out)
{
	struct loop *loop = loop_of(self);

	if (text_is(name, "index"))
		*out = value_int(loop->index0 + 1);
	else if (text_is(name, "index0"))
		*out = value_int(loop->index0);
	else if (text_is(name, "first"))
		*out = value_bool(loop->index0 == 0);
	else
		return get_other(render, loop, name, out);
	return 1;
}

static int call_loop(struct call *call, struct value *out)
{
	const struct loop *loop = loop_of(call->subject);

	if (!loop->recursive)
		return render_fail(call->render, RENDER_TYPE,
				   "The loop must have the 'recursive' marker"
				   " to be called recursively.");
	if (call->count != 1)
		return render_fail(call->render, RENDER_TYPE,
				   "loop() takes one argument: what to go"
				   " over");
	return loop_again(call->render, loop, call->arguments[0], out);
}

static int64_t length(struct value self)
{
	const struct loop *loop = loop_of(self);

	return loop->node->kids[4] ? -1 : value_length(loop->over);
}

static int print(struct render *render, struct value self, struct buf *out)
{
	struct loop *loop = loop_of(self);

	if (find_length(render, loop) != 0)
		return -1;
	return buf_printf(out, "<LoopContext %lld/%lld>",
			  (long long)loop->index0 + 1, (long long)loop->length);
}

const struct value_class loop_class = {
	.name = "LoopContext",
	.attribute = get_attribute,
	.call = call_loop,
	.length = length,
	.print = print,
};
