#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "runtime/base/digest.h"
#include "runtime/base/file.h"
#include "runtime/base/mem.h"
#include "runtime/base/sha256.h"
#include "runtime/loop/digest_file.h"

static void every_algorithm_is_found_by_its_name(void **state)
{
	(void)state;
	for (int i = 0; digest_names[i]; i++) {
		struct digest digest;
		unsigned char bytes[DIGEST_SIZE_MAX];

		assert_int_equal(digest_find(digest_names[i]), i);
		digest_init(&digest, (enum digest_kind)i);
		assert_int_equal(digest.size, digest_size((enum digest_kind)i));
		digest_final(&digest, bytes);
	}
	assert_int_equal(digest_find("crc32"), -1);
	assert_int_equal(digest_find(""), -1);
}

static void it_lies_anywhere(void **state)
{
	char *memory = mem_alloc(sizeof(struct digest) + 64);

	(void)state;
	for (size_t shift = 0; shift < 64; shift += sizeof(void *)) {
		struct digest *digest = (struct digest *)(memory + shift);
		unsigned char bytes[DIGEST_SIZE_MAX];

		digest_init(digest, DIGEST_BLAKE2B);
		digest_add(digest, "abc", 3);
		digest_final(digest, bytes);
		assert_int_equal(bytes[0], 0xba);
		assert_int_equal(bytes[63], 0x23);
	}
	mem_free(memory);
}

static void sha256_is_that_of_our_own(void **state)
{
	unsigned char bytes[DIGEST_SIZE_MAX];
	char ours[SHA256_HEX + 1], hex[SHA256_HEX + 1];
	struct digest digest;

	(void)state;
	digest_init(&digest, DIGEST_SHA256);
	digest_add(&digest, "tide", 4);
	digest_add(&digest, "mill", 4);
	digest_final(&digest, bytes);
	for (size_t i = 0; i < digest.size; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	sha256_hex("tidemill", 8, ours);
	assert_string_equal(hex, ours);
}

static void a_key_longer_than_a_block_is_digested(void **state)
{
	unsigned char key[200], left[DIGEST_SIZE_MAX], right[DIGEST_SIZE_MAX];
	struct digest digest;

	(void)state;
	memset(key, 'k', sizeof(key));
	digest_init_hmac(&digest, DIGEST_SHA256, key, sizeof(key));
	digest_final(&digest, left);
	digest_init(&digest, DIGEST_SHA256);
	digest_add(&digest, key, sizeof(key));
	digest_final(&digest, right);
	digest_init_hmac(&digest, DIGEST_SHA256, right, digest.size);
	digest_final(&digest, right);
	assert_true(digest_equal(left, right, digest.size));
	right[31] ^= 1;
	assert_false(digest_equal(left, right, digest.size));
}

static void count_done(struct op *op)
{
	++*(int *)op->waiter;
}

static void read_it(const char *path, struct digest_file *file, bool cancel)
{
	uv_loop_t loop;
	int done = 0;

	*file = (struct digest_file){
		.work.op = {.done = count_done, .waiter = &done}};
	uv_loop_init(&loop);
	digest_init(&file->digest, DIGEST_MD5);
	digest_file_start(file, &loop, path);
	if (cancel)
		file->work.op.cancel(&file->work.op);
	assert_int_equal(done, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(done, 1);
	file->work.op.release(&file->work.op);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void files_are_read_and_reading_can_be_cancelled(void **state)
{
	static struct digest_file file;
	char path[] = "/tmp/tidemill-digest-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "abc", 3), 3);
	read_it(path, &file, false);
	assert_null(file.work.op.error);
	assert_int_equal(file.length, 3);
	assert_int_equal(file.bytes[0], 0x90);

	/* A hole of a TiB: only cancellation ends it. */
	assert_int_equal(ftruncate(fd, 1LL << 40), 0);
	read_it(path, &file, true);
	assert_int_equal(file.work.op.error->code, ERROR_CANCELLED);
	error_free(file.work.op.error);
	close(fd);
	unlink(path);

	read_it(path, &file, false);
	assert_int_equal(file.work.op.error->code, ERROR_NOT_FOUND);
	error_free(file.work.op.error);
	read_it("/tmp", &file, false);
	assert_int_equal(file.work.op.error->code, ERROR_INVALID);
	error_free(file.work.op.error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_algorithm_is_found_by_its_name),
		cmocka_unit_test(it_lies_anywhere),
		cmocka_unit_test(sha256_is_that_of_our_own),
		cmocka_unit_test(a_key_longer_than_a_block_is_digested),
		cmocka_unit_test(files_are_read_and_reading_can_be_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
