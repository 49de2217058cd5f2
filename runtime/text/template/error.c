#include "runtime/text/template/error.h"

#include <string.h>

#include "runtime/base/mem.h"

enum { TEXT_MAX = 64 << 10, SOURCE_MAX = 120 };

int template_error_set(struct template_error *error, enum render_fault fault,
		       const char *format, ...)
{
	va_list args;

	if (error->message)
		return -1;
	error->fault = fault;
	va_start(args, format);
	error->message = mem_vprintf(format, args);
	va_end(args);
	return -1;
}

void template_error_hint(struct template_error *error, const char *nearest)
{
	if (!nearest || error->hint)
		return;
	error->hint = mem_printf("did you mean '%s'?", nearest);
}

void template_error_source(struct template_error *error, const char *text,
			   size_t length)
{
	const char *end = text + length;
	const char *stop;

	for (uint32_t line = 1; line < error->line && text < end; line++) {
		text = memchr(text, '\n', (size_t)(end - text));
		if (!text)
			return;
		text++;
	}
	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	if (text >= end)
		return;
	stop = memchr(text, '\n', (size_t)(end - text));
	if (!stop)
		stop = end;
	while (stop > text && (stop[-1] == ' ' || stop[-1] == '\t'))
		stop--;
	if (error->source || stop == text)
		return;
	error->source = stop - text > SOURCE_MAX
				? mem_printf("%.*s…", SOURCE_MAX, text)
				: mem_copy_n(text, (size_t)(stop - text));
}

void template_error_release(struct template_error *error)
{
	mem_free(error->template);
	mem_free(error->message);
	mem_free(error->hint);
	mem_free(error->source);
	mem_free(error->chain);
	*error = (struct template_error){0};
}

const char *template_fault_name(enum render_fault fault)
{
	static const char *const names[] = {
		[RENDER_SYNTAX] = "syntax",
		[RENDER_UNDEFINED] = "undefined",
		[RENDER_TYPE] = "type",
		[RENDER_VALUE] = "value",
		[RENDER_ZERO_DIVISION] = "zero_division",
		[RENDER_RUNTIME] = "runtime",
		[RENDER_FILTER] = "filter",
		[RENDER_NOT_FOUND] = "not_found",
		[RENDER_LIMIT] = "limit",
		[RENDER_SECURITY] = "security",
	};

	return names[fault];
}

char *template_error_text(const struct template_error *error)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	buf_puts(&text, error->template ? error->template : "template");
	if (error->line > 0)
		buf_printf(&text, ":%u", error->line);
	buf_puts(&text, ": ");
	if (error->fault == RENDER_NOT_FOUND)
		buf_puts(&text, "there is no template ");
	buf_puts(&text, error->message);
	if (error->hint)
		buf_printf(&text, " (%s)", error->hint);
	if (error->source)
		buf_printf(&text, "\n  in %s", error->source);
	if (error->chain)
		buf_printf(&text, "%s", error->chain);
	return buf_take(&text);
}
