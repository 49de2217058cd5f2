/* Y. Shafranovich: RFC 4180, Common Format and MIME Type for CSV Files. */
#include "runtime/text/csv.h"

#include <endian.h>
#include <stdarg.h>
#include <string.h>

#include "runtime/base/mem.h"

void csv_init(struct csv *csv, const char *text, size_t length,
	      const char *file)
{
	memset(csv, 0, sizeof(*csv));
	csv->text = text;
	csv->file = file;
	csv->length = length;
	csv->next = 1;
	csv->separator = ',';
	buf_init(&csv->unquoted, CSV_ROW_BYTES);
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		csv->at = 3;
}

void csv_release(struct csv *csv)
{
	mem_free(csv->fields);
	buf_release(&csv->unquoted);
	csv->fields = NULL;
	csv->capacity = csv->count = 0;
}

int csv_error(const struct csv *csv, struct error **err, const char *format,
	      ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	error_set(err, ERROR_INVALID, "%s:%llu: %s",
		  csv->file ? csv->file : "CSV", (unsigned long long)csv->line,
		  text);
	mem_free(text);
	return -1;
}

static int limit(const struct csv *csv, struct error **err, const char *what)
{
	return error_set(err, ERROR_LIMIT, "%s:%llu: %s",
			 csv->file ? csv->file : "CSV",
			 (unsigned long long)csv->line, what);
}

static int make_room(struct csv *csv, struct error **err)
{
	if (csv->capacity >= CSV_COLUMNS)
		return limit(csv, err, "too many fields in a row");
	csv->capacity = csv->capacity ? csv->capacity * 2 : 32;
	csv->fields =
		mem_grow(csv->fields, csv->capacity * sizeof(*csv->fields));
	return 0;
}

static inline int add(struct csv *csv, const char *data, size_t length,
		      bool quoted, struct error **err)
{
	if (csv->count == csv->capacity && make_room(csv, err) < 0)
		return -1;
	if (length > CSV_ROW_BYTES)
		return limit(csv, err, "too long a field");
	csv->fields[csv->count++] =
		(struct csv_field){data, (uint32_t)length, quoted};
	return 0;
}

/* The first '"' or NUL-less end behind `at`; counts the lines on the way. */
static const char *close_quote(struct csv *csv, const char *at,
			       struct error **err)
{
	const char *end = csv->text + csv->length;

	while (at < end && *at != '"')
		csv->next += *at++ == '\n';
	if (at == end)
		csv_error(csv, err,
			  "a quote is not closed, expected \" before "
			  "the end of the file");
	return at == end ? NULL : at;
}

/*
 * A field in quotes, `at` behind the first one. Returns what follows the last
 * one, or NULL. The text without doubled quotes is gathered only when there
 * are some; its place in `unquoted` is settled when the row is complete.
 */
static const char *quoted(struct csv *csv, const char *at, struct error **err)
{
	const char *end = csv->text + csv->length;
	const char *begin = at, *stop = close_quote(csv, at, err);
	size_t offset = csv->unquoted.length;

	if (!stop)
		return NULL;
	if (stop + 1 == end || stop[1] != '"')
		return add(csv, begin, (size_t)(stop - begin), true, err)
			       ? NULL
			       : stop + 1;
	while (stop + 1 < end && stop[1] == '"') {
		buf_append(&csv->unquoted, at, (size_t)(stop + 1 - at));
		at = stop + 2;
		stop = close_quote(csv, at, err);
		if (!stop)
			return NULL;
	}
	buf_append(&csv->unquoted, at, (size_t)(stop - at));
	if (csv->unquoted.full) {
		limit(csv, err, "too long a row");
		return NULL;
	}
	/* NULL marks that it is in `unquoted`, which may still move. */
	return add(csv, NULL, csv->unquoted.length - offset, true, err)
		       ? NULL
		       : stop + 1;
}

static void settle(struct csv *csv)
{
	size_t offset = 0;

	for (size_t i = 0; i < csv->count && offset < csv->unquoted.length;
	     i++) {
		struct csv_field *field = &csv->fields[i];

		if (field->data)
			continue;
		field->data = csv->unquoted.data + offset;
		offset += field->length;
	}
	for (size_t i = 0; i < csv->count; i++)
		if (!csv->fields[i].data)
			csv->fields[i].data = "";
}

/* What may follow a closing quote: a separator or the row's end. */
static const char *behind_quote(struct csv *csv, const char *at,
				struct error **err)
{
	const char *end = csv->text + csv->length;

