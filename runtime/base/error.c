#include "runtime/base/error.h"

#include <stdio.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"

static struct error *error_new(enum error_code code, const char *format,
			       va_list args, struct error *cause)
{
	struct error *made = mem_alloc(sizeof(*made));

	made->code = code;
	made->message = mem_vprintf(format, args);
	made->cause = cause;
	return made;
}

int error_set(struct error **err, enum error_code code, const char *format, ...)
{
	va_list args;

	if (!err)
		return -1;
	va_start(args, format);
	*err = error_new(code, format, args, NULL);
	va_end(args);
	return -1;
}

int error_wrap(struct error **err, const char *format, ...)
{
	va_list args;

	if (!err || !*err)
		return -1;
	va_start(args, format);
	*err = error_new((*err)->code, format, args, *err);
	va_end(args);
	return -1;
}

int error_move(struct error **err, struct error *from)
{
	if (err)
		*err = from;
	else
		error_free(from);
	return -1;
}

void error_free(struct error *err)
{
	while (err) {
		struct error *cause = err->cause;

		mem_free(err->message);
		mem_free(err);
		err = cause;
	}
}

const char *error_code_name(enum error_code code)
{
	static const char *const names[] = {
		[ERROR_IO] = "io",
		[ERROR_INVALID] = "invalid",
		[ERROR_NOT_FOUND] = "not_found",
		[ERROR_EXIT] = "exit",
		[ERROR_TIMEOUT] = "timeout",
		[ERROR_CANCELLED] = "cancelled",
		[ERROR_SCRIPT] = "script",
		[ERROR_LIMIT] = "limit",
		[ERROR_BUSY] = "busy",
		[ERROR_CONFLICT] = "conflict",
	};

	return names[code];
}

char *error_text(const struct error *err)
{
	struct buf text;

	buf_init(&text, (size_t)64 * 1024);
	for (; err; err = err->cause) {
		buf_puts(&text, err->message);
		if (err->cause)
			buf_puts(&text, ": ");
	}
	return buf_take(&text);
}
