/* Filters that apply others: map, select, reject and theirs by attribute. */
#include "runtime/text/template/filter.h"
#include "runtime/text/template/object.h"

/* A part of an attribute's path: digits are a number. */
static struct value path_part(const char *at, const char *end)
{
	struct value part = value_borrow(at, (size_t)(end - at));

	if (part.length == 0 || part.length > 9)
		return part;
	for (uint32_t i = 0; i < part.length; i++)
		if (at[i] < '0' || at[i] > '9')
			return part;
	return text_read_integer(NULL, at, part.length, false);
}

int getter_init(struct getter *getter, struct render *render,
		struct value attribute)
{
	const char *at;
	const char *end;

	*getter = (struct getter){.render = render};
	if (attribute.kind == VALUE_ABSENT || attribute.kind == VALUE_NONE)
		return 0;
	getter->count = 1;
	for (uint32_t i = 0; is_string(attribute) && i < attribute.length; i++)
		getter->count += attribute.bytes[i] == '.';
	getter->parts = room_new(render, getter->count, sizeof(attribute));
	if (!getter->parts)
		return -1;
	getter->parts[0] = attribute;
	if (!is_string(attribute))
		return 0;
	at = attribute.bytes;
	end = at + attribute.length;
	for (uint32_t i = 0; i < getter->count; i++) {
		const char *dot = memchr(at, '.', (size_t)(end - at));
		const char *stop = dot ? dot : end;

		getter->parts[i] = path_part(at, stop);
		at = stop + 1;
	}
	return 0;
}

int getter_get(const struct getter *getter, struct value item,
	       struct value *out)
{
	for (uint32_t i = 0; i < getter->count; i++) {
		if (render_item(getter->render, item, getter->parts[i], &item))
			return -1;
		if (item.kind == VALUE_UNDEFINED &&
		    getter->fallback.kind != VALUE_ABSENT)
			item = getter->fallback;
	}
	*out = item;
	return 0;
}

/* Drop the first argument of a call that is kept. */
static struct value take_first(struct call *call)
{
	call->count--;
	return *call->arguments++;
}

/* The name of a filter or test and its arguments, kept for later. */
struct applied {
	struct generator generator;
	struct getter getter;
	struct value name; /* VALUE_ABSENT: none, or truth itself */
	struct call call;
	bool negated, by_attribute, prepared;
	/* check and sort the arguments, when the first item is wanted */
	int (*prepare)(struct applied *applied);
};

/* Of what is empty (or false) no argument is looked at: 1, 0 at the end, -1. */
static int start(struct render *render, struct applied *applied)
{
	bool truth;

	if (applied->prepared)
		return 1;
	applied->prepared = true;
	if (value_true(render, applied->generator.source, &truth))
		return -1;
	if (!truth)
		return 0;
	return applied->prepare(applied) ? -1 : 1;
}

/* A copy of all arguments. */
static int keep_arguments(struct applied *applied, const struct call *call)
{
	struct render *render = call->render;
	struct value *arguments =
		room_new(render, call->count + 1, sizeof(*arguments));
	struct call_named *named =
		room_new(render, call->named_count + 1, sizeof(*named));

	if (!arguments || !named)
		return -1;
	applied->call = (struct call){.render = render,
				      .arguments = arguments,
				      .named = named,
				      .name = call->name,
				      .count = call->count,
				      .named_count = call->named_count};
	for (uint32_t i = 0; i < call->count; i++)
		arguments[i] = call->arguments[i];
	for (uint32_t i = 0; i < call->named_count; i++)
		named[i] = call->named[i];
	return 0;
}

static int map_next(struct render *render, struct generator *generator,
		    struct value *out)
{
	struct applied *applied = (struct applied *)generator;
	int more = start(render, applied);
	struct value item;
	struct call call;

	if (more == 1)
		more = render_next(render, generator->source, &generator->at,
				   &item);
	if (more != 1)
		return more;
	if (applied->name.kind == VALUE_ABSENT)
		return getter_get(&applied->getter, item, out) ? -1 : 1;
	call = applied->call;
	call.subject = item;
	if (render_filter(render, applied->name, &call, out))
		return -1;
	return 1;
}

