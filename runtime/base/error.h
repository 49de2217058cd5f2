/* Errors: a code to branch on, a message for people, and a chain of causes. */
#pragma once

#include <stdarg.h>

/*
 * Few on purpose: a code exists because some caller does something else when
 * it sees it. Everything else belongs into the message.
 */
enum error_code {
	ERROR_IO,        /* the outside world failed: disk, network, git */
	ERROR_INVALID,   /* the caller's data is wrong: syntax, type, range */
	ERROR_NOT_FOUND, /* the named thing does not exist */
	ERROR_EXIT,      /* a process ended with a status other than 0 */
	ERROR_TIMEOUT,   /* a time-out ran out */
	ERROR_CANCELLED, /* somebody asked to stop */
	ERROR_SCRIPT,    /* Lua code raised */
	ERROR_LIMIT,     /* a maximum was reached: size, memory, time slice */
	ERROR_BUSY,      /* somebody else holds it: a lock, the database */
	ERROR_CONFLICT,  /* others changed the same: a merge, a push */
};

struct error {
	enum error_code code;
	char *message;       /* owned */
	struct error *cause; /* owned, or NULL */
};

/*
 * Set `*err`, which must hold NULL, to a new error that the caller frees with
 * error_free. `err` itself may be NULL when nobody asks why. Returns -1, so
 * that a failing function ends in `return error_set(…)`.
 */
int error_set(struct error **err, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Put a message in front of `*err`, keeping its code; the former error becomes
 * the cause. Does nothing when `err` or `*err` is NULL. Returns -1.
 */
int error_wrap(struct error **err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Move `from` into `*err`, or free it when `err` is NULL. Returns -1. */
int error_move(struct error **err, struct error *from);

void error_free(struct error *err); /* NULL is fine */

/* The name scripts see: "io", "not_found", … Static, never NULL. */
const char *error_code_name(enum error_code code);

/* "message: cause: cause" as one owned string, freed with mem_free. */
char *error_text(const struct error *err);
