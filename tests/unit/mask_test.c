#include "runtime/text/mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"

static void collect(void *context, const char *bytes, size_t length)
{
	buf_append(context, bytes, length);
}

static struct mask *mask_of(const char *const *secrets, size_t count)
{
	struct mask_secret list[64];

	for (size_t i = 0; i < count; i++)
		list[i] = (struct mask_secret){secrets[i], strlen(secrets[i])};
	return mask_new(list, count);
}

/* Mask `text` in pieces of `piece` bytes. */
static void apply(const struct mask *mask, const char *text, size_t piece,
		  struct buf *out)
{
	struct mask_stream stream;
	size_t length = strlen(text);

	mask_stream_init(&stream, mask);
	for (size_t at = 0; at < length; at += piece) {
		size_t left = length - at;

		mask_write(&stream, text + at, left < piece ? left : piece,
			   collect, out);
	}
	mask_end(&stream, collect, out);
	mask_stream_release(&stream);
}

static void expect(const struct mask *mask, const char *text,
		   const char *expected)
{
	for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
		struct buf out;

		buf_init(&out, 1U << 16);
		apply(mask, text, piece, &out);
		assert_string_equal(out.data ? out.data : "", expected);
		buf_release(&out);
	}
}

static void a_secret_is_hidden_across_any_border(void **state)
{
	static const char *const secrets[] = {"hunter22", "correct horse"};
	struct mask *mask = mask_of(secrets, 2);

	(void)state;
	expect(mask, "", "");
	expect(mask, "nothing here at all, really nothing",
	       "nothing here at "
	       "all, really "
	       "nothing");
	expect(mask, "hunter22", "***");
	expect(mask, "password: hunter22, or hunter2 only\n",
	       "password: ***, or hunter2 only\n");
	expect(mask, "hunthunter22hunter22er22", "hunt***er22");
	expect(mask, "a correct horse; a correct hors",
	       "a ***; a correct hors");
	mask_free(mask);
}

static void overlapping_nested_and_shared_secrets(void **state)
{
	static const char *const secrets[] = {"abcdef", "defghi", "bcde",
					      "abcdefghijkl", "ijklmnop"};
	struct mask *mask = mask_of(secrets, 5);

	(void)state;
	expect(mask, "-abcdefghi-", "-***-");
	expect(mask, "-abcdefghijklmnop-", "-***-");
	expect(mask, "-xbcdex-", "-x***x-");
	expect(mask, "-abcdefghijkx-", "-***jkx-");
	expect(mask, "-abcdedefghi-", "-a***-");
	mask_free(mask);
}

static void every_form_is_hidden(void **state)
{
	static const char *const secrets[] = {"p@ss 'w\"rd$/\\x\ty"};
	static const char *const forms[] = {
		"p@ss 'w\"rd$/\\x\ty",
		"p%40ss%20%27w%22rd%24%2F%5Cx%09y",
		"p%40ss%20%27w%22rd%24%2f%5cx%09y",
		"p%40ss+%27w%22rd%24%2F%5Cx%09y",
		"p@ss '\\''w\"rd$/\\x\ty",
		"p@ss '\"'\"'w\"rd$/\\x\ty",
		"p@ss 'w\\\"rd\\$/\\\\x\ty",
		"p@ss \\'w\"rd$/\\\\x\\ty",
		"p@ss 'w\\\"rd$/\\\\x\\ty",
		"p@ss 'w\\\"rd$\\/\\\\x\\ty",
	};
	struct mask *mask = mask_of(secrets, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		char *text = mem_printf("<%s>", forms[i]);

		expect(mask, text, "<***>");
		mem_free(text);
	}
	mask_free(mask);
}

/* printf 'x…opensesame!y' | base64, with 0, 1 and 2 bytes before. */
static void base64_is_hidden_in_every_alignment(void **state)
{
	static const char *const secrets[] = {"opensesame!", "~~~?@?>>>"};
	struct mask *mask = mask_of(secrets, 2);

	(void)state;
	expect(mask, "b3BlbnNlc2FtZSE=", "***E=");
	expect(mask, "eG9wZW5zZXNhbWUheQ==", "eG***eQ==");
	expect(mask, "eHhvcGVuc2VzYW1lIXk=", "eHh***Xk=");
	expect(mask, "fn5+P0A/Pj4+ fn5-P0A_Pj4-", "*** ***");
	mask_free(mask);
}