/* map(attribute=…, default=…) */
static int map_attribute(struct applied *applied)
{
	struct value attribute = {.kind = VALUE_ABSENT};
	struct value fallback = {.kind = VALUE_ABSENT};
	const struct call *call = &applied->call;

	for (uint32_t i = 0; i < call->named_count; i++) {
		struct value name = call->named[i].name;

		if (text_is(name, "attribute"))
			attribute = call->named[i].value;
		else if (text_is(name, "default"))
			fallback = call->named[i].value;
		else
			return render_fail(call->render, RENDER_FILTER,
					   "Unexpected keyword argument "
					   "'%.*s'",
					   (int)name.length, name.bytes);
	}
	if (attribute.kind == VALUE_ABSENT)
		return render_fail(call->render, RENDER_FILTER,
				   "map requires a filter argument");
	if (getter_init(&applied->getter, call->render, attribute))
		return -1;
	if (fallback.kind != VALUE_NONE)
		applied->getter.fallback = fallback;
	return 0;
}

static int map_prepare(struct applied *applied)
{
	if (applied->call.count == 0)
		return map_attribute(applied);
	applied->name = take_first(&applied->call);
	if (is_string(applied->name))
		return 0;
	return render_fail(applied->call.render, RENDER_RUNTIME,
			   "map requires the name of a filter");
}

static int filter_map(struct call *call, struct value *out)
{
	struct applied *applied = generator_new(call->render, sizeof(*applied),
						"generator object sync_do_map",
						call->subject, map_next);

	if (!applied || keep_arguments(applied, call))
		return -1;
	applied->prepare = map_prepare;
	*out = generator_value(&applied->generator);
	return 0;
}

static int passes(struct render *render, struct applied *applied,
		  struct value item, bool *out)
{
	struct call call = applied->call;

	if (getter_get(&applied->getter, item, &call.subject))
		return -1;
	if (applied->name.kind == VALUE_ABSENT)
		return value_true(render, call.subject, out);
	return render_test(render, applied->name, &call, out);
}

static int select_next(struct render *render, struct generator *generator,
		       struct value *out)
{
	struct applied *applied = (struct applied *)generator;
	int more = start(render, applied);

	while (more == 1 && (more = render_next(render, generator->source,
						&generator->at, out)) == 1) {
		bool passed;

		if (render_count(render, 1) ||
		    passes(render, applied, *out, &passed))
			return -1;
		if (passed != applied->negated)
			return 1;
	}
	return more;
}

static int select_prepare(struct applied *applied)
{
	struct call *call = &applied->call;

	if (applied->by_attribute && call->count == 0)
		return render_fail(call->render, RENDER_FILTER,
				   "Missing parameter for attribute name");
	if (applied->by_attribute &&
	    getter_init(&applied->getter, call->render, take_first(call)))
		return -1;
	if (call->count == 0)
		return 0;
	applied->name = take_first(call);
	if (is_string(applied->name))
		return 0;
	return render_fail(call->render, RENDER_RUNTIME,
			   "%s requires the name of a test", call->name);
}

static int choose(struct call *call, bool by_attribute, bool negated,
		  struct value *out)
{
	struct applied *applied =
		generator_new(call->render, sizeof(*applied), GENERATOR_SELECT,
			      call->subject, select_next);

	if (!applied || keep_arguments(applied, call))
		return -1;
	applied->negated = negated;
	applied->by_attribute = by_attribute;
	applied->prepare = select_prepare;
	*out = generator_value(&applied->generator);
	return 0;
}

static int filter_select(struct call *call, struct value *out)
{
	return choose(call, false, false, out);
}

static int filter_reject(struct call *call, struct value *out)
{
	return choose(call, false, true, out);
}

static int filter_selectattr(struct call *call, struct value *out)
{
	return choose(call, true, false, out);
}

static int filter_rejectattr(struct call *call, struct value *out)
{
	return choose(call, true, true, out);
}

static const struct call_entry entries[] = {
	{"map", filter_map},
	{"reject", filter_reject},
	{"rejectattr", filter_rejectattr},
	{"select", filter_select},
	{"selectattr", filter_selectattr},
};

const struct method_table filters_map = {entries, COUNT(entries)};
