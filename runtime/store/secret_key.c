#include "runtime/store/secret_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"

#define FILE_NAME "secret.key"
#define LINE "tidemill-key-1 " /* then the key in hex, and a newline */

enum {
	HEX = 2 * crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	FILE_MAX = SECRET_KEYS * (sizeof(LINE) + HEX + 1),
};

static char *path_of(const char *home)
{
	return mem_printf("%s/" FILE_NAME, home);
}

static void name_key(struct secret_key *key)
{
	static const unsigned char purpose[] = "tidemill key id";
	unsigned char hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof(hash), purpose, sizeof(purpose) - 1,
			   key->bytes, sizeof(key->bytes));
	sodium_bin2hex(key->id, sizeof(key->id), hash, (SECRET_KEY_ID - 1) / 2);
}

void secret_keys_add(struct secret_keys *keys)
{
	unsigned kept =
		keys->count < SECRET_KEYS ? keys->count : SECRET_KEYS - 1;

	memmove(&keys->keys[1], &keys->keys[0], kept * sizeof(keys->keys[0]));
	keys->count = kept + 1;
	randombytes_buf(keys->keys[0].bytes, sizeof(keys->keys[0].bytes));
	name_key(&keys->keys[0]);
}

void secret_keys_wipe(struct secret_keys *keys)
{
	sodium_memzero(keys, sizeof(*keys));
}

const struct secret_key *secret_keys_find(const struct secret_keys *keys,
					  const char *id)
{
	for (unsigned i = 0; i < keys->count; i++)
		if (strcmp(keys->keys[i].id, id) == 0)
			return &keys->keys[i];
	return NULL;
}

static int parse(const char *text, size_t length, struct secret_keys *keys)
{
	const size_t line = sizeof(LINE) - 1 + HEX + 1;

	if (length == 0 || length % line != 0 || length / line > SECRET_KEYS)
		return -1;
	for (; length > 0; text += line, length -= line) {
		struct secret_key *key = &keys->keys[keys->count];
		size_t count;

		if (memcmp(text, LINE, sizeof(LINE) - 1) != 0 ||
		    sodium_hex2bin(key->bytes, sizeof(key->bytes),
				   text + sizeof(LINE) - 1, HEX, NULL, &count,
				   NULL) != 0 ||
		    count != sizeof(key->bytes))
			return -1;
		name_key(key);
		keys->count++;
	}
	return 0;
}

/* Who else may read it knows all secrets. */
static int check_file(int fd, const char *path, struct error **err)
{
	struct stat info;

	if (fstat(fd, &info) != 0)
		return file_error(err, "read", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERROR_INVALID, "'%s' is no plain file",
				 path);
	if (info.st_mode & 077)
		return error_set(err, ERROR_INVALID,
				 "'%s' may be read by others (mode %04o): "
				 "chmod 600 it, and rotate the key if it has "
				 "been for long",
				 path, (unsigned)(info.st_mode & 07777));
	return 0;
}

static int read_file(int fd, const char *path, struct secret_keys *keys,
		     struct error **err)
{
	char text[FILE_MAX + 1];
	ssize_t length = 0;
	ssize_t count = 1;
	int result;

	if (check_file(fd, path, err) != 0)
		return -1;
	while (count > 0 && length < (ssize_t)sizeof(text)) {
		count = read(fd, text + length, sizeof(text) - (size_t)length);
		length += count > 0 ? count : 0;
	}
	if (count < 0)
		result = file_error(err, "read", path);
	else if (parse(text, (size_t)length, keys) != 0)
		result = error_set(err, ERROR_INVALID,
				   "'%s' is no key file of Tidemill", path);
	else
		result = 1;
	sodium_memzero(text, sizeof(text));
	return result;
}

int secret_keys_read(const char *home, struct secret_keys *keys,
		     struct error **err)
{
	char *path = path_of(home);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int result;

	memset(keys, 0, sizeof(*keys));
	if (fd >= 0)
		result = read_file(fd, path, keys, err);
	else if (errno == ENOENT)
		result = 0;
	else
		result = file_error(err, "read", path);
	if (fd >= 0)
		close(fd);
	mem_free(path);
	return result;
}

/* The file's text; wiped and freed by the caller. */
static char *format(const struct secret_keys *keys, size_t *length)
{
	const size_t line = sizeof(LINE) - 1 + HEX + 1;
	char *text = mem_alloc(keys->count * line + 1);

	for (unsigned i = 0; i < keys->count; i++) {
		char *at = text + i * line;

		memcpy(at, LINE, sizeof(LINE) - 1);
		sodium_bin2hex(at + sizeof(LINE) - 1, HEX + 1,
			       keys->keys[i].bytes,
			       sizeof(keys->keys[i].bytes));
		at[line - 1] = '\n';
	}
	*length = keys->count * line;
	return text;
}

int secret_keys_write(const char *home, const struct secret_keys *keys,
		      struct error **err)
{
	char *path = path_of(home);
	size_t length;
	char *text = format(keys, &length);
	int result = file_write(path, text, length, 0600, err);

	sodium_memzero(text, length);
	mem_free(text);
	mem_free(path);
	return result;
}

/* A link fails where a rename would replace another process's key. */
static int link_new(const char *home, const char *from, const char *to,
		    struct secret_keys *keys, struct error **err)
{
	size_t length;
	char *text;
	int result;

	secret_keys_add(keys);
	text = format(keys, &length);
	result = file_write(from, text, length, 0600, err);
	sodium_memzero(text, length);
	mem_free(text);
	if (result == 0 && link(from, to) != 0 && errno != EEXIST)
		result = file_error(err, "make", to);
	unlink(from);
	secret_keys_wipe(keys);
	return result == 0 ? secret_keys_read(home, keys, err) : -1;
}

int secret_keys_make(const char *home, struct secret_keys *keys,
		     struct error **err)
{
	char *to = path_of(home);
	char *from = mem_printf("%s.%ld", to, (long)getpid());
	int result;

	memset(keys, 0, sizeof(*keys));
	result = link_new(home, from, to, keys, err);
	mem_free(from);
	mem_free(to);
	if (result == 0)
		return error_set(err, ERROR_IO, "the key file disappeared");
	return result < 0 ? -1 : 0;
}
