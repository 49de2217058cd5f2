/* Ansible's filters of times: strftime and to_datetime. */
#include <math.h>
#include <strings.h>
#include <time.h>

#include "runtime/text/template/ansible.h"
#include "runtime/text/template/datetime.h"

static int filter_strftime(struct call *call, struct value *out)
{
	static const char *const names[] = {"second", "utc", NULL};
	struct value arguments[2];
	struct value format = call->subject;
	double number = 0;
	time_t seconds;
	struct tm tm;
	bool utc;

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(call->render, arguments[1], false, &utc))
		return -1;
	if (!is_string(format))
		return fail_type(call->render,
				 "strftime() argument 1 must be str, not %s",
				 value_type_name(format));
	seconds = (time_t)render_now(call->render);
	if (ansible_given(arguments[0])) {
		if (is_string(arguments[0])
			    ? !number_parse_float(arguments[0], &number)
			    : !is_number(arguments[0]) ||
				      number_double(call->render, arguments[0],
						    &number))
			return render_fail(call->render, RENDER_FILTER,
					   "Invalid value for epoch value");
		if (!(fabs(number) < 1e11))
			return render_fail(call->render, RENDER_VALUE,
					   "timestamp out of range");
		seconds = (time_t)floor(number);
	}
	if (utc)
		gmtime_r(&seconds, &tm);
	else
		localtime_r(&seconds, &tm);
	return time_format(call->render, format, &tm, 0, out);
}

struct parser {
	const char *at, *end;
	struct tm tm;
	int64_t micro;
	bool afternoon, half_day;
};

/* At most `most` digits. */
static bool take_number(struct parser *parser, int most, int *out)
{
	int count = 0;

	for (*out = 0; count < most && parser->at < parser->end &&
		       *parser->at >= '0' && *parser->at <= '9';
	     count++)
		*out = *out * 10 + (*parser->at++ - '0');
	return count > 0;
}

/* One of `count` names, or the first three letters of one. */
static bool take_name(struct parser *parser, const char *const *names,
		      int count, bool whole, int *out)
{
	for (*out = 0; *out < count; (*out)++) {
		size_t length = whole ? strlen(names[*out]) : 3;

		if ((size_t)(parser->end - parser->at) >= length &&
		    strncasecmp(parser->at, names[*out], length) == 0) {
			parser->at += length;
			return true;
		}
	}
	return false;
}

static bool take_fraction(struct parser *parser)
{
	const char *start = parser->at;
	int number;

	if (!take_number(parser, 6, &number))
		return false;
	parser->micro = number;
	for (long i = parser->at - start; i < 6; i++)
		parser->micro *= 10;
	return true;
}

static bool take_text(struct parser *parser, char directive)
{
	static const char *const months[] = {"January", "February", "March",
					     "April",   "May",      "June",
					     "July",    "August",   "September",
					     "October", "November", "December"};
	static const char *const days[] = {"Sunday",    "Monday",   "Tuesday",
					   "Wednesday", "Thursday", "Friday",
					   "Saturday"};
	static const char *const halves[] = {"AM", "PM"};
	int number;

	switch (directive) {
	case 'b':
	case 'B':
		return take_name(parser, months, 12, directive == 'B',
				 &parser->tm.tm_mon);
	case 'a':
	case 'A':
		return take_name(parser, days, 7, directive == 'A', &number);
	case 'p':
		parser->half_day = take_name(parser, halves, 2, true, &number);
		parser->afternoon = number == 1;
		return parser->half_day;
	case 'f':
		return take_fraction(parser);
	default:
		return false;
	}
}

static bool take_directive(struct parser *parser, char directive)
{
	struct tm *tm = &parser->tm;
	int number;

	switch (directive) {
	case 'Y':
		return take_number(parser, 4, &number) &&
		       (tm->tm_year = number - 1900, true);
	case 'y':
		return take_number(parser, 2, &number) &&
		       (tm->tm_year = number < 69 ? number + 100 : number,
			true);
	case 'm':
		return take_number(parser, 2, &number) && number >= 1 &&
		       number <= 12 && (tm->tm_mon = number - 1, true);
	case 'd':
		return take_number(parser, 2, &tm->tm_mday) &&
		       tm->tm_mday >= 1 && tm->tm_mday <= 31;
	case 'j':
		return take_number(parser, 3, &number) && number >= 1 &&
		       number <= 366 &&
		       (tm->tm_mon = 0, tm->tm_mday = number, true);
	case 'H':
	case 'I':
		return take_number(parser, 2, &tm->tm_hour) && tm->tm_hour < 24;
	case 'M':
		return take_number(parser, 2, &tm->tm_min) && tm->tm_min < 60;
	case 'S':
		return take_number(parser, 2, &tm->tm_sec) && tm->tm_sec < 62;
	default:
		return take_text(parser, directive);
	}
}

static bool parse(struct parser *parser, struct value format)
{
	for (uint32_t i = 0; i < format.length; i++) {
		char c = format.bytes[i];

		if (c == '%' && i + 1 < format.length &&
		    format.bytes[i + 1] != '%') {
			if (!take_directive(parser, format.bytes[++i]))
				return false;
			continue;
		}
		i += c == '%';
		if (unicode_is((unsigned char)c, UNICODE_SPACE)) {
			while (parser->at < parser->end &&
			       unicode_is((unsigned char)*parser->at,
					  UNICODE_SPACE))
				parser->at++;
			continue;
		}
		if (parser->at == parser->end || *parser->at++ != c)
			return false;
	}
	return parser->at == parser->end;
}

static int filter_to_datetime(struct call *call, struct value *out)
{
	static const char *const names[] = {"format", NULL};
	struct parser parser = {.tm = {.tm_mday = 1}};
	struct value format;
	time_t seconds;
	int day;

	if (call_bind(call, names, 0, &format))
		return -1;
	if (format.kind == VALUE_ABSENT)
		format = LITERAL("%Y-%m-%d %H:%M:%S");
	if (!is_string(call->subject) || !is_string(format))
		return fail_type(call->render,
				 "strptime() argument 1 must be str, not %s",
				 value_type_name(call->subject));
	parser.at = call->subject.bytes;
	parser.end = parser.at + call->subject.length;
	if (!parse(&parser, format))
		return render_fail(call->render, RENDER_VALUE,
				   "time data '%.*s' does not match format "
				   "'%.*s'",
				   (int)call->subject.length,
				   call->subject.bytes, (int)format.length,
				   format.bytes);
	if (parser.half_day)
		parser.tm.tm_hour =
			parser.tm.tm_hour % 12 + (parser.afternoon ? 12 : 0);
	day = parser.tm.tm_mday;
	seconds = timegm(&parser.tm);
	if (parser.tm.tm_mday != day && day <= 31)
		return render_fail(call->render, RENDER_VALUE,
				   "day is out of range for month");
	*out = datetime_new(call->render,
			    (int64_t)seconds * 1000000 + parser.micro);
	return 0;
}

static const struct call_entry entries[] = {
	{"strftime", filter_strftime},
	{"to_datetime", filter_to_datetime},
};

const struct method_table filters_ansible_time = {entries, COUNT(entries)};
