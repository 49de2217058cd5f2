#include "runtime/store/secrets.h"

#include <string.h>

#include "runtime/base/clock.h"
#include "runtime/base/mem.h"
#include "runtime/store/secret_key.h"

enum {
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	BASE64 = sodium_base64_VARIANT_ORIGINAL,
};

bool secret_name_ok(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= SECRET_NAME_MAX &&
	       !(name[0] >= '0' && name[0] <= '9') &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == length;
}

static int begin(struct error **err)
{
	if (sodium_init() >= 0)
		return 0;
	return error_set(err, ERROR_IO, "libsodium cannot be used here");
}

/* Nonce and sealed bytes in base64; owned. The name is sealed with them, so
 * that no value can be passed off as another's. */
static char *seal(const struct secret_key *key, const char *name,
		  const void *bytes, size_t length)
{
	size_t size = NONCE + length + TAG;
	unsigned char *sealed = mem_alloc(size);
	size_t text_size = sodium_base64_ENCODED_LEN(size, BASE64);
	char *text = mem_alloc(text_size);

	randombytes_buf(sealed, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		sealed + NONCE, NULL, bytes, length,
		(const unsigned char *)name, strlen(name), NULL, sealed,
		key->bytes);
	sodium_bin2base64(text, text_size, sealed, size, BASE64);
	mem_free(sealed);
	return text;
}

/* Append what is sealed in `text`; -1 when it was changed. */
static int unseal(const struct secret_key *key, const char *name,
		  const char *text, struct buf *value)
{
	size_t length = strlen(text);
	unsigned char *sealed = mem_alloc(length + 1);
	unsigned char *plain = mem_alloc(length + 1);
	unsigned long long size = 0;
	size_t count = 0;
	int result = -1;

	if (sodium_base642bin(sealed, length, text, length, NULL, &count, NULL,
			      BASE64) == 0 &&
	    count >= NONCE + TAG)
		result = crypto_aead_xchacha20poly1305_ietf_decrypt(
			plain, &size, NULL, sealed + NONCE, count - NONCE,
			(const unsigned char *)name, strlen(name), sealed,
			key->bytes);
	if (result == 0)
		result = buf_append(value, plain, (size_t)size);
	sodium_memzero(plain, length + 1);
	mem_free(plain);
	mem_free(sealed);
	return result;
}

void secret_wipe(struct buf *value)
{
	if (value->data)
		sodium_memzero(value->data, value->capacity);
	buf_release(value);
}

/* Takes `sealed`, what `seal` returned. */
static int store(struct db *db, const struct secret_key *key, const char *name,
		 char *sealed, struct error **err)
{
	int64_t now = clock_now();
	int result = db_run(
		db, err,
		"INSERT INTO secrets (name, provider, sealed, key, created,"
		" updated) VALUES (?1, 'sealed', ?2, ?3, ?4, ?4) ON CONFLICT"
		" DO UPDATE SET provider = 'sealed', place = NULL,"
		" sealed = ?2, key = ?3, updated = ?4",
		"ttti", name, sealed, key->id, now);

	mem_free(sealed);
	return result;
}

