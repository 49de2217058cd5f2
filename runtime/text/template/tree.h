/* The tree of a template: what the parser makes and the evaluator walks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "runtime/text/template/call.h"
#include "runtime/text/template/options.h"

/*
 * In brackets the kids 0 to 4, a list where it says "…" (linked by `next`); any
 * may be NULL where Jinja2 lets it be left out.
 */
enum node_kind {
	NODE_CONST,     /* value */
	NODE_NAME,      /* value: its name; up, slot */
	NODE_TUPLE,     /* [items…] */
	NODE_LIST,      /* [items…] */
	NODE_DICT,      /* [keys and values in turn…] */
	NODE_ATTRIBUTE, /* value: its name [subject] */
	NODE_ITEM,      /* [subject, key] */
	NODE_SLICE,     /* [subject, start, stop, step] */
	NODE_CALL,    /* [callee, arguments…, keywords…, star, star star] */
	NODE_FILTER,  /* value: its name [subject, as a call's] */
	NODE_TEST,    /* value: its name [subject, as a call's] */
	NODE_KEYWORD, /* value: its name [value] */
	NODE_OPERATE, /* operator [left, right] */
	NODE_AND,     /* [left, right] */
	NODE_OR,      /* [left, right] */
	NODE_NOT,     /* [operand] */
	NODE_NEGATE,  /* [operand] */
	NODE_PLUS,    /* [operand] */
	NODE_CONCAT,  /* [parts…] */
	NODE_COMPARE, /* [left, operands…] */
	NODE_OPERAND, /* operator (enum node_compare) [right] */
	NODE_CONDITION, /* [test, then, else] */
	NODE_TEXT,      /* value: text of the template */
	NODE_OUTPUT,    /* [parts…] */
	NODE_FOR,       /* plan.loop [target, over, body…, else…, test] */
	NODE_IF,        /* [test, body…, elif…, else…] */
	NODE_MACRO, /* value: its name; plan.unit [body…, parameters…] */
	NODE_PARAMETER,    /* a NODE_NAME in all but its kind [default] */
	NODE_CALL_BLOCK,   /* plan.unit [body…, parameters…, call] */
	NODE_FILTER_BLOCK, /* plan.scope [filter, body…] */
	NODE_WITH,         /* plan.scope [targets…, values…, body…] */
	NODE_SET,          /* [target, value] */
	NODE_SET_BLOCK,    /* plan.scope [target, filter, body…] */
	NODE_PLACE, /* name.attribute as a target; value: both [name, attr.] */
	NODE_BLOCK, /* value: its name; plan.block [body…] */
	NODE_EXTENDS, /* [template] */
	NODE_INCLUDE, /* plan.names [template] */
	NODE_IMPORT,  /* plan.names [template, target] */
	NODE_FROM,    /* plan.names [template, names: kid 0 is the alias…] */
	NODE_AUTOESCAPE, /* plan.scope [mode, body…] */
	NODE_DO,         /* [expression] */
	NODE_BREAK,
	NODE_CONTINUE,
};

enum node_compare {
	COMPARE_EQ,
	COMPARE_NE,
	COMPARE_LT,
	COMPARE_LE,
	COMPARE_GT,
	COMPARE_GE,
	COMPARE_IN,
	COMPARE_NOT_IN,
};

/* A NODE_NAME's operator. */
enum node_name {
	NAME_LOADED,
	NAME_STORED,
	NAME_DECLARED, /* by a macro or import */
};

enum node_flag {
	NODE_ESCAPED = 1,  /* autoescape is on here */
	NODE_VOLATILE = 2, /* whether it is on turns out when rendering */
	NODE_EXPORTED = 4, /* what it sets is one of the context's names */
	NODE_RECURSIVE = 8,
	NODE_SCOPED = 16,
	NODE_REQUIRED = 32,
	NODE_CONTEXT = 64,   /* an include or import with context */
	NODE_OPTIONAL = 128, /* ignore missing; a tag of a child template
				that shows only without a parent; a filter
				that need not exist until it is used */
};

enum { NODE_KIDS = 5 };

struct node {
	uint8_t kind;
	uint8_t operator;
	uint8_t flags;
	uint8_t up;      /* of a name: how many units out it lives */
	uint16_t height; /* of the tree below */
	uint32_t line;   /* where Jinja2 says that it is */
	uint32_t slot;   /* of a name; of an attribute: its place for a hint */
	uint32_t source, length; /* in the template's text; 0: as its parent */
	struct node *next;
	struct node *kids[NODE_KIDS];
	struct value value;
	const struct call_entry *entry; /* of a filter or test */
	union {
		struct scope *scope;
		struct unit *unit;
		struct loop_plan *loop;
		struct block *block;
		struct names *names;
	} plan;
};

/* What a name is when its scope is entered. */
enum load_action { LOAD_MISSING, LOAD_RESOLVE, LOAD_ALIAS, LOAD_PARAMETER };

struct load {
	struct value name;
	uint32_t slot, from; /* LOAD_ALIAS: of the outer name */
	uint8_t up;          /* LOAD_ALIAS: its unit */
	uint8_t action;
};

/*
 * The loads of a scope. The first `once` of them cannot change while a loop
 * goes round.
 */
struct scope {
	struct load *loads;
	uint32_t count, once;
};

/* Names and where they are: what includes and scoped blocks may see. */
struct names {
	uint32_t count;
	struct place {
		struct value name;
		uint32_t slot;
		uint8_t up;
	} items[];
};

/* What has slots of its own: a template, block, macro or recursive loop. */
struct unit {
	uint32_t slots;
	bool captured; /* another unit lives inside: its frame must stay */
	struct scope scope;
	/* of macros */
	uint32_t parameters;
	uint32_t caller_slot, kwargs_slot, varargs_slot; /* 0: none, else + 1 */
	bool explicit_caller;
	uint32_t self_slot, super_slot; /* of templates and blocks; + 1 */
};

struct loop_plan {
	struct scope body, otherwise, test;
	struct unit *unit;        /* of a recursive loop */
	uint32_t loop_slot;       /* of `loop`, + 1; 0: nobody asks for it */
	struct node *test_target; /* the target, in the scope of the test */
};

struct block {
	struct value name;
	struct node *body;
	uint32_t line;
	struct names *seen; /* by a scoped one: names around its tag */
	struct unit unit;
	const struct template *template;
	struct block *next;
};

struct template
{
	struct value name;
	const struct template_options *options;
	char *source; /* its newlines are "\n" */
	uint32_t length;
	struct arena arena;
	struct node *body;
	struct unit unit;
	struct block *blocks;
	bool extends;
	uint32_t hints;         /* places for hints of attributes */
	char hash[65];          /* SHA-256 of what was compiled */
	struct template *older; /* in the cache */
};
