/* Growing bytes with a maximum: no input can make the program eat the machine.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Once an append would pass `max`, nothing of it is kept and `full` stays true
 * until buf_clear: check it once at the end instead of after every append.
 * `data` is always followed by a NUL, also when it is empty after the first
 * append.
 */
struct buf {
	char *data; /* owned; NULL before the first append */
	size_t length;
	size_t capacity;
	size_t max;
	bool full;
};

void buf_init(struct buf *buf, size_t max); /* allocates nothing */
void buf_release(struct buf *buf);          /* leaves it as after buf_init */
void buf_clear(struct buf *buf);            /* keeps the memory for reuse */

/* All appends return 0, or -1 when the maximum is reached. */
int buf_append(struct buf *buf, const void *bytes, size_t length);
int buf_puts(struct buf *buf, const char *text);
int buf_putc(struct buf *buf, char c);
int buf_printf(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Make room for `length` more bytes and return where to write them, or NULL
 * when the maximum is reached. Add what was written to `length` by hand.
 */
char *buf_reserve(struct buf *buf, size_t length);

/* Remove the first `length` bytes. */
void buf_consume(struct buf *buf, size_t length);

/* The bytes as an owned string (never NULL); `buf` is empty afterwards. */
char *buf_take(struct buf *buf);