/* The keys for sealing: inside a transaction, so that no rotation is on. */
static int keys_for_sealing(struct db *db, struct secret_keys *keys,
			    struct error **err)
{
	int found = secret_keys_read(db_home(db), keys, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	if (db_number(db, 0,
		      "SELECT count(*) FROM secrets WHERE provider = 'sealed'",
		      "") > 0)
		return error_set(err, ERROR_INVALID,
				 "'%s/secret.key' is gone, and with it the "
				 "secrets: put it back, or 'tidemill secret "
				 "rm' them",
				 db_home(db));
	return secret_keys_make(db_home(db), keys, err);
}

int secret_put(struct db *db, const char *name, const void *bytes,
	       size_t length, struct error **err)
{
	struct secret_keys keys;
	int result = -1;

	if (!secret_name_ok(name))
		return error_set(err, ERROR_INVALID,
				 "'%s' is no name of a secret: it has letters, "
				 "digits and _, as a variable's",
				 name);
	if (length == 0 || length > SECRET_MAX)
		return error_set(err, ERROR_INVALID,
				 "the value of '%s' has %zu bytes: at least 1 "
				 "and at most %d are possible",
				 name, length, SECRET_MAX);
	if (begin(err) != 0 || db_begin(db, err) != 0)
		return -1;
	if (keys_for_sealing(db, &keys, err) == 0)
		result = store(db, &keys.keys[0], name,
			       seal(&keys.keys[0], name, bytes, length), err);
	secret_keys_wipe(&keys);
	if (result == 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}

/* Open one row's value; says why it cannot be. */
static int open_value(struct db *db, const struct secret_keys *keys,
		      struct rows *row, struct buf *value, struct error **err)
{
	const char *name = rows_text(row, 0);
	const char *sealed = rows_text(row, 1);
	const char *id = rows_text(row, 2);
	const struct secret_key *key =
		id && sealed ? secret_keys_find(keys, id) : NULL;

	if (!key)
		return error_set(err, ERROR_INVALID,
				 "the secret '%s' was sealed under another key "
				 "than '%s/secret.key' has",
				 name, db_home(db));
	if (unseal(key, name, sealed, value) != 0)
		return error_set(err, ERROR_INVALID,
				 "the secret '%s' was changed in the database",
				 name);
	return 0;
}

static int open_row(struct db *db, struct rows *row, struct buf *value,
		    struct error **err)
{
	struct secret_keys keys;
	int result = secret_keys_read(db_home(db), &keys, err);

	if (result == 0)
		result = error_set(err, ERROR_INVALID,
				   "'%s/secret.key' is gone: the secrets "
				   "cannot be read without it",
				   db_home(db));
	else if (result > 0)
		result = open_value(db, &keys, row, value, err);
	secret_keys_wipe(&keys);
	return result;
}

static int get(struct db *db, const char *name, struct buf *value,
	       struct error **err)
{
	struct rows *rows = db_query(db, err,
				     "SELECT name, sealed, key FROM secrets"
				     " WHERE name = ? AND provider = 'sealed'",
				     "t", name);
	int found = rows ? rows_next(rows, err) : -1;

	if (found > 0 && open_row(db, rows, value, err) != 0)
		found = -1;
	rows_close(rows);
	return found;
}

int secret_get(struct db *db, const char *name, struct buf *value,
	       struct error **err)
{
	struct error *first = NULL;
	int found;

	if (begin(err) != 0)
		return -1;
	found = get(db, name, value, &first);
	if (found >= 0)
		return found;
	/* A rotation may have ended between the row and the key file. */
	error_free(first);
	return get(db, name, value, err);
}

/* Seal every value under the first key. */
static int64_t reseal(struct db *db, const struct secret_keys *keys,
		      struct error **err)
{
	struct rows *rows =
		db_query(db, err,
			 "SELECT name, sealed, key FROM secrets WHERE"
			 " provider = 'sealed' AND key <> ?",
			 "t", keys->keys[0].id);
	int64_t count = 0;
	int more = -1;

	while (rows && (more = rows_next(rows, err)) > 0) {
		struct buf value;
		char *name = mem_copy(rows_text(rows, 0));

		buf_init(&value, SECRET_MAX);
		if (open_value(db, keys, rows, &value, err) != 0 ||
		    store(db, &keys->keys[0], name,
			  seal(&keys->keys[0], name, value.data, value.length),
			  err) != 0)
			more = -1;
		secret_wipe(&value);
		mem_free(name);
		if (more < 0)
			break;
		count++;
	}
	rows_close(rows);
	return more < 0 ? -1 : count;
}

static bool is_used(struct db *db, const struct secret_key *key)
{
	return db_number(db, 1,
			 "SELECT count(*) FROM secrets WHERE key = ? AND"
			 " provider = 'sealed'",
			 "t", key->id) > 0;
}

/* Forget the keys, but for the first, under which nothing is sealed. */
static int forget_keys(struct db *db, struct secret_keys *keys,
		       struct error **err)
{
	unsigned kept = 1;
	int result = -1;

	if (db_begin(db, err) != 0)
		return -1;
	if (keys_for_sealing(db, keys, err) != 0)
		goto out;
	for (unsigned i = 1; i < keys->count; i++)
		if (is_used(db, &keys->keys[i]))
			keys->keys[kept++] = keys->keys[i];
	result = 0;
	if (kept < keys->count) {
		keys->count = kept;
		result = secret_keys_write(db_home(db), keys, err);
	}
out:
	db_rollback(db);
	return result;
}

/*
 * Seal everything under the first key of the file, a new one with `renew`. The
 * file has both keys until every value is sealed under the new one.
 */
static int64_t rotate(struct db *db, struct secret_keys *keys, bool renew,
		      struct error **err)
{
	int64_t count;

	if (db_begin(db, err) != 0)
		return -1;
	if (keys_for_sealing(db, keys, err) != 0)
		goto out;
	if (renew) {
		secret_keys_add(keys);
		if (secret_keys_write(db_home(db), keys, err) != 0)
			goto out;
	}
	count = reseal(db, keys, err);
	if (count < 0 || db_commit(db, err) != 0)
		goto out;
	return forget_keys(db, keys, err) == 0 ? count : -1;
out:
	db_rollback(db);
	return -1;
}

int64_t secret_rotate(struct db *db, struct error **err)
{
	struct secret_keys keys = {0};
	int64_t count = -1;

	if (begin(err) != 0)
		return -1;
	/* First what a rotation that was interrupted has left. */
	if (rotate(db, &keys, false, err) >= 0)
		count = rotate(db, &keys, true, err);
	secret_keys_wipe(&keys);
	return count;
}