static void lines_of_a_secret_are_hidden_alone(void **state)
{
	static const char *const secrets[] = {
		"-----BEGIN KEY-----\nMIIEvQIBADAN\r\n  qhkiG9w0BAQE\nok\n"};
	struct mask *mask = mask_of(secrets, 1);

	(void)state;
	expect(mask, "| MIIEvQIBADAN |\n| qhkiG9w0BAQE |\nok\n",
	       "| *** |\n| *** |\nok\n");
	mask_free(mask);
}

static void short_secrets_are_left_out_and_counted(void **state)
{
	static const char *const secrets[] = {"", "abc", "  x  ", "abcd"};
	struct mask *mask = mask_of(secrets, 4);

	(void)state;
	assert_int_equal(mask_left_out(mask), 3);
	expect(mask, "abc abcd", "abc ***");
	mask_free(mask);
	mask = mask_of(secrets, 3);
	expect(mask, "abc", "abc");
	mask_free(mask);
}

static void a_prompt_is_not_held_back(void **state)
{
	static const char *const secrets[] = {"hunter22"};
	struct mask *mask = mask_of(secrets, 1);
	struct mask_stream stream;
	struct buf out;

	(void)state;
	buf_init(&out, 1024);
	mask_stream_init(&stream, mask);
	mask_write(&stream, "Password: ", 10, collect, &out);
	assert_string_equal(out.data, "Password: ");
	mask_write(&stream, "hun", 3, collect, &out);
	assert_string_equal(out.data, "Password: ");
	mask_write(&stream, "g", 1, collect, &out);
	assert_string_equal(out.data, "Password: hung");
	mask_stream_release(&stream);
	buf_release(&out);
	mask_free(mask);
}

/* The plainest way: mark what any secret covers, print what is not marked. */
static char *naive(char *const *secrets, size_t count, const char *text)
{
	size_t length = strlen(text);
	char *hidden = mem_alloc(length + 1);
	struct buf out;

	for (size_t i = 0; i < count; i++)
		for (const char *at = text; (at = strstr(at, secrets[i])); at++)
			memset(hidden + (at - text), 1, strlen(secrets[i]));
	buf_init(&out, 1U << 16);
	for (size_t i = 0; i < length; i++) {
		if (!hidden[i])
			buf_putc(&out, text[i]);
		else if (i == 0 || !hidden[i - 1])
			buf_puts(&out, "***");
	}
	mem_free(hidden);
	return buf_take(&out);
}

/* Bytes that occur in no form but the plain one, so that `naive` suffices. */
static char *random_text(unsigned *seed, size_t length, int letters)
{
	char *text = mem_alloc(length + 1);

	for (size_t i = 0; i < length; i++)
		text[i] = (char)(0xe0 + rand_r(seed) % letters);
	return text;
}

static void random_texts_are_masked_like_the_plainest_way(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		unsigned seed = round;
		size_t count = 1 + (size_t)rand_r(&seed) % 12;
		size_t extra = 1 + (size_t)rand_r(&seed) % 30;
		size_t least = 4 + (size_t)rand_r(&seed) % 20;
		int letters = 1 + rand_r(&seed) % 3;
		char *secrets[12];
		struct mask_secret list[12];
		struct mask *mask;
		struct buf out;
		char *text = random_text(
			&seed, 1 + (size_t)rand_r(&seed) % 2000, letters);
		char *expected;

		for (size_t i = 0; i < count; i++) {
			list[i].length = least + (size_t)rand_r(&seed) % extra;
			secrets[i] =
				random_text(&seed, list[i].length, letters);
			list[i].bytes = secrets[i];
		}
		expected = naive(secrets, count, text);
		mask = mask_new(list, count);
		buf_init(&out, 1U << 16);
		apply(mask, text, 1 + (size_t)rand_r(&seed) % 300, &out);
		assert_string_equal(out.data, expected);
		mask_free(mask);
		for (size_t i = 0; i < count; i++)
			mem_free(secrets[i]);
		mem_free(text);
		mem_free(expected);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_hidden_across_any_border),
		cmocka_unit_test(overlapping_nested_and_shared_secrets),
		cmocka_unit_test(every_form_is_hidden),
		cmocka_unit_test(base64_is_hidden_in_every_alignment),
		cmocka_unit_test(lines_of_a_secret_are_hidden_alone),
		cmocka_unit_test(short_secrets_are_left_out_and_counted),
		cmocka_unit_test(a_prompt_is_not_held_back),
		cmocka_unit_test(random_texts_are_masked_like_the_plainest_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
