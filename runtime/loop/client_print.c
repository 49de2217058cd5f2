/*
 * Formatting and comparing for libcurl. Its own printf adds byte after byte to
 * a growing buffer, which is a third of the CPU time of a small request, and
 * its comparison of names calls a function for each letter. In the static
 * build the linker sends these calls here (--wrap); the shared library keeps
 * its own.
 *
 * What libcurl mostly formats (%s, %.*s, %d, %u, %ld, %lu, %c) is done right
 * here; for everything else the C library is asked, to which libcurl's formats
 * mean the same.
 */
#include <curl/curl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { USUAL = 1024, DIGITS = 24 }; /* bytes */

char *__wrap_curl_mvaprintf(const char *format, va_list args);
char *__wrap_curl_maprintf(const char *format, ...);
int __wrap_curl_msnprintf(char *text, size_t size, const char *format, ...);
CURLcode __wrap_Curl_dyn_addf(void *text, const char *format, ...);
int __wrap_curl_strnequal(const char *one, const char *other, size_t length);
CURLcode Curl_dyn_addn(void *text, const void *bytes, size_t length)
	__attribute__((weak)); /* none of these in the shared library */
extern curl_malloc_callback Curl_cmalloc __attribute__((weak));
extern curl_free_callback Curl_cfree __attribute__((weak));

struct print {
	char *text;
	size_t size;
	size_t length;
};

/* False when there is no room: then the C library does it all again. */
static bool add(struct print *print, const char *bytes, size_t length)
{
	if (length >= print->size - print->length)
		return false;
	memcpy(print->text + print->length, bytes, length);
	print->length += length;
	return true;
}

static bool add_number(struct print *print, unsigned long number, bool negative)
{
	char digits[DIGITS];
	char *at = digits + sizeof(digits);

	do {
		*--at = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	if (negative)
		*--at = '-';
	return add(print, at, (size_t)(digits + sizeof(digits) - at));
}

static bool add_signed(struct print *print, long number)
{
	return add_number(print,
			  number < 0 ? -(unsigned long)number
				     : (unsigned long)number,
			  number < 0);
}

static bool add_text(struct print *print, const char *text, int most)
{
	if (!text)
		return false;
	return add(print, text,
		   most < 0 ? strlen(text) : strnlen(text, (size_t)most));
}

/* The directive at *at, after its '%'; false when it is none of the usual. */
static bool add_directive(struct print *print, const char **at, va_list *args)
{
	const char *word = *at;
	int most;
	char c;

	*at = word + (*word == 'l' ? 2 : 1);
	switch (*word) {
	case 's':
		return add_text(print, va_arg(*args, const char *), -1);
	case 'd':
		return add_signed(print, va_arg(*args, int));
	case 'u':
		return add_number(print, va_arg(*args, unsigned), false);
	case 'c':
		c = (char)va_arg(*args, int);
		return add(print, &c, 1);
	case 'l':
		if (word[1] == 'd')
			return add_signed(print, va_arg(*args, long));
		return word[1] == 'u' &&
		       add_number(print, va_arg(*args, unsigned long), false);
	case '.':
		if (strncmp(word, ".*s", 3) != 0)
			return false;
		*at = word + 3;
		most = va_arg(*args, int);
		return add_text(print, va_arg(*args, const char *), most);
	default:
		return false;
	}
}

static bool print_usual(struct print *print, const char *format, va_list *args)
{
	while (*format) {
		size_t plain = strcspn(format, "%");

		if (!add(print, format, plain))
			return false;
		format += plain;
		if (*format++ == '\0')
			break;
		if (!add_directive(print, &format, args))
			return false;
	}
	print->text[print->length] = '\0';
	return true;
}

/* As vsnprintf. */
static int print_into(char *text, size_t size, const char *format, va_list args)
{
	struct print print = {text, size, 0};
	va_list again;
	int length;

	va_copy(again, args);
	if (size > 0 && print_usual(&print, format, &again))
		length = (int)print.length;
	else
		length = vsnprintf(text, size, format, args);
	va_end(again);
	return length;
}

char *__wrap_curl_mvaprintf(const char *format, va_list args)
{
	char usual[USUAL];
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = print_into(usual, sizeof(usual), format, args);
	text = length < 0 ? NULL : Curl_cmalloc((size_t)length + 1);
	if (text && length < USUAL)
		memcpy(text, usual, (size_t)length + 1);
	else if (text)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

char *__wrap_curl_maprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = __wrap_curl_mvaprintf(format, args);
	va_end(args);
	return text;
}

/* Returns what was written, not what there would be, unlike the C library's. */
int __wrap_curl_msnprintf(char *text, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = print_into(text, size, format, args);
	va_end(args);
	if (size > 0 && length >= (int)size)
		length = (int)size - 1;
	return length;
}

CURLcode __wrap_Curl_dyn_addf(void *text, const char *format, ...)
{
	char usual[USUAL];
	CURLcode code = CURLE_OUT_OF_MEMORY;
	char *made = usual;
	va_list args;
	int length;

	va_start(args, format);
	length = print_into(usual, sizeof(usual), format, args);
	va_end(args);
	if (length >= USUAL) {
		va_start(args, format);
		made = __wrap_curl_mvaprintf(format, args);
		va_end(args);
	}
	if (made && length >= 0)
		code = Curl_dyn_addn(text, made, (size_t)length);
	if (made != usual)
		Curl_cfree(made);
	return code;
}

static unsigned char upper(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte >= 'a' && byte <= 'z' ? (unsigned char)(byte - 32) : byte;
}

/* Letters of ASCII alone have no case here, whatever the locale. */
int __wrap_curl_strnequal(const char *one, const char *other, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (upper(one[i]) != upper(other[i]))
			return 0;
		if (!one[i])
			break;
	}
	return 1;
}
