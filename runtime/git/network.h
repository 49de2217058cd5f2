/* Patience: how long libgit2 may wait for the network, and stopping it. */
#pragma once

#include <stdatomic.h>

/*
 * Between the two, connecting, receiving and polling on this thread fail when
 * nothing happens for a minute, and soon after `*cancelled` (or NULL) becomes
 * true. libgit2 1.5 itself would wait for ever. Works in the static build only,
 * where the linker sends its calls here (--wrap).
 */
void network_begin(const atomic_bool *cancelled);
void network_end(void);
