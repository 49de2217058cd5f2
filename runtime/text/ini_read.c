#include "runtime/text/ini_read.h"

#include <string.h>

#include "runtime/base/buf.h"

struct reader {
	const struct document *document;
	const struct ini_options *options;
	struct arena *arena;
	struct error **err;
	const char *at, *end; /* what is left of the text */
	const char *start;    /* of the line */
	uint32_t line;
	size_t nodes;
	struct buf text; /* of the value that is read */
};

static int fail(const struct reader *reader, const char *at, const char *what)
{
	struct place place = {reader->line, (uint32_t)(at - reader->start) + 1};

	return document_error(reader->document, place, reader->err, "%s", what);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static void blanks(struct reader *reader)
{
	while (reader->at < reader->end && blank(*reader->at))
		reader->at++;
}

static bool at_line_end(const struct reader *reader)
{
	return reader->at == reader->end || *reader->at == '\n' ||
	       (*reader->at == '\r' &&
		(reader->at + 1 == reader->end || reader->at[1] == '\n'));
}

/* Pass the end of the line, which is where `at` is. */
static void next_line(struct reader *reader)
{
	if (reader->at < reader->end && *reader->at == '\r')
		reader->at++;
	if (reader->at < reader->end)
		reader->at++;
	reader->start = reader->at;
	reader->line++;
}

static bool at_comment(const struct reader *reader)
{
	return reader->at < reader->end &&
	       (*reader->at == ';' || *reader->at == '#');
}

static void rest_of_line(struct reader *reader)
{
	while (!at_line_end(reader))
		reader->at++;
}

/* Only blanks and a comment may follow. */
static int finish_line(struct reader *reader, const char *what)
{
	blanks(reader);
	if (at_comment(reader))
		rest_of_line(reader);
	if (!at_line_end(reader))
		return fail(reader, reader->at, what);
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/* What follows the backslash that was taken. */
static int read_escape(struct reader *reader)
{
	static const char letters[] = "\\\"'nrt0;#";
	static const char meanings[] = "\\\"'\n\r\t\0;#";
	const char *found = strchr(letters, *reader->at);

	if (*reader->at == 'x' && reader->end - reader->at >= 3) {
		int high = hex_digit(reader->at[1]);
		int low = hex_digit(reader->at[2]);

		if (high >= 0 && low >= 0) {
			buf_putc(&reader->text, (char)(high << 4 | low));
			reader->at += 3;
			return 0;
		}
	}
	if (*reader->at == '\0' || !found)
		return fail(reader, reader->at - 1,
			    "no such escape in a string: write \\\\ for a "
			    "backslash, or use '…'");
	buf_putc(&reader->text, meanings[found - letters]);
	reader->at++;
	return 0;
}

static int read_quoted(struct reader *reader)
{
	const char *start = reader->at;
	char quote = *reader->at++;

	while (!at_line_end(reader)) {
		char c = *reader->at++;

		if (c == quote)
			return finish_line(reader,
					   "only a comment may follow the "
					   "closing quote");
		if (c != '\\' || quote == '\'') {
			buf_putc(&reader->text, c);
			continue;
		}
		if (at_line_end(reader)) { /* the string goes on */
			if (reader->at == reader->end)
				break;
			next_line(reader);
			continue;
		}
		if (read_escape(reader) < 0)
			return -1;
	}
	return fail(reader, start < reader->start ? reader->start : start,
		    "the string does not end in its line");
}

static void trim(struct buf *text)
{
	while (text->length > 0 && blank(text->data[text->length - 1]))
		text->length--;
}

/* A value without quotes: up to a comment or the end of the line. */
static void read_bare(struct reader *reader)
{
	while (!at_line_end(reader)) {
		char c = *reader->at;

		if (at_comment(reader) && blank(reader->at[-1])) {
			rest_of_line(reader);
			break;
		}
		reader->at++;
		if (c == '\\' && at_line_end(reader)) {
			trim(&reader->text);
			if (reader->at == reader->end)
				break;
			next_line(reader);
			blanks(reader);
			if (reader->text.length > 0)
				buf_putc(&reader->text, ' ');
			continue;
		}
		buf_putc(&reader->text, c);
	}
	trim(&reader->text);
}

static struct value name_of(struct reader *reader, const char *start,
			    const char *end)
{
	char *name;

	while (end > start && blank(end[-1]))
		end--;
	name = arena_copy(reader->arena, start, (size_t)(end - start));
	for (char *c = name; reader->options->lower && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	return value_borrow(name, (size_t)(end - start));
}

static int duplicate(struct reader *reader, struct value *old,
		     struct value value)
{
	switch (reader->options->duplicates) {
	case INI_FIRST:
		return 0;
	case INI_LAST:
		*old = value;
		return 0;
	case INI_ALL:
		if (old->kind != VALUE_LIST) {
			struct value list = value_list_new(reader->arena, 2);

			value_list_add(reader->arena, list.list, *old);
			*old = list;
		}
		value_list_add(reader->arena, old->list, value);
		return 0;
	default:
		return -1;
	}
}

/* The place of the first one is told where places are kept. */
static int fail_twice(const struct reader *reader,
		      const struct value_dict *section, struct value key,
		      bool is_section)
{
	const struct places *places = reader->document->places;
	struct place place = {reader->line, 1};
	struct place first = places ? places_key(places, section, key)
				    : (struct place){0, 0};
	int length = (int)(key.length < 200 ? key.length : 200);

	if (is_section)
		return document_error(reader->document, place, reader->err,
				      "'%.*s' is a section already", length,
				      key.bytes);
	if (first.line)
		return document_error(reader->document, place, reader->err,
				      "the key '%.*s' has a value already, in"
				      " line %u",
				      length, key.bytes, first.line);
	return document_error(reader->document, place, reader->err,
			      "the key '%.*s' has a value already", length,
			      key.bytes);
}

static int set(struct reader *reader, struct value_dict *section,
	       struct value key, struct value value)
{
	struct value *old = value_dict_get(section, key);

	if (old &&
	    (old->kind == VALUE_DICT || duplicate(reader, old, value) < 0))
		return fail_twice(reader, section, key,
				  old->kind == VALUE_DICT);
	if (!old)
		value_dict_set(reader->arena, section, key, value);
	return 0;
}

static int too_many(const struct reader *reader)
{
	return error_set(reader->err, ERROR_LIMIT,
			 "line %u: too many values, or too much memory",
			 reader->line);
}

static int read_pair(struct reader *reader, struct value_dict *section)
{
	const char *start = reader->at;
	struct place place = {reader->line,
			      (uint32_t)(start - reader->start) + 1};
	struct value value = value_bool(true);
	struct value key;

	while (!at_line_end(reader) && *reader->at != '=' &&
	       *reader->at != ':' &&
	       !(at_comment(reader) && blank(reader->at[-1])))
		reader->at++;
	key = name_of(reader, start, reader->at);
	if (key.length == 0)
		return fail(reader, start, "a key should be here");
	if (at_line_end(reader) || at_comment(reader)) {
		if (!reader->options->flags)
			return fail(reader, reader->at,
				    "'=' and a value should follow the key");
		rest_of_line(reader);
	} else {
		reader->at++;
		blanks(reader);
		buf_clear(&reader->text);
		if (!at_line_end(reader) &&
		    (*reader->at == '"' || *reader->at == '\'')) {
			if (read_quoted(reader) < 0)
				return -1;
		} else {
			read_bare(reader);
		}
		value = value_string(reader->arena, reader->text.data,
				     reader->text.length);
	}
	if (reader->document->places && !value_dict_get(section, key))
		places_set(reader->document->places, section, section->used,
			   place);
	return set(reader, section, key, value);
}

static int read_header(struct reader *reader, struct value_dict *root,
		       struct value_dict **section)
{
	const char *start = ++reader->at;
	struct value *known;
	struct value name;

	while (!at_line_end(reader) && *reader->at != ']')
		reader->at++;
	if (at_line_end(reader))
		return fail(reader, reader->at, "']' should end the section");
	while (start < reader->at && blank(*start))
		start++;
	name = name_of(reader, start, reader->at);
	if (name.length == 0)
		return fail(reader, start, "the section has no name");
	reader->at++;
	known = value_dict_get(root, name);
	if (known && known->kind != VALUE_DICT)
		return fail(reader, start,
			    "the section's name is a key "
			    "already");
	if (!known) {
		struct value made = value_dict_new(reader->arena, 0);

		if (reader->document->places)
			places_set(reader->document->places, root, root->used,
				   (struct place){reader->line, 1});
		value_dict_set(reader->arena, root, name, made);
		*section = made.dict;
	} else {
		*section = known->dict;
	}
	return finish_line(reader,
			   "only a comment may follow the section's name");
}

static int read_lines(struct reader *reader, struct value_dict *root)
{
	struct value_dict *section = root;
	size_t max = document_nodes(reader->document);
	int result = 0;

	for (; reader->at < reader->end; next_line(reader)) {
		blanks(reader);
		if (++reader->nodes > max || arena_full(reader->arena))
			return too_many(reader);
		if (at_line_end(reader))
			continue;
		if (at_comment(reader))
			rest_of_line(reader);
		else if (*reader->at == '[')
			result = read_header(reader, root, &section);
		else
			result = read_pair(reader, section);
		if (result < 0)
			return -1;
	}
	return 0;
}

int ini_read(const struct document *document, const struct ini_options *options,
	     struct arena *arena, struct value *value, struct error **err)
{
	struct reader reader = {.document = document,
				.options = options,
				.arena = arena,
				.err = err,
				.at = document->text,
				.end = document->text + document->length,
				.start = document->text,
				.line = 1};
	size_t valid;
	int result;

	if (document_check(document, arena, err) < 0)
		return -1;
	valid = document_utf8(document->text, document->length);
	if (valid < document->length)
		return document_error(document, document_place(document, valid),
				      err, "this is no UTF-8");
	if (document->length >= 3 &&
	    memcmp(document->text, "\xef\xbb\xbf", 3) == 0)
		reader.start = reader.at += 3;
	*value = value_dict_new(arena, 0);
	if (document->places)
		places_set(document->places, NULL, 0, (struct place){1, 1});
	buf_init(&reader.text, document->length + 1);
	result = read_lines(&reader, value->dict);
	buf_release(&reader.text);
	return result;
}
