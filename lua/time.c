/* Binding: clocks, sleeping, durations and dates. */
#include <ctype.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lua/duration.h"
#include "lua/lerror.h"
#include "lua/modules.h"
#include "lua/task.h"
#include "runtime/base/clock.h"
#include "runtime/base/duration.h"
#include "runtime/loop/timer.h"

#define DURATION_MAX 1e15 /* milliseconds: 30,000 years */

int64_t duration_check(lua_State *L, int index)
{
	struct error *err = NULL;
	lua_Number number;
	int64_t ms;

	if (lua_type(L, index) == LUA_TSTRING) {
		if (duration_parse(lua_tostring(L, index), &ms, &err) != 0)
			lerror_raise(L, err);
		return ms;
	}
	number = luaL_checknumber(L, index);
	luaL_argcheck(L, number >= 0 && number <= DURATION_MAX, index,
		      "is no duration");
	return (int64_t)number;
}

static int l_now(lua_State *L)
{
	lua_pushinteger(L, clock_now());
	return 1;
}

static int l_monotonic(lua_State *L)
{
	lua_pushinteger(L, clock_monotonic());
	return 1;
}

static int slept(lua_State *L, int status, lua_KContext context)
{
	(void)status;
	task_awaited(L, context);
	return 0;
}

static int l_sleep(lua_State *L)
{
	int64_t ms = duration_check(L, 1);
	struct timer *timer = task_op(L, sizeof(*timer));

	timer_start(timer, task_loop(L), (uint64_t)ms);
	return task_await(L, &timer->op, slept);
}

static int l_duration(lua_State *L)
{
	lua_pushinteger(L, duration_check(L, 1));
	return 1;
}

static int l_describe(lua_State *L)
{
	char text[DURATION_SIZE];

	duration_format(duration_check(L, 1), text);
	lua_pushstring(L, text);
	return 1;
}

static int l_format(lua_State *L)
{
	int64_t ms =
		lua_isnoneornil(L, 1) ? clock_now() : luaL_checkinteger(L, 1);
	const char *format = luaL_optstring(L, 2, NULL);
	time_t seconds = (time_t)(ms >= 0 ? ms / 1000 : (ms - 999) / 1000);
	char text[256];
	struct tm parts;
	size_t length;

	if (format) {
		localtime_r(&seconds, &parts);
		length = strftime(text, sizeof(text), format, &parts);
		luaL_argcheck(L, length > 0 || !*format, 2, "is too long");
		lua_pushlstring(L, text, length);
		return 1;
	}
	gmtime_r(&seconds, &parts);
	length = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(text + length, sizeof(text) - length, ".%03dZ",
		 (int)(ms - (int64_t)seconds * 1000));
	lua_pushstring(L, text);
	return 1;
}

/* The number that two digits make; -1 if they are none. */
static int two_digits(const char *text)
{
	if (!isdigit((unsigned char)text[0]) ||
	    !isdigit((unsigned char)text[1]))
		return -1;
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* "Z", "+02:00" or nothing: minutes that the zone is before UTC. */
static int read_zone(const char *zone, int *minutes)
{
	int hours;

	*minutes = 0;
	if (*zone == '\0' || strcmp(zone, "Z") == 0)
		return 0;
	if (strlen(zone) != 6 || (*zone != '+' && *zone != '-') ||
	    zone[3] != ':')
		return -1;
	hours = two_digits(zone + 1);
	*minutes = two_digits(zone + 4);
	if (hours < 0 || hours > 23 || *minutes < 0 || *minutes > 59)
		return -1;
	*minutes = (hours * 60 + *minutes) * (*zone == '+' ? 1 : -1);
	return 0;
}

/* What follows the seconds: ".123", then the zone. */
static int read_rest(const char *rest, int64_t *ms)
{
	int minutes;

	if (*rest == '.') {
		int scale = 100;

		if (!isdigit((unsigned char)*++rest))
			return -1;
		for (; isdigit((unsigned char)*rest); rest++, scale /= 10)
			*ms += (int64_t)scale * (*rest - '0');
	}
	if (read_zone(rest, &minutes) != 0)
		return -1;
	*ms -= (int64_t)minutes * 60000;
	return 0;
}

static int l_parse(lua_State *L)
{
	const char *text = luaL_checkstring(L, 1);
	struct error *err = NULL;
	struct tm parts = {0};
	const char *rest = strptime(text, "%Y-%m-%d", &parts);
	struct tm given;
	time_t seconds;
	int64_t ms = 0;

	if (rest && (*rest == 'T' || *rest == ' '))
		rest = strptime(rest + 1, "%H:%M:%S", &parts);
	given = parts;
	seconds = timegm(&parts); /* makes 2 March of 30 February */
	if (!rest || read_rest(rest, &ms) != 0 ||
	    given.tm_mday != parts.tm_mday) {
		error_set(&err, ERROR_INVALID,
			  "'%s' is no time like 2026-01-31T12:30:00Z", text);
		return lerror_raise(L, err);
	}
	lua_pushinteger(L, ms + (int64_t)seconds * 1000);
	return 1;
}

int luaopen_time(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"now", l_now},           {"monotonic", l_monotonic},
		{"sleep", l_sleep},       {"duration", l_duration},
		{"describe", l_describe}, {"format", l_format},
		{"parse", l_parse},       {NULL, NULL},
	};

	luaL_newlib(L, functions);
	return 1;
}