	if (at < end && *at == '\r' && (at + 1 == end || at[1] == '\n'))
		at++;
	if (at == end || *at == csv->separator || *at == '\n')
		return at;
	csv_error(csv, err,
		  "text behind a closing quote in field %zu, expected '%c' or "
		  "the end of the row",
		  csv->count, csv->separator);
	return NULL;
}

/* The first separator or line end, or the end: 8 bytes at a time. */
static const char *find_end(const char *at, const char *end, char separator)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = ones << 7;

	for (; end - at >= 8; at += 8) {
		uint64_t bytes, lines, separators, found;

		memcpy(&bytes, at, sizeof(bytes));
		bytes = le64toh(bytes);
		separators = bytes ^ ones * (unsigned char)separator;
		lines = bytes ^ ones * '\n';
		/* The lowest top bit is that of the first byte that is 0. */
		found = ((separators - ones) & ~separators & tops) |
			((lines - ones) & ~lines & tops);
		if (found)
			return at + __builtin_ctzll(found) / 8;
	}
	while (at < end && *at != separator && *at != '\n')
		at++;
	return at;
}

static const char *plain(struct csv *csv, const char *at, struct error **err)
{
	const char *begin = at, *end = csv->text + csv->length, *stop;
	const char separator = csv->separator;

	stop = at = find_end(at, end, separator);
	if (stop > begin && stop[-1] == '\r' && (at == end || *at == '\n'))
		stop--;
	return add(csv, begin, (size_t)(stop - begin), false, err) ? NULL : at;
}

/* The fields of the row at `at`; returns where it ends (LF or end), or NULL. */
static const char *row(struct csv *csv, const char *at, struct error **err)
{
	const char *end = csv->text + csv->length;

	for (;; at++) {
		if (at < end && *at == '"') {
			at = quoted(csv, at + 1, err);
			if (at)
				at = behind_quote(csv, at, err);
		} else {
			at = plain(csv, at, err);
		}
		if (!at || at == end || *at == '\n')
			return at;
	}
}

static int check_columns(struct csv *csv, struct error **err)
{
	if (csv->columns == 0)
		csv->columns = csv->count;
	if (csv->count == csv->columns)
		return 1;
	return csv_error(csv, err,
			 "%zu field%s, expected %zu as in the first "
			 "row",
			 csv->count, csv->count == 1 ? "" : "s", csv->columns);
}

int csv_next(struct csv *csv, struct error **err)
{
	const char *end = csv->text + csv->length;
	const char *at = csv->text + csv->at;

	while (at < end && (*at == '\n' ||
			    (*at == '\r' && at + 1 < end && at[1] == '\n'))) {
		at += *at == '\r' ? 2 : 1;
		csv->next++;
	}
	csv->line = csv->next;
	csv->count = 0;
	buf_clear(&csv->unquoted);
	if (at == end)
		return 0;
	at = row(csv, at, err);
	if (!at)
		return -1;
	settle(csv);
	csv->next++;
	csv->at = (size_t)(at - csv->text) + (at < end);
	return check_columns(csv, err);
}

/* Is there one like the last of `names`? */
static bool is_twice(char *const *names, size_t last)
{
	for (size_t i = 0; i < last; i++)
		if (strcmp(names[i], names[last]) == 0)
			return true;
	return false;
}

int csv_header(struct csv *csv, char ***names, size_t *count,
	       struct error **err)
{
	int status = csv_next(csv, err);

	*names = NULL;
	*count = 0;
	if (status == 0)
		return csv_error(csv, err,
				 "the file is empty, expected a "
				 "header with names of columns");
	if (status < 0)
		return -1;
	*names = mem_array(csv->count, sizeof(**names));
	for (status = 0; *count < csv->count && status == 0; ++*count) {
		const struct csv_field *field = &csv->fields[*count];

		(*names)[*count] = mem_copy_n(field->data, field->length);
		if (field->length == 0)
			status = csv_error(csv, err,
					   "column %zu has no name, expected "
					   "a header",
					   *count + 1);
		else if (is_twice(*names, *count))
			status = csv_error(csv, err,
					   "there are two columns '%s'",
					   (*names)[*count]);
	}
	if (status == 0)
		return 0;
	while (*count > 0)
		mem_free((*names)[--*count]);
	mem_free(*names);
	*names = NULL;
	return -1;
}
