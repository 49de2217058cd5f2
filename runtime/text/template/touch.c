/* Evaluation with a map: the operands of expressions, and their origins. */
#include "runtime/text/template/library.h"
#include "runtime/text/template/track.h"

static struct origin find_origin(const struct map *map, const struct node *node,
				 const struct touch *touch, struct value value)
{
	struct value key =
		node->kind == NODE_ATTRIBUTE ? node->value : touch->last;
	const struct origin *known;

	if ((node->kind == NODE_ATTRIBUTE || node->kind == NODE_ITEM) &&
	    touch->count > 0 && touch->first.kind != VALUE_STRING &&
	    (key.kind == VALUE_STRING ||
	     (key.kind == VALUE_INT && key.integer >= 0))) {
		known = map_find(map, touch->first);
		if (known)
			return (struct origin){known, key};
	}
	known = map_find(map, value);
	if (known)
		return *known;
	if (node->kind == NODE_AND || node->kind == NODE_OR ||
	    node->kind == NODE_CONDITION)
		return touch->latest;
	return touch->origin;
}

static void note(struct touch *touch, struct value value,
		 const struct origin *origin)
{
	if (touch->count++ == 0)
		touch->first = value;
	touch->last = value;
	touch->flags |= value.flags & FLAGS_SECRET;
	touch->latest = *origin;
	if (!has_origin(&touch->origin))
		touch->origin = *origin;
}

static void enter(struct render *render, struct touch *touch)
{
	*touch = (struct touch){.up = render->map->touch};
	render->map->touch = touch;
}

static int leave(struct render *render, struct touch *touch,
		 const struct node *node, struct value *out, int result)
{
	struct map *map = render->map;
	struct origin origin;

	map->touch = touch->up;
	if (result != 0)
		return result;
	map_judge(map, node, touch, out);
	if (node->kind == NODE_FILTER && touch->first.kind == VALUE_STRING &&
	    out->kind == VALUE_STRING)
		map_reshape(render, node->value, touch->first, *out);
	origin = find_origin(map, node, touch, *out);
	map->origin = origin;
	if (touch->up)
		note(touch->up, *out, &origin);
	return 0;
}

int map_eval(struct render *render, const struct node *node, struct value *out)
{
	struct touch touch;

	enter(render, &touch);
	return leave(render, &touch, node, out, eval_plain(render, node, out));
}

int map_filter(struct render *render, const struct node *node,
	       const struct value *subject, struct value *out)
{
	struct touch touch;
	struct origin none = {.key.kind = VALUE_ABSENT};

	enter(render, &touch);
	if (subject)
		note(&touch, *subject, &none);
	return leave(render, &touch, node, out,
		     eval_filter_plain(render, node, subject, out));
}

int map_call(struct render *render, const struct node *node,
	     const struct value *caller, struct value *out)
{
	struct touch touch;

	enter(render, &touch);
	return leave(render, &touch, node, out,
		     eval_call_plain(render, node, caller, out));
}

void map_enter(struct render *render, struct touch *touch,
	       const struct call *call)
{
	struct origin none = {.key.kind = VALUE_ABSENT};

	enter(render, touch);
	note(touch, call->subject, &none);
	for (uint32_t i = 0; i < call->count; i++)
		note(touch, call->arguments[i], &none);
	for (uint32_t i = 0; i < call->named_count; i++)
		note(touch, call->named[i].value, &none);
}

void map_leave(struct render *render, const struct touch *touch,
	       struct value name, struct value *out)
{
	render->map->touch = touch->up;
	if (out)
		map_judge_filter(touch, name, out);
}

struct touch *map_begin(struct render *render)
{
	struct touch *touch = render->map ? render->map->touch : NULL;

	if (render->map)
		render->map->touch = NULL;
	return touch;
}

void map_return(struct render *render, struct touch *touch,
		const struct value *out)
{
	if (!render->map)
		return;
	render->map->touch = touch;
	if (!touch)
		return;
	touch->flags = out ? out->flags & FLAGS_SECRET : touch->flags;
	touch->first = value_none();
}

bool map_touched(const struct render *render)
{
	const struct touch *touch = render->map ? render->map->touch : NULL;

	for (; touch; touch = touch->up)
		if (touch->flags & FLAGS_SECRET)
			return true;
	return false;
}

void map_mix(struct render *render, struct value value)
{
	if (render->map && (value.flags & FLAGS_SECRET))
		render->map->mixed = true;
}
