/* Progress: numbers that a worker writes and anybody may read meanwhile. */
#pragma once

#include <stdatomic.h>

enum transfer_phase {
	TRANSFER_WAITING, /* not begun */
	TRANSFER_CONNECTING,
	TRANSFER_RECEIVING,
	TRANSFER_SENDING,
	TRANSFER_CHECKOUT, /* files are written */
	TRANSFER_DONE,     /* or failed */
};

/* All zero at first. */
struct transfer {
	atomic_int users; /* who holds it: the last one frees it */
	atomic_int phase;
	atomic_size_t objects; /* received or sent so far */
	atomic_size_t total;   /* 0: not known yet */
	atomic_size_t bytes;
	atomic_size_t files; /* written */
	atomic_size_t all_files;
};

struct transfer *transfer_new(void); /* one user */
void transfer_hold(struct transfer *transfer);
void transfer_drop(struct transfer *transfer); /* NULL is fine */

void transfer_enter(struct transfer *transfer, enum transfer_phase phase);
