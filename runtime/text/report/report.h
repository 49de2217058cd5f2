/* Reports of tests: what JUnit XML, TAP and test programs' output tell. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"
#include "runtime/text/arena.h"

enum {
	REPORT_BYTES_MAX = 64 << 20, /* of a report */
	REPORT_TESTS_MAX = 200000,   /* more are counted, not kept */
	REPORT_NAME_MAX = 1000,      /* bytes of a suite, name or file */
	REPORT_MESSAGE_MAX = 2000,
	REPORT_DETAILS_MAX = 16 << 10,
	REPORT_MEMORY_MAX = 256 << 20,
};

enum report_format {
	REPORT_AUTO, /* tell it by the text */
	REPORT_JUNIT,
	REPORT_TAP,
	REPORT_GO, /* go test -json */
	REPORT_CARGO,
	REPORT_PYTEST,
	REPORT_CTEST,
	REPORT_FORMATS,
};

/* `failed` is a test that says no, `error` one that could not say. */
enum report_outcome {
	REPORT_PASSED,
	REPORT_FAILED,
	REPORT_ERROR,
	REPORT_SKIPPED,
};

/*
 * One result. Texts are UTF-8 without control characters but newline and tab,
 * cut to their maximum, and live as long as the report; never NULL. A test
 * that was tried several times is there several times, in order.
 */
struct report_test {
	const char *suite, *name, *file;
	const char *message; /* one line: what went wrong, or why skipped */
	const char *details; /* output, traceback; of failures alone */
	double seconds;      /* below 0: unknown */
	enum report_outcome outcome;
};

struct report {
	struct arena arena;
	struct report_test *tests; /* owned */
	uint32_t count, capacity;
	uint32_t dropped; /* tests beyond REPORT_TESTS_MAX, or of its memory */
	enum report_format format; /* that was read */
};

/*
 * Read a report, of which `report` is filled; release it in any case. A text
 * that is not what `format` says, or that cannot be told, is ERROR_INVALID,
 * one that is too large ERROR_LIMIT. 0 or -1.
 */
int report_read(struct report *report, const char *text, size_t length,
		enum report_format format, struct error **err);
void report_release(struct report *report);

/* "junit", "tap", …; and back: REPORT_FORMATS when there is no such name. */
const char *report_format_name(enum report_format format);
enum report_format report_format_of(const char *name);
const char *report_outcome_name(enum report_outcome outcome);
