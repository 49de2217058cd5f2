#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/sha256.h"

static void it_gives_the_published_digests(void **state)
{
	char hex[SHA256_HEX + 1];
	char many[1000];

	(void)state;
	sha256_hex("", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb924"
				 "27ae41e4649b934ca495991b7852b855");
	sha256_hex("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad");
	memset(many, 'a', sizeof(many));
	sha256_hex(many, sizeof(many), hex);
	assert_string_equal(hex, "41edece42d63e8d9bf515a9ba6932e1c"
				 "20cbc9f5a5d134645adb5db1b9737ea3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_gives_the_published_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
