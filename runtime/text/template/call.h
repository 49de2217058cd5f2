/* Calls: how a template hands arguments to filters, tests and functions. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/buf.h"
#include "runtime/text/value.h"

/* One rendering: its arena, limits, error and output. See render.h. */
struct render;

/* What went wrong, for `--batch` and for people. Python's types in brackets. */
enum render_fault {
	RENDER_SYNTAX,        /* TemplateSyntaxError, TemplateAssertionError */
	RENDER_UNDEFINED,     /* UndefinedError */
	RENDER_TYPE,          /* TypeError */
	RENDER_VALUE,         /* ValueError, OverflowError */
	RENDER_ZERO_DIVISION, /* ZeroDivisionError */
	RENDER_RUNTIME,       /* TemplateRuntimeError and all others */
	RENDER_FILTER,        /* FilterArgumentError */
	RENDER_NOT_FOUND,     /* TemplateNotFound */
	RENDER_LIMIT,         /* a limit on steps, output, depth or memory */
	RENDER_SECURITY,      /* SecurityError */
};

struct call_named {
	struct value name; /* a string */
	struct value value;
};

/*
 * One call. `subject` is what a filter or test is applied to, or what a method
 * belongs to. All pointers are borrowed for the call.
 */
struct call {
	struct render *render;
	struct value subject;
	const char *name; /* of what is called, for messages */
	const struct value *arguments;
	const struct call_named *named;
	uint32_t count, named_count;
};

/*
 * A filter, test, method or function: 0 with the answer in `*out`, or -1 after
 * render_fail. What it makes lives in render_arena.
 */
typedef int call_function(struct call *call, struct value *out);

struct call_entry {
	const char *name;
	call_function *function;
};

/*
 * The filters, tests and global functions by name; NULL: none. With `ansible`
 * those of Ansible are there too.
 */
const struct call_entry *filter_find(struct value name, bool ansible);
const struct call_entry *test_find(struct value name, bool ansible);
const struct call_entry *function_find(struct value name);

/* The name of a filter or test nearest to `name`, for messages; or NULL. */
const char *filter_nearest(struct value name, bool ansible);
const char *test_nearest(struct value name, bool ansible);

/* The method `name` of a string, list, tuple, dict or number; NULL: none. */
const struct call_entry *method_find(struct value subject, struct value name);

/*
 * Sort the arguments of `call` into `out` by a signature: the names of the
 * parameters, NULL at the end, of which the first `required` must be given.
 * What is not given stays VALUE_ABSENT. Too many, unknown or doubled ones are
 * Python's TypeError.
 */
int call_bind(struct call *call, const char *const *names, uint32_t required,
	      struct value *out);

/* The methods that objects (VALUE_OBJECT) have; any may be NULL. */
struct value_class {
	const char *name; /* as in "'range' object is not …" */
	/* 1: found, 0: there is none, -1: render_fail was called */
	int (*attribute)(struct render *render, struct value self,
			 struct value name, struct value *out);
	int (*item)(struct render *render, struct value self, struct value key,
		    struct value *out);
	int (*call)(struct call *call, struct value *out); /* subject: self */
	/* Like `next` of an iterator over self: 1, 0 at the end, or -1. */
	int (*next)(struct render *render, struct value self, uint64_t *at,
		    struct value *out);
	int (*set)(struct render *render, struct value self, struct value name,
		   struct value value);
	int64_t (*length)(struct value self); /* -1: it has none */
	int (*print)(struct render *render, struct value self,
		     struct buf *out); /* NULL: "<name object>" */
	int (*repr)(struct render *render, struct value self,
		    struct buf *out); /* NULL: as `print` */
};

/* Every object starts with this. */
struct value_object {
	const struct value_class *class;
};

/* Services of the rendering for all that is called; see render.c. */
struct arena *render_arena(struct render *render);

/* Set the error, with line and template added by the caller; returns -1. */
int render_fail(struct render *render, enum render_fault fault,
		const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Count `steps` of work against the limit: 0, or -1 when it is used up. */
int render_count(struct render *render, uint64_t steps);

/* Fail unless `size` more bytes fit into the rendering's memory. */
int render_room(struct render *render, size_t size);

/* A pointer that the library keeps with the rendering; NULL at first. */
void **render_slot(struct render *render);

/* The containers that are being printed; NULL at first. */
const void **render_printing(struct render *render);

/* The time that templates are told, in seconds since 1970. */
int64_t render_now(const struct render *render);

bool render_autoescape(const struct render *render);

/* What `name` is where the template is now, for `map` and friends by name. */
int render_filter(struct render *render, struct value name, struct call *call,
		  struct value *out);
int render_test(struct render *render, struct value name, struct call *call,
		bool *out);

/* subject.name or subject[key]; undefined when there is none; -1 on failure. */
int render_attribute(struct render *render, struct value subject,
		     struct value name, struct value *out);
int render_item(struct render *render, struct value subject, struct value key,
		struct value *out);

/* The undefined value that says `format`; using it is an error by the mode. */
struct value render_undefined(struct render *render, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The name of what is undefined; VALUE_ABSENT if it never had one. */
struct value render_undefined_name(struct value value);

/* Fail with what the undefined `value` says, whatever the mode; returns -1. */
int render_missing(struct render *render, struct value value);

/* Fail if `value` is undefined and the mode forbids to use it. */
int render_defined(struct render *render, struct value value);

/* Iterate over anything iterable: `*at` starts at 0; 1, 0 at the end, or -1. */
int render_next(struct render *render, struct value over, uint64_t *at,
		struct value *out);

/*
 * The operations of values, in operate*.c and print*.c: Python's. All but
 * value_print fail with render_fail and -1.
 */
enum value_operator {
	OPERATOR_ADD,
	OPERATOR_SUBTRACT,
	OPERATOR_MULTIPLY,
	OPERATOR_DIVIDE,
	OPERATOR_FLOOR_DIVIDE,
	OPERATOR_MODULO,
	OPERATOR_POWER,
};

int value_operate(struct render *render, enum value_operator operator,
		  struct value left, struct value right, struct value *out);
int value_negate(struct render *render, struct value value, struct value *out);
int value_equal(struct render *render, struct value left, struct value right,
		bool *out);
/* As `<` of a sort: -1, 0, 1 or 2 (with a nan: neither); may be a TypeError. */
int value_compare(struct render *render, struct value left, struct value right,
		  int *out);
/* left OP right for "<", "<=", ">" or ">=". */
int value_order(struct render *render, struct value left, const char *operator,
		struct value right, bool *out);
int value_contains(struct render *render, struct value container,
		   struct value item, bool *out);
int value_true(struct render *render, struct value value, bool *out);
int value_slice(struct render *render, struct value subject,
		const struct value bounds[3], struct value *out);
int64_t value_length(struct value value); /* code points, items; -1: none */
const char *value_type_name(struct value value); /* Python's: "str", "int" */

/* Append str(value) to `out`, or repr(value). */
int value_print(struct render *render, struct value value, struct buf *out);
int value_repr(struct render *render, struct value value, struct buf *out);

/* str(value) as a string value, which is `value` itself if it is one. */
int value_to_string(struct render *render, struct value value,
		    struct value *out);

/* Append `value` with &, <, >, ' and " escaped, unless it is safe already. */
int value_escape(struct render *render, struct value value, struct buf *out);
