#include "runtime/learn/config/format.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* What is left to match. Matchers step over what they accept. */
struct rest {
	const char *at, *end;
};

static bool done(const struct rest *rest)
{
	return rest->at == rest->end;
}

static int next(const struct rest *rest)
{
	return done(rest) ? -1 : (unsigned char)*rest->at;
}

static bool take(struct rest *rest, char c)
{
	if (next(rest) != c)
		return false;
	rest->at++;
	return true;
}

static bool word_char(int c)
{
	return c >= 0 && (isalnum(c) || c == '_');
}

/* Steps over digits; how many. */
static size_t digits(struct rest *rest)
{
	const char *start = rest->at;

	while (next(rest) >= 0 && isdigit(next(rest)))
		rest->at++;
	return (size_t)(rest->at - start);
}

/* Steps over word characters and those of `more`; how many. */
static size_t word(struct rest *rest, const char *more)
{
	const char *start = rest->at;

	while (!done(rest) && (word_char(next(rest)) ||
			       (next(rest) && strchr(more, next(rest)))))
		rest->at++;
	return (size_t)(rest->at - start);
}

static bool spaces_in(const struct rest *rest)
{
	for (const char *c = rest->at; c < rest->end; c++)
		if (isspace((unsigned char)*c))
			return true;
	return false;
}

static bool url(struct rest rest)
{
	if (!isalpha(next(&rest)) || word(&rest, "+.-") == 0)
		return false;
	return take(&rest, ':') && take(&rest, '/') && take(&rest, '/') &&
	       !done(&rest) && !spaces_in(&rest);
}

static bool four_parts(struct rest *rest)
{
	for (int i = 0; i < 4; i++)
		if (digits(rest) == 0 || (i < 3 && !take(rest, '.')))
			return false;
	return true;
}

static bool address(struct rest rest)
{
	return four_parts(&rest) && done(&rest);
}

static bool network(struct rest rest)
{
	return four_parts(&rest) && take(&rest, '/') && digits(&rest) > 0 &&
	       done(&rest);
}

static bool labels(struct rest *rest, size_t least)
{
	size_t count = 0;

	do {
		if (word(rest, "-") == 0)
			return false;
		count++;
	} while (take(rest, '.') && !done(rest) && next(rest) != ':');
	return count >= least;
}

static bool host_port(struct rest rest)
{
	return labels(&rest, 1) && take(&rest, ':') && digits(&rest) > 0 &&
	       done(&rest);
}

static bool host(struct rest rest)
{
	return labels(&rest, 2) && done(&rest);
}

static bool number(struct rest *rest)
{
	if (digits(rest) == 0)
		return false;
	if (next(rest) != '.')
		return true;
	rest->at++;
	return digits(rest) > 0;
}

/* A number, and then one of the `units`, "Mi|Gi|…". */
static bool amount(struct rest rest, const char *units)
{
	size_t length;

	if (!number(&rest) || done(&rest))
		return false;
	length = (size_t)(rest.end - rest.at);
	for (const char *unit = units; *unit;) {
		size_t size = strcspn(unit, "|");

		if (size == length && memcmp(unit, rest.at, size) == 0)
			return true;
		unit += size + (unit[size] == '|');
	}
	return false;
}

static bool memory(struct rest rest)
{
	return amount(rest, "Ki|Mi|Gi|Ti|Pi|K|M|G|T|P|k|g|KB|MB|GB|TB|KiB|MiB|"
			    "GiB|TiB|kb|mb|gb|tb|Kb|Mb|Gb|B|b");
}

static bool cpu(struct rest rest)
{
	return digits(&rest) > 0 && take(&rest, 'm') && done(&rest);
}

/* Steps over a unit of time; the longest of those that fit. */
static bool time_unit(struct rest *rest)
{
	static const char *const units[] = {
		"milliseconds",
		"seconds",
		"minutes",
		"millis",
		"second",
		"minute",
		"hours",
		"weeks",
		"msec",
		"secs",
		"mins",
		"hour",
		"days",
		"week",
		"sec",
		"min",
		"day",
		"hrs",
		"hr",
		"ms",
		"us",
		"ns",
		"s",
		"m",
		"h",
		"d",
		"w",
	};
	size_t left = (size_t)(rest->end - rest->at);

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t length = strlen(units[i]);

		if (length <= left && memcmp(rest->at, units[i], length) == 0) {
			rest->at += length;
			return true;
		}
	}
	return false;
}

static bool duration(struct rest rest)
{
	if (next(&rest) == 'P') /* ISO 8601 */
		return rest.end - rest.at > 2 && word(&rest, "") > 0 &&
		       done(&rest) && isdigit((unsigned char)rest.end[-2]);
	do {
		if (!number(&rest))
			return false;
		take(&rest, ' ');
		if (!time_unit(&rest))
			return false;
	} while (!done(&rest));
	return true;
}

static bool percent(struct rest rest)
{
	return number(&rest) && take(&rest, '%') && done(&rest);
}

static bool integer(struct rest rest)
{
	take(&rest, '-');
	return digits(&rest) > 0 && done(&rest);
}

static bool fraction(struct rest rest)
{
	take(&rest, '-');
	return digits(&rest) > 0 && take(&rest, '.') && digits(&rest) > 0 &&
	       done(&rest);
}

static bool boolean(struct rest rest)
{
	static const char *const words[] = {"true", "false", "yes",
					    "no",   "on",    "off"};
	size_t length = (size_t)(rest.end - rest.at);

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == length &&
		    strncasecmp(words[i], rest.at, length) == 0)
			return true;
	return false;
}

