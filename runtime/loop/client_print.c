/*
 * Formatting for libcurl, by the C library. Its own adds byte after byte to a
 * growing buffer, which is a third of the CPU time of a small request. In the
 * static build the linker sends these calls here (--wrap); the shared library
 * keeps its own. The formats that libcurl uses mean the same to both.
 */
#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL = 1024 }; /* bytes; longer texts take a second pass */

char *__wrap_curl_mvaprintf(const char *format, va_list args);
char *__wrap_curl_maprintf(const char *format, ...);
int __wrap_curl_msnprintf(char *text, size_t size, const char *format, ...);
CURLcode __wrap_Curl_dyn_addf(void *text, const char *format, ...);
CURLcode Curl_dyn_addn(void *text, const void *bytes, size_t length)
	__attribute__((weak)); /* not there in the shared library */

/* As libcurl frees it with free(), this is not ours to allocate. */
char *__wrap_curl_mvaprintf(const char *format, va_list args)
{
	char usual[USUAL];
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(usual, sizeof(usual), format, args);
	text = length < 0 ? NULL : malloc((size_t)length + 1);
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
	length = vsnprintf(text, size, format, args);
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
	length = vsnprintf(usual, sizeof(usual), format, args);
	va_end(args);
	if (length >= USUAL) {
		va_start(args, format);
		made = __wrap_curl_mvaprintf(format, args);
		va_end(args);
	}
	if (made && length >= 0)
		code = Curl_dyn_addn(text, made, (size_t)length);
	if (made != usual)
		free(made);
	return code;
}
