#include "runtime/engine/matcher.h"

#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/text/glob.h"

const char *ref_short(const char *ref)
{
	if (strncmp(ref, "refs/heads/", 11) == 0)
		return ref + 11;
	if (strncmp(ref, "refs/tags/", 10) == 0)
		return ref + 10;
	return ref;
}

bool ref_is_tag(const char *ref)
{
	return strncmp(ref, "refs/tags/", 10) == 0;
}

bool matcher_wants_paths(const struct spec *spec)
{
	for (size_t i = 0; i < spec->count; i++) {
		const struct trigger *trigger = &spec->triggers[i];

		if (trigger->kind <= TRIGGER_TAG && trigger->paths.count > 0)
			return true;
	}
	return false;
}

/* "main, dev", at most so much of it that a sentence stays one. */
static void list(struct buf *out, const struct strings *patterns)
{
	for (size_t i = 0; i < patterns->count; i++) {
		if (i == 6) {
			buf_puts(out, ", ...");
			return;
		}
		buf_printf(out, "%s%s", i ? ", " : "", patterns->items[i]);
	}
}

static bool in(const struct strings *patterns, const char *text)
{
	return glob_list_match((const char *const *)patterns->items,
			       patterns->count, text, NULL);
}

/* Append a clause; the first one begins the sentence. */
static void clause(struct buf *out, const char *text)
{
	if (out->length > 0)
		buf_puts(out, "; ");
	buf_puts(out, text);
}

static bool judge_name(const struct strings *patterns, const char *what,
		       const char *name, struct buf *out)
{
	if (in(patterns, name)) {
		clause(out, what);
		buf_printf(out, " '%s' matches ", name);
		list(out, patterns);
		return true;
	}
	buf_clear(out);
	buf_printf(out, "%s: '%s' is not in ", what, name);
	list(out, patterns);
	return false;
}

/*
 * A push trigger without lists takes every branch; one that names tags only
 * takes tags only; a tag trigger takes tags.
 */
static bool judge_ref(const struct trigger *trigger,
		      const struct subject *subject, struct buf *out)
{
	const char *name = ref_short(subject->ref);

	if (!ref_is_tag(subject->ref)) {
		if (trigger->branches.count == 0 && trigger->tags.count > 0) {
			buf_puts(out, "tags: the push moved a branch");
			return false;
		}
		if (trigger->branches.count > 0)
			return judge_name(&trigger->branches, "branch", name,
					  out);
		clause(out, "any branch");
		return true;
	}
	if (trigger->tags.count > 0)
		return judge_name(&trigger->tags, "tag", name, out);
	if (trigger->kind == TRIGGER_TAG) {
		clause(out, "any tag");
		return true;
	}
	buf_puts(out, "branches: the push moved a tag");
	return false;
}

/* Slashes are nothing special in names of people and messages. */
static bool text_in(const struct strings *patterns, const char *text)
{
	struct strings plain = {
		mem_array(patterns->count, sizeof(*plain.items)),
		patterns->count,
	};
	char *copy = mem_copy(text);
	bool found;

	for (char *at = copy; *at; at++)
		if (*at == '/')
			*at = '\1';
	for (size_t i = 0; i < plain.count; i++) {
		plain.items[i] = mem_copy(patterns->items[i]);
		for (char *at = plain.items[i]; *at; at++)
			if (*at == '/')
				*at = '\1';
	}
	found = in(&plain, copy);
	for (size_t i = 0; i < plain.count; i++)
		mem_free(plain.items[i]);
	mem_free(plain.items);
	mem_free(copy);
	return found;
}

static bool judge_author(const struct trigger *trigger,
			 const struct subject *subject, struct buf *out)
{
	const char *author = subject->author ? subject->author : "";
	const char *open = strrchr(author, '<');
	const char *close = open ? strchr(open, '>') : NULL;
	char *name = NULL;
	char *mail = NULL;
	bool found = text_in(&trigger->authors, author);

	if (open && close) {
		size_t length = (size_t)(open - author);

		if (length > 0 && author[length - 1] == ' ')
			length--;
		name = mem_copy_n(author, length);
		mail = mem_copy_n(open + 1, (size_t)(close - open - 1));
		/* Exclusions must hold for each way to write the author. */
		if (trigger->authors.items[0][0] == '!')
			found = found && text_in(&trigger->authors, name) &&
				text_in(&trigger->authors, mail);
		else
			found = found || text_in(&trigger->authors, name) ||
				text_in(&trigger->authors, mail);
	}
	mem_free(name);
	mem_free(mail);
	if (!found)
		buf_clear(out);
	clause(out, found ? "author " : "authors: ");
	buf_printf(out, "'%s' %s ", author, found ? "matches" : "is not in");
	list(out, &trigger->authors);
	return found;
}

