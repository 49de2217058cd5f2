/* The object that range() makes: it computes its items, it has none. */
#include "runtime/text/template/operate.h"

struct range {
	struct value_object object;
	int64_t start, stop, step;
	int64_t count;
};

static const struct range *range_of(struct value value)
{
	return (const struct range *)value.object;
}

/* Without overflow, for what is in the range. */
static int64_t item_at(const struct range *range, int64_t index)
{
	return (int64_t)((uint64_t)range->start +
			 (uint64_t)index * (uint64_t)range->step);
}

static int64_t range_length(struct value self)
{
	return range_of(self)->count;
}

static int range_next(struct render *render, struct value self, uint64_t *at,
		      struct value *out)
{
	const struct range *range = range_of(self);

	if (*at >= (uint64_t)range->count)
		return 0;
	*out = value_int(item_at(range, (int64_t)(*at)++));
	(void)render;
	return 1;
}

static int range_item(struct render *render, struct value self,
		      struct value key, struct value *out)
{
	const struct range *range = range_of(self);
	int64_t index;

	(void)render;
	if (key.kind != VALUE_INT && key.kind != VALUE_BOOL)
		return 0;
	index = integer_of(key);
	if (index < 0)
		index += range->count;
	if (index < 0 || index >= range->count)
		return 0;
	*out = value_int(item_at(range, index));
	return 1;
}

static int range_print(struct render *render, struct value self,
		       struct buf *out)
{
	const struct range *range = range_of(self);

	(void)render;
	buf_puts(out, "range(");
	text_int(out, range->start);
	buf_puts(out, ", ");
	text_int(out, range->stop);
	if (range->step != 1) {
		buf_puts(out, ", ");
		text_int(out, range->step);
	}
	buf_putc(out, ')');
	return 0;
}

static int bind_item(struct call *call, struct value *out)
{
	static const char *const names[] = {"value", NULL};

	return call_bind(call, names, 1, out);
}

static int range_count(struct call *call, struct value *out)
{
	struct value item;

	if (bind_item(call, &item))
		return -1;
	*out = value_int(item.kind == VALUE_INT &&
			 range_contains(call->subject, item.integer));
	return 0;
}

static int range_index(struct call *call, struct value *out)
{
	const struct range *range = range_of(call->subject);
	struct value item;

	if (bind_item(call, &item))
		return -1;
	if (item.kind != VALUE_INT || range->step == 0 ||
	    !range_contains(call->subject, item.integer))
		return render_fail(call->render, RENDER_VALUE,
				   "the value is not in range");
	*out = value_int((item.integer - range->start) / range->step);
	return 0;
}

static int range_attribute(struct render *render, struct value self,
			   struct value name, struct value *out)
{
	static const struct call_entry methods[] = {{"count", range_count},
						    {"index", range_index}};
	const struct call_entry *entry =
		entry_find(methods, COUNT(methods), name);

	if (!entry)
		return 0;
	*out = bound_method(render, self, entry);
	return 1;
}

static const struct value_class range_class = {
	.name = "range",
	.attribute = range_attribute,
	.item = range_item,
	.next = range_next,
	.length = range_length,
	.print = range_print,
};

static uint64_t count_of(int64_t start, int64_t stop, int64_t step)
{
	uint64_t span;
	uint64_t stride;

	if (step == 0 || (step > 0 ? start >= stop : start <= stop))
		return 0;
	span = step > 0 ? (uint64_t)stop - (uint64_t)start
			: (uint64_t)start - (uint64_t)stop;
	stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
	return (span - 1) / stride + 1;
}

struct value range_new(struct render *render, int64_t start, int64_t stop,
		       int64_t step)
{
	struct range *range = arena_alloc(render_arena(render), sizeof(*range));
	uint64_t count = count_of(start, stop, step);

	if (count > INT64_MAX)
		count = INT64_MAX;
	*range = (struct range){
		{&range_class}, start, stop, step, (int64_t)count};
	return (struct value){.kind = VALUE_OBJECT, .object = &range->object};
}

bool is_range(struct value value)
{
	return value.kind == VALUE_OBJECT &&
	       value.object->class == &range_class;
}

int range_slice(struct render *render, struct value range, const int64_t at[3],
		struct value *out)
{
	const struct range *old = range_of(range);

	*out = range_new(render, item_at(old, at[0]), item_at(old, at[1]),
			 (int64_t)((uint64_t)old->step * (uint64_t)at[2]));
	return 0;
}

bool range_contains(struct value value, int64_t item)
{
	const struct range *range = range_of(value);
	uint64_t distance;
	uint64_t stride;

	if (range->step > 0 ? item < range->start || item >= range->stop
			    : item > range->start || item <= range->stop)
		return false;
	distance = range->step > 0 ? (uint64_t)item - (uint64_t)range->start
				   : (uint64_t)range->start - (uint64_t)item;
	stride = range->step > 0 ? (uint64_t)range->step
				 : 0 - (uint64_t)range->step;
	return distance % stride == 0;
}
