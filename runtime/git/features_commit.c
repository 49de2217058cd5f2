#include "runtime/git/features_commit.h"

#include <ctype.h>
#include <string.h>

#define OID_HEX_LENGTH 40

struct line {
	const char *text;
	size_t length; /* without its line feed */
};

/* Cut the first line off `rest`; false at the end. */
static bool take_line(struct line *rest, struct line *line)
{
	const char *feed;

	if (rest->length == 0)
		return false;
	feed = memchr(rest->text, '\n', rest->length);
	line->text = rest->text;
	line->length = feed ? (size_t)(feed - rest->text) : rest->length;
	rest->text += line->length + (feed != NULL);
	rest->length -= line->length + (feed != NULL);
	return true;
}

/* What follows `key` and a space, if the line begins so. */
static bool field(const struct line *line, const char *key, struct line *value)
{
	size_t length = strlen(key);

	if (line->length <= length || memcmp(line->text, key, length) != 0 ||
	    line->text[length] != ' ')
		return false;
	value->text = line->text + length + 1;
	value->length = line->length - length - 1;
	return true;
}

static bool read_oid(const struct line *value, git_oid *oid)
{
	return value->length == OID_HEX_LENGTH &&
	       git_oid_fromstrn(oid, value->text, OID_HEX_LENGTH) == 0;
}

static int64_t read_time(const char *text, const char *end)
{
	int64_t time = 0;

	while (text < end && *text == ' ')
		text++;
	for (; text < end && isdigit((unsigned char)*text); text++)
		if (time < INT64_MAX / 10 - 10)
			time = time * 10 + (*text - '0');
	return time;
}

/* "Name <mail> 1172524652 +0100" */
static void read_person(const struct line *value, struct commit_person *person)
{
	const char *end = value->text + value->length;
	const char *open = memchr(value->text, '<', value->length);
	const char *close = NULL;
	const char *last = NULL;

	if (open)
		close = memchr(open, '>', (size_t)(end - open));
	if (!close)
		return;
	person->name = value->text;
	person->name_length = (size_t)(open - value->text);
	while (person->name_length > 0 &&
	       isspace((unsigned char)person->name[person->name_length - 1]))
		person->name_length--;
	person->email = open + 1;
	person->email_length = (size_t)(close - open - 1);
	last = memrchr(value->text, '>', value->length);
	person->time = read_time(last + 1, end);
}

static void read_header(struct commit_text *commit, const struct line *line,
			bool *has_tree)
{
	struct line value;

	if (field(line, "tree", &value)) {
		*has_tree = read_oid(&value, &commit->tree);
	} else if (field(line, "parent", &value)) {
		if (commit->parent_count < COMMIT_PARENTS_MAX &&
		    read_oid(&value, &commit->parents[commit->parent_count]))
			commit->parent_count++;
	} else if (field(line, "author", &value)) {
		read_person(&value, &commit->author);
	} else if (field(line, "committer", &value)) {
		read_person(&value, &commit->committer);
	}
}

bool commit_text_read(struct commit_text *commit, const void *bytes,
		      size_t size)
{
	struct line rest = {bytes, size};
	git_oid *parents = commit->parents;
	bool has_tree = false;
	struct line line;

	memset(commit, 0, sizeof(*commit));
	commit->parents = parents;
	commit->author.name = commit->author.email = "";
	commit->committer.name = commit->committer.email = "";
	while (take_line(&rest, &line) && line.length > 0)
		read_header(commit, &line, &has_tree);
	commit->message = rest.text;
	commit->message_length = rest.length;
	return has_tree;
}

void commit_subject(const struct commit_text *commit, struct buf *subject)
{
	struct line rest = {commit->message, commit->message_length};
	struct line line;

	buf_clear(subject);
	while (take_line(&rest, &line)) {
		while (line.length > 0 &&
		       isspace((unsigned char)line.text[line.length - 1]))
			line.length--;
		if (line.length == 0 && subject->length == 0)
			continue;
		if (line.length == 0)
			return;
		if (subject->length > 0)
			buf_putc(subject, ' ');
		buf_append(subject, line.text, line.length);
	}
}
