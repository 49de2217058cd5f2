/* Dates and durations: what to_datetime makes. Without time zones. */
#include <stdio.h>
#include <time.h>

#include "runtime/text/template/ansible.h"
#include "runtime/text/template/datetime.h"
#include "runtime/text/template/operate.h"

enum { SECOND = 1000000 };

static const int64_t DAY = (int64_t)86400 * SECOND;

struct moment {
	struct value_object object;
	int64_t micro; /* since 1970, or how long */
};

static int64_t micro_of(struct value value)
{
	return ((struct moment *)value.object)->micro;
}

static int64_t floor_divide(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

static void broken_down(int64_t micro, struct tm *tm)
{
	time_t seconds = (time_t)floor_divide(micro, SECOND);

	gmtime_r(&seconds, tm);
}

static int64_t fraction(int64_t micro)
{
	return micro - floor_divide(micro, SECOND) * SECOND;
}

static int put_time(int64_t micro, char separator, struct buf *out)
{
	struct tm tm;

	broken_down(micro, &tm);
	buf_printf(out, "%04d-%02d-%02d%c%02d:%02d:%02d", tm.tm_year + 1900,
		   tm.tm_mon + 1, tm.tm_mday, separator, tm.tm_hour, tm.tm_min,
		   tm.tm_sec);
	if (fraction(micro))
		buf_printf(out, ".%06lld", (long long)fraction(micro));
	return 0;
}

int datetime_print(struct render *render, struct value value, char separator,
		   struct buf *out)
{
	if (is_datetime(value))
		return put_time(micro_of(value), separator, out);
	return value_print(render, value, out);
}

static int print_datetime(struct render *render, struct value self,
			  struct buf *out)
{
	(void)render;
	return put_time(micro_of(self), ' ', out);
}

static int repr_datetime(struct render *render, struct value self,
			 struct buf *out)
{
	int64_t micro = micro_of(self);
	struct tm tm;

	(void)render;
	broken_down(micro, &tm);
	buf_printf(out, "datetime.datetime(%d, %d, %d, %d, %d",
		   tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		   tm.tm_min);
	if (tm.tm_sec || fraction(micro))
		buf_printf(out, ", %d", tm.tm_sec);
	if (fraction(micro))
		buf_printf(out, ", %lld", (long long)fraction(micro));
	buf_putc(out, ')');
	return 0;
}

/* "%f" is Python's own; the rest the C library knows. */
int time_format(struct render *render, struct value format, const struct tm *tm,
		int64_t micro, struct value *out)
{
	const char *at = format.bytes;
	const char *end = at + format.length;
	char directive[4] = "%";
	char text[128];
	struct buf buf;

	text_init(&buf);
	for (; at < end; at++) {
		if (*at != '%' || at + 1 == end) {
			buf_putc(&buf, *at);
			continue;
		}
		directive[1] = *++at;
		directive[2] = '\0';
		if (*at == '-' && at + 1 < end) {
			directive[2] = *++at;
			directive[3] = '\0';
		}
		if (*at == 'f')
			buf_printf(&buf, "%06lld", (long long)micro);
		else if (strftime(text, sizeof(text), directive, tm) > 0)
			buf_puts(&buf, text);
	}
	return text_take(render, &buf, out);
}

static int method_strftime(struct call *call, struct value *out)
{
	static const char *const names[] = {"format", NULL};
	int64_t micro = micro_of(call->subject);
	struct value format;
	struct tm tm;

	if (call_bind(call, names, 1, &format) ||
	    argument_text(call, format, "argument 1"))
		return -1;
	broken_down(micro, &tm);
	return time_format(call->render, format, &tm, fraction(micro), out);
}

static int method_isoformat(struct call *call, struct value *out)
{
	static const char *const names[] = {"sep", NULL};
	struct value given;
	struct buf buf;
	char separator = 'T';

	if (call_bind(call, names, 0, &given))
		return -1;
	if (is_string(given) && given.length == 1)
		separator = given.bytes[0];
	text_init(&buf);
	put_time(micro_of(call->subject), separator, &buf);
	return text_take(call->render, &buf, out);
}

/* As if the clock on the wall showed it here. */
static int method_timestamp(struct call *call, struct value *out)
{
	int64_t micro = micro_of(call->subject);
	struct tm tm;

	if (ansible_bind_none(call))
		return -1;
	broken_down(micro, &tm);
	tm.tm_isdst = -1;
	*out = value_float((double)mktime(&tm) +
			   (double)fraction(micro) / SECOND);
	return 0;
}

static int method_weekday(struct call *call, struct value *out)
{
	struct tm tm;

	if (ansible_bind_none(call))
		return -1;
	broken_down(micro_of(call->subject), &tm);
	*out = value_int((tm.tm_wday + 6) % 7);
	return 0;
}

static int method_isoweekday(struct call *call, struct value *out)
{
	if (method_weekday(call, out))
		return -1;
	out->integer++;
	return 0;
}

static int method_total_seconds(struct call *call, struct value *out)
{
	if (ansible_bind_none(call))
		return -1;
	*out = value_float((double)micro_of(call->subject) / SECOND);
	return 0;
}

static const struct call_entry datetime_methods[] = {
	{"isoformat", method_isoformat}, {"isoweekday", method_isoweekday},
	{"strftime", method_strftime},   {"timestamp", method_timestamp},
	{"weekday", method_weekday},
};

static const struct call_entry total_seconds = {"total_seconds",
						method_total_seconds};

static int datetime_attribute(struct render *render, struct value self,
			      struct value name, struct value *out)
{
	const struct call_entry *entry =
		entry_find(datetime_methods, COUNT(datetime_methods), name);
	struct tm tm;

	if (entry) {
		*out = bound_method(render, self, entry);
		return 1;
	}
	broken_down(micro_of(self), &tm);
	if (text_is(name, "year"))
		*out = value_int(tm.tm_year + 1900);
	else if (text_is(name, "month"))
		*out = value_int(tm.tm_mon + 1);
	else if (text_is(name, "day"))
		*out = value_int(tm.tm_mday);
	else if (text_is(name, "hour"))
		*out = value_int(tm.tm_hour);
	else if (text_is(name, "minute"))
		*out = value_int(tm.tm_min);
	else if (text_is(name, "second"))
		*out = value_int(tm.tm_sec);
	else if (text_is(name, "microsecond"))
		*out = value_int(fraction(micro_of(self)));
	else
		return 0;
	return 1;
}

static int duration_attribute(struct render *render, struct value self,
			      struct value name, struct value *out)
{
	int64_t micro = micro_of(self);
	int64_t days = floor_divide(micro, DAY);

	if (text_is(name, "days"))
		*out = value_int(days);
	else if (text_is(name, "seconds"))
		*out = value_int((micro - days * DAY) / SECOND);
	else if (text_is(name, "microseconds"))
		*out = value_int(fraction(micro));
	else if (text_is(name, "total_seconds"))
		*out = bound_method(render, self, &total_seconds);
	else
		return 0;
	return 1;
}

static int print_duration(struct render *render, struct value self,
			  struct buf *out)
{
	int64_t micro = micro_of(self);
	int64_t days = floor_divide(micro, DAY);
	int64_t seconds = (micro - days * DAY) / SECOND;

	(void)render;
	if (days)
		buf_printf(out, "%lld day%s, ", (long long)days,
			   days == 1 || days == -1 ? "" : "s");
	buf_printf(out, "%lld:%02lld:%02lld", (long long)seconds / 3600,
		   (long long)seconds / 60 % 60, (long long)seconds % 60);
	if (fraction(micro))
		buf_printf(out, ".%06lld", (long long)fraction(micro));
	return 0;
}

static const struct value_class datetime_class = {
	.name = "datetime",
	.attribute = datetime_attribute,
	.print = print_datetime,
	.repr = repr_datetime,
};

static const struct value_class duration_class = {
	.name = "timedelta",
	.attribute = duration_attribute,
	.print = print_duration,
};

static struct value new_moment(struct render *render,
			       const struct value_class *class, int64_t micro)
{
	struct moment *moment =
		arena_alloc(render_arena(render), sizeof(*moment));

	*moment = (struct moment){{class}, micro};
	return (struct value){.kind = VALUE_OBJECT, .object = &moment->object};
}

struct value datetime_new(struct render *render, int64_t micro)
{
	return new_moment(render, &datetime_class, micro);
}

bool is_datetime(struct value value)
{
	return value.kind == VALUE_OBJECT &&
	       (value.object->class == &datetime_class ||
		value.object->class == &duration_class);
}

int datetime_compare(struct value left, struct value right)
{
	int64_t a = micro_of(left);
	int64_t b = micro_of(right);

	return a < b ? -1 : a > b;
}

/* A date less a date is a duration; with a duration it is a date. */
int datetime_operate(struct render *render, enum value_operator operator,
		     struct value left, struct value right, struct value *out)
{
	bool date = left.object->class == &datetime_class;
	bool minus = operator== OPERATOR_SUBTRACT;
	bool other_date;
	int64_t micro;

	if (!is_datetime(right) || (!minus && operator!= OPERATOR_ADD))
		return fail_type(render,
				 "unsupported operand type(s) for "
				 "'%s' and '%s'",
				 value_type_name(left), value_type_name(right));
	other_date = right.object->class == &datetime_class;
	micro = minus ? micro_of(left) - micro_of(right)
		      : micro_of(left) + micro_of(right);
	if (other_date && (minus ? !date : date))
		return fail_type(render,
				 "unsupported operand type(s) for %c: '%s' and "
				 "'%s'",
				 minus ? '-' : '+', value_type_name(left),
				 value_type_name(right));
	*out = new_moment(
		render, date != other_date ? &datetime_class : &duration_class,
		micro);
	return 0;
}
