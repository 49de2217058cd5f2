#include "runtime/text/glob.h"

#include <stdint.h>
#include <string.h>

/*
 * A pattern becomes a small program that is run on all positions at once
 * (Thompson's way), so that no pattern can make matching slow.
 */
enum kind {
	ONE,      /* this character */
	ANY,      /* any character but '/' */
	SET,      /* one of [...], which is read from the pattern */
	STAR,     /* any run without '/' */
	GLOBSTAR, /* any run */
	DIRS,     /* any number of segments, each with its '/' */
	SPLIT,    /* go on at the next step and at `value` */
	JUMP,     /* go on at `value` */
	MATCH
};

enum { MAX_STEPS = 2 * GLOB_MAX + 2, MAX_DEPTH = 16 };

struct step {
	enum kind kind;
	uint32_t value; /* character, target, or where the set begins */
};

struct program {
	struct step steps[MAX_STEPS];
	unsigned count;
	const char *pattern; /* borrowed */
	const char *at;      /* what is being compiled */
	unsigned depth;      /* of braces */
	struct error **err;
};

/* A byte that is no UTF-8 counts as a character of its own. */
static uint32_t next_character(const char **text)
{
	const unsigned char *at = (const unsigned char *)*text;
	unsigned more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc2 ? 1 : 0;
	uint32_t value = *at < 0x80 ? *at : *at & (0x3fu >> more);

	for (unsigned i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			more = 0;
			break;
		}
		value = value << 6 | (at[i] & 0x3fu);
	}
	*text += 1 + more;
	return more || *at < 0x80 ? value : 0xdc00u | *at;
}

static int fail(struct program *program, const char *why)
{
	return error_set(program->err, ERROR_INVALID, "glob '%.*s': %s",
			 GLOB_MAX, program->pattern, why);
}

static unsigned emit(struct program *program, enum kind kind, uint32_t value)
{
	program->steps[program->count] = (struct step){kind, value};
	return program->count++;
}

/* One character of a set or a pattern, with `\` taken off. 0: nothing there. */
static uint32_t take_character(const char **at)
{
	if (**at == '\\')
		++*at;
	return **at ? next_character(at) : 0;
}

/* Is `c` in the set whose inside begins at `at`? `at` ends behind the ']', or
 * as NULL when there is none. */
static bool in_set(const char **at, uint32_t c)
{
	bool negated = **at == '!' || **at == '^';
	bool found = false;
	const char *first;

	*at += negated;
	for (first = *at; **at && (**at != ']' || *at == first);) {
		uint32_t low = take_character(at);
		uint32_t high = low;

		if ((*at)[0] == '-' && (*at)[1] && (*at)[1] != ']') {
			++*at;
			high = take_character(at);
		}
		found |= low <= c && c <= high;
	}
	*at = **at ? *at + 1 : NULL;
	return found != negated && c != '/';
}

static int compile_set(struct program *program)
{
	const char *end = ++program->at;

	emit(program, SET, (uint32_t)(program->at - program->pattern));
	in_set(&end, 0);
	if (!end)
		return fail(program, "'[' without ']'");
	program->at = end;
	return 0;
}

/* `start`: does a path segment begin here? */
static void compile_stars(struct program *program, bool start)
{
	size_t length = strspn(program->at, "*");

	program->at += length;
	if (length == 1) {
		emit(program, STAR, 0);
	} else if (start && *program->at == '/') {
		program->at++;
		emit(program, DIRS, 0);
	} else {
		emit(program, GLOBSTAR, 0);
	}
}

static int compile(struct program *program, bool start);

static int compile_braces(struct program *program, bool start)
{
	unsigned jumps[GLOB_MAX];
	unsigned count = 0;
	unsigned split;

	if (++program->depth > MAX_DEPTH)
		return fail(program, "braces are nested too deeply");
	do {
		split = emit(program, SPLIT, 0);
		program->at++;
		if (compile(program, start) < 0)
			return -1;
		if (!*program->at)
			return fail(program, "'{' without '}'");
		jumps[count++] = emit(program, JUMP, 0);
		program->steps[split].value = program->count;
	} while (*program->at == ',');
	program->at++;
	program->depth--;
	program->steps[split].value = 0; /* behind the last there is none */
	for (unsigned i = 0; i < count; i++)
		program->steps[jumps[i]].value = program->count;
	return 0;
}

static int compile_one(struct program *program, bool start)
{
	switch (*program->at) {
	case '*':
		compile_stars(program, start);
		return 0;
	case '?':
		program->at++;
		emit(program, ANY, 0);
		return 0;
	case '[':
		return compile_set(program);
	case '{':
		return compile_braces(program, start);
	case '\\':
		if (!program->at[1])
			return fail(program, "'\\' at the end");
		break;
	default:
		break;
	}
	emit(program, ONE, take_character(&program->at));
	return 0;
}