static bool date(struct rest rest)
{
	return digits(&rest) == 4 && take(&rest, '-') && digits(&rest) == 2 &&
	       take(&rest, '-') && digits(&rest) == 2;
}

static bool time_of_day(struct rest rest)
{
	if (digits(&rest) != 2 || !take(&rest, ':') || digits(&rest) != 2)
		return false;
	return done(&rest) ||
	       (take(&rest, ':') && digits(&rest) == 2 && done(&rest));
}

static bool version(struct rest rest)
{
	int parts = 0;

	take(&rest, 'v');
	do {
		if (digits(&rest) == 0)
			return false;
		parts++;
	} while (take(&rest, '.'));
	if (done(&rest))
		return parts >= 3;
	return parts >= 2 && (take(&rest, '-') || take(&rest, '+')) &&
	       word(&rest, ".-+") > 0 && done(&rest);
}

static bool cron(struct rest rest)
{
	int fields = 0;

	if (!isdigit(next(&rest)) && next(&rest) != '*')
		return false;
	while (!done(&rest)) {
		if (word(&rest, "*/,-?#") == 0)
			return false;
		fields++;
		while (take(&rest, ' '))
			continue;
	}
	return fields == 5 || fields == 6;
}

static bool email(struct rest rest)
{
	return word(&rest, ".+-") > 0 && take(&rest, '@') && host(rest);
}

static bool uuid(struct rest rest)
{
	static const size_t lengths[] = {8, 4, 4, 4, 12};

	for (int i = 0; i < 5; i++)
		if (word(&rest, "") != lengths[i] ||
		    (i < 4 && !take(&rest, '-')))
			return false;
	return done(&rest);
}

static bool hex(struct rest rest)
{
	const char *start = rest.at;

	while (next(&rest) >= 0 && isxdigit(next(&rest)) &&
	       !isupper(next(&rest)))
		rest.at++;
	return done(&rest) && rest.at - start >= 16;
}

static bool image(struct rest rest)
{
	size_t parts = 0;

	do {
		if (word(&rest, ".-") == 0)
			return false;
		parts++;
	} while (take(&rest, '/'));
	if (parts < 2)
		return false;
	return done(&rest) ||
	       (take(&rest, ':') && word(&rest, ".-") > 0 && done(&rest));
}

static bool path(struct rest rest)
{
	if (take(&rest, '.'))
		take(&rest, '.');
	if (next(&rest) != '/')
		return false;
	while (take(&rest, '/'))
		if (word(&rest, ".@-") == 0)
			break;
	return done(&rest);
}

static bool list(struct rest rest)
{
	size_t items = 0;

	do {
		const char *start;

		take(&rest, ' ');
		start = rest.at;
		while (!done(&rest) && next(&rest) != ',' &&
		       !isspace(next(&rest)))
			rest.at++;
		if (rest.at == start)
			return false;
		items++;
	} while (take(&rest, ','));
	return items > 1 && done(&rest);
}

static bool upper(struct rest rest)
{
	bool letters = isupper(next(&rest));

	while (word_char(next(&rest)) && !islower(next(&rest)))
		rest.at++;
	return letters && done(&rest);
}

static bool plain_word(struct rest rest)
{
	return isalpha(next(&rest)) && word(&rest, "-") > 0 && done(&rest);
}

/* In the order in which they are asked. */
static const struct {
	enum config_format format;
	bool (*is)(struct rest rest);
	const char *name;
} formats[] = {
	{FORMAT_URL, url, "a URL"},
	{FORMAT_NETWORK, network, "a network"},
	{FORMAT_ADDRESS, address, "an address"},
	{FORMAT_HOST_PORT, host_port, "a host and port"},
	{FORMAT_CPU, cpu, "an amount of CPU"},
	{FORMAT_MEMORY, memory, "an amount of memory"},
	{FORMAT_DURATION, duration, "a duration"},
	{FORMAT_PERCENT, percent, "a percentage"},
	{FORMAT_INTEGER, integer, "an integer"},
	{FORMAT_FLOAT, fraction, "a decimal number"},
	{FORMAT_BOOLEAN, boolean, "true or false"},
	{FORMAT_DATE, date, "a date"},
	{FORMAT_TIME, time_of_day, "a time"},
	{FORMAT_VERSION, version, "a version"},
	{FORMAT_CRON, cron, "a schedule"},
	{FORMAT_EMAIL, email, "a mail address"},
	{FORMAT_UUID, uuid, "a UUID"},
	{FORMAT_HEX, hex, "a hexadecimal number"},
	{FORMAT_PATH, path, "a path"},
	{FORMAT_IMAGE, image, "an image or path"},
	{FORMAT_HOST, host, "a host"},
	{FORMAT_LIST, list, "a list"},
	{FORMAT_UPPER, upper, "a word in capitals"},
	{FORMAT_WORD, plain_word, "a word"},
	{FORMAT_EMPTY, NULL, "empty"},
	{FORMAT_TEXT, NULL, "a long text"},
	{FORMAT_NULL, NULL, "null"},
	{FORMAT_CONTAINER, NULL, "a list or map"},
};

enum config_format format_of(const char *text, size_t length)
{
	struct rest rest = {text, text + length};

	if (length == 0)
		return FORMAT_EMPTY;
	if (length > FORMAT_TEXT_LENGTH || memchr(text, '\n', length))
		return FORMAT_TEXT;
	for (size_t i = 0; formats[i].is; i++)
		if (formats[i].is(rest))
			return formats[i].format;
	return FORMAT_OTHER;
}

const char *format_name(enum config_format format)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (formats[i].format == format)
			return formats[i].name;
	return "something else";
}