static bool judge_paths(const struct trigger *trigger,
			const struct subject *subject, struct buf *out)
{
	size_t matched = 0;

	if (!subject->paths_known) {
		clause(out, "every file counts as changed");
		return true;
	}
	for (size_t i = 0; i < subject->path_count; i++)
		if (in(&trigger->paths, subject->paths[i]))
			matched++;
	if (matched == 0) {
		buf_clear(out);
		buf_printf(out, "paths: none of %zu changed file%s match%s ",
			   subject->path_count,
			   subject->path_count == 1 ? "" : "s",
			   subject->path_count == 1 ? "es" : "");
	} else {
		clause(out, "");
		buf_printf(out, "%zu of %zu changed files match ", matched,
			   subject->path_count);
	}
	list(out, &trigger->paths);
	return matched > 0;
}

static bool judge_message(const struct trigger *trigger,
			  const struct subject *subject, struct buf *out)
{
	static const char *const marks[] = {"[skip ci]", "[ci skip]"};
	const char *message = subject->message ? subject->message : "";

	for (size_t i = 0; trigger->skip_ci && i < 2; i++)
		if (strcasestr(message, marks[i])) {
			buf_clear(out);
			buf_printf(out, "the message says %s", marks[i]);
			return false;
		}
	if (trigger->message.count == 0)
		return true;
	if (text_in(&trigger->message, message)) {
		clause(out, "the message matches ");
		list(out, &trigger->message);
		return true;
	}
	buf_clear(out);
	buf_puts(out, "message: it matches none of ");
	list(out, &trigger->message);
	return false;
}

static bool judge_push(const struct trigger *trigger,
		       const struct subject *subject, struct buf *out)
{
	if (!judge_ref(trigger, subject, out) ||
	    !judge_message(trigger, subject, out))
		return false;
	if (trigger->authors.count > 0 && !judge_author(trigger, subject, out))
		return false;
	return trigger->paths.count == 0 || judge_paths(trigger, subject, out);
}

static bool judge_run(const struct trigger *trigger,
		      const struct subject *subject, struct buf *out)
{
	const char *state = subject->state ? subject->state : "";

	if (!judge_name(&trigger->names, "recipe", subject->name, out))
		return false;
	if (trigger->states.count > 0 && !in(&trigger->states, state)) {
		buf_clear(out);
		buf_printf(out, "states: it %s, wanted is ", state);
		list(out, &trigger->states);
		return false;
	}
	clause(out, "it ");
	buf_puts(out, state);
	if (trigger->branches.count > 0 && subject->ref)
		return judge_name(&trigger->branches, "branch",
				  ref_short(subject->ref), out);
	return true;
}

static bool concerns(const struct trigger *trigger,
		     const struct subject *subject)
{
	if (subject->kind <= TRIGGER_TAG)
		return trigger->kind <= TRIGGER_TAG &&
		       (trigger->kind == TRIGGER_PUSH ||
			subject->kind == TRIGGER_TAG);
	if (trigger->kind != subject->kind)
		return false;
	/* Thousands of recipes may listen to other names: not worth a row. */
	return subject->kind < TRIGGER_EMIT ||
	       (subject->name && in(&trigger->names, subject->name));
}

enum verdict matcher_judge(const struct trigger *trigger,
			   const struct subject *subject, char **reason)
{
	struct buf out;
	bool run = true;

	*reason = NULL;
	if (!concerns(trigger, subject))
		return VERDICT_OTHER;
	buf_init(&out, 4096);
	if (subject->kind <= TRIGGER_TAG)
		run = judge_push(trigger, subject, &out);
	else if (subject->kind == TRIGGER_RUN)
		run = judge_run(trigger, subject, &out);
	else if (subject->kind == TRIGGER_EMIT)
		run = judge_name(&trigger->names, "event", subject->name, &out);
	else
		buf_puts(&out, subject->kind == TRIGGER_FILE
				       ? "a file that it watches changed"
				       : "it was due");
	*reason = buf_take(&out);
	return run ? VERDICT_RUN : VERDICT_FILTERED;
}

char *template_expand(const char *template,
		      const char *(*lookup)(void *context, const char *name),
		      void *context)
{
	struct buf out;

	buf_init(&out, 65536);
	for (const char *at = template; *at;) {
		const char *end =
			strncmp(at, "${", 2) == 0 ? strchr(at, '}') : NULL;
		const char *value;
		char *name;

		if (!end) {
			buf_putc(&out, *at++);
			continue;
		}
		name = mem_copy_n(at + 2, (size_t)(end - at - 2));
		value = lookup(context, name);
		buf_puts(&out, value ? value : "");
		mem_free(name);
		at = end + 1;
	}
	return buf_take(&out);
}