static int compile(struct program *program, bool start)
{
	const char *from = program->at;

	while (*program->at) {
		bool first =
			program->at == from ? start : program->at[-1] == '/';

		if (program->depth && strchr(",}", *program->at))
			return 0;
		if (compile_one(program, first) < 0)
			return -1;
	}
	return 0;
}

static int read_pattern(struct program *program, const char *pattern,
			struct error **err)
{
	program->count = 0;
	program->depth = 0;
	program->pattern = program->at = pattern;
	program->err = err;
	if (strnlen(pattern, GLOB_MAX + 1) > GLOB_MAX)
		return fail(program, "too long");
	if (compile(program, true) < 0)
		return -1;
	emit(program, MATCH, 0);
	return 0;
}

/* The steps that are active at one position of the text. */
struct active {
	uint16_t steps[MAX_STEPS];
	unsigned count;
};

struct matcher {
	const struct program *program;
	struct active lists[2];
	uint32_t seen[MAX_STEPS]; /* the position + 1 for which it was added */
	uint32_t position;
};

static void add(struct matcher *matcher, struct active *to, unsigned at)
{
	const struct step *step = &matcher->program->steps[at];

	if (matcher->seen[at] == matcher->position)
		return;
	matcher->seen[at] = matcher->position;
	/* Steps are read only below `count`, where each was emitted. */
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
	if (step->kind == SPLIT && step->value)
		add(matcher, to, step->value);
	if (step->kind == JUMP) {
		add(matcher, to, step->value);
		return;
	}
	if (step->kind != SPLIT)
		to->steps[to->count++] = (uint16_t)at;
	if (step->kind == STAR || step->kind == GLOBSTAR ||
	    step->kind == DIRS || step->kind == SPLIT)
		add(matcher, to, at + 1);
}

/*
 * A DIRS step stays without going on behind itself, except after a '/'. No
 * other way can enter it at a position where that matters: it is only ever
 * entered where a segment begins.
 */
static void stay(struct matcher *matcher, struct active *to, unsigned at)
{
	if (matcher->seen[at] != matcher->position) {
		matcher->seen[at] = matcher->position;
		to->steps[to->count++] = (uint16_t)at;
	}
}

static void advance(struct matcher *matcher, struct active *to, unsigned at,
		    uint32_t c)
{
	const struct step *step = &matcher->program->steps[at];
	const char *set = matcher->program->pattern + step->value;

	switch (step->kind) {
	case ONE:
		if (step->value == c)
			add(matcher, to, at + 1);
		break;
	case ANY:
		if (c != '/')
			add(matcher, to, at + 1);
		break;
	case SET:
		if (in_set(&set, c))
			add(matcher, to, at + 1);
		break;
	case STAR:
		if (c != '/')
			add(matcher, to, at);
		break;
	case GLOBSTAR:
		add(matcher, to, at);
		break;
	case DIRS:
		if (c == '/')
			add(matcher, to, at);
		else
			stay(matcher, to, at);
		break;
	default:
		break;
	}
}

static bool run(const struct program *program, const char *text)
{
	struct matcher matcher;
	struct active *from = &matcher.lists[0];
	struct active *to = &matcher.lists[1];

	matcher.program = program;
	matcher.position = 1;
	memset(matcher.seen, 0, sizeof(matcher.seen));
	from->count = 0;
	add(&matcher, from, 0);
	while (*text && from->count) {
		uint32_t c = next_character(&text);
		struct active *swap = from;

		matcher.position++;
		to->count = 0;
		for (unsigned i = 0; i < from->count; i++)
			advance(&matcher, to, from->steps[i], c);
		from = to;
		to = swap;
	}
	return !*text && matcher.seen[program->count - 1] == matcher.position;
}

bool glob_match(const char *pattern, const char *text)
{
	size_t plain = strcspn(pattern, "*?[{\\");
	struct program program;

	/* Most patterns are decided by what comes before their first star. */
	if (!pattern[plain] && plain <= GLOB_MAX)
		return !strcmp(pattern, text);
	if (strncmp(pattern, text, plain) != 0)
		return false;
	return !read_pattern(&program, pattern, NULL) && run(&program, text);
}

int glob_check(const char *pattern, struct error **err)
{
	struct program program;

	pattern += *pattern == '!';
	if (!*pattern)
		return error_set(err, ERROR_INVALID, "a glob is empty");
	return read_pattern(&program, pattern, err);
}

bool glob_list_match(const char *const *patterns, size_t count,
		     const char *text, size_t *which)
{
	bool includes = false;
	size_t at;

	for (at = 0; at < count; at++)
		includes |= patterns[at][0] != '!';
	for (at = count; at > 0; at--) {
		const char *pattern = patterns[at - 1];
		bool excludes = *pattern == '!';

		if (!glob_match(pattern + excludes, text))
			continue;
		if (which)
			*which = at - 1;
		return !excludes;
	}
	if (which)
		*which = count;
	return !includes;
}
