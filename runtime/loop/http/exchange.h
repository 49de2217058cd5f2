/* One HTTP request and its answer, as the server sees them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct exchange;

struct exchange_header {
	const char *name;
	const char *value;
};

/* All borrowed until exchange_drop. */
const char *exchange_method(const struct exchange *exchange);
const char *exchange_target(const struct exchange *exchange); /* as sent */
const char *exchange_peer(const struct exchange *exchange);   /* its address */
const char *exchange_body(const struct exchange *exchange, size_t *length);

/* The header number `i`, from 0; false: there are no more. */
bool exchange_header(const struct exchange *exchange, size_t i,
		     struct exchange_header *header);

struct exchange_answer {
	unsigned status;
	const struct exchange_header *headers;
	size_t header_count;
	const char *body; /* copied; NULL: written by and by */
	size_t length;
};

/*
 * Answer. Without a body, it is written with exchange_write and ended with
 * exchange_end. Returns -1 when it was answered before, or a header is not fit
 * to be sent. Harmless when the client has gone.
 */
int exchange_answer(struct exchange *exchange,
		    const struct exchange_answer *answer);

enum { EXCHANGE_HELD_MAX = 1 << 20 }; /* bytes that nobody has read */

/* Returns how many bytes are held now, or -1: it has gone, or has too many. */
long exchange_write(struct exchange *exchange, const char *bytes,
		    size_t length);
void exchange_end(struct exchange *exchange);

/* The client has closed the connection, or the server did. */
bool exchange_gone(const struct exchange *exchange);
size_t exchange_held(const struct exchange *exchange);

/* Call `moved` whenever bytes were taken or the client went; it must not call
 * back, only note it. NULL ends that. */
void exchange_watch(struct exchange *exchange, void (*moved)(void *context),
		    void *context);

/* The caller lets go; what was not answered is answered with 500. */
void exchange_drop(struct exchange *exchange);
