/* The key file of secrets: HOME/secret.key. */
#pragma once

#include <sodium.h>

#include "runtime/base/error.h"

enum {
	SECRET_KEYS = 4, /* one, and those that a rotation has not replaced */
	SECRET_KEY_ID = 17,
};

struct secret_key {
	unsigned char bytes[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	char id[SECRET_KEY_ID]; /* 16 hex digits that say nothing of it */
};

/* The first one seals, the others may still be needed to open. */
struct secret_keys {
	struct secret_key keys[SECRET_KEYS];
	unsigned count;
};

/*
 * Read the keys of a home. Returns 1; 0 when there is no file, -1 when it
 * cannot be trusted (others may read it) or read. Wipe them after use.
 */
int secret_keys_read(const char *home, struct secret_keys *keys,
		     struct error **err);

/* Make the file with its first key, unless another process is faster; read. */
int secret_keys_make(const char *home, struct secret_keys *keys,
		     struct error **err);

/* Put a new key in front of the others; the oldest may fall out. */
void secret_keys_add(struct secret_keys *keys);

/* Write them, at once or not at all. */
int secret_keys_write(const char *home, const struct secret_keys *keys,
		      struct error **err);

/* The key with this id, or NULL. Borrowed. */
const struct secret_key *secret_keys_find(const struct secret_keys *keys,
					  const char *id);

void secret_keys_wipe(struct secret_keys *keys);
