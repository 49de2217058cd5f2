/* Ansible's filters of strings and small things. */
#include <stdio.h>

#include "runtime/text/template/ansible.h"

int ansible_bind_none(struct call *call)
{
	static const char *const names[] = {NULL};

	return call_bind(call, names, 0, NULL);
}

int ansible_text(struct call *call, struct value value, struct value *out)
{
	if (value_to_string(call->render, value, out))
		return -1;
	out->flags &= (uint8_t)~VALUE_SAFE;
	return 0;
}

bool ansible_given(struct value value)
{
	return value.kind != VALUE_ABSENT && value.kind != VALUE_NONE;
}

int ansible_add(struct render *render, struct value list, struct value item)
{
	if (render_count(render, 1) || render_room(render, 2 * sizeof(item)))
		return -1;
	value_list_add(render_arena(render), list.list, item);
	return 0;
}

int ansible_in(struct render *render, const struct value_list *list,
	       struct value item, bool *out)
{
	*out = false;
	if (render_count(render, list->count / 4))
		return -1;
	for (uint32_t i = 0; !*out && i < list->count; i++)
		if (value_equal(render, list->items[i], item, out))
			return -1;
	return 0;
}

/* Within single quotes a quote is '"'"'. */
static int filter_quote(struct call *call, struct value *out)
{
	static const char plain[] = "@%+=:,./-_";
	struct value text = LITERAL("");
	bool safe = true;
	struct buf buf;

	if (ansible_bind_none(call) ||
	    (call->subject.kind != VALUE_NONE &&
	     ansible_text(call, call->subject, &text)))
		return -1;
	for (uint32_t i = 0; safe && i < text.length; i++) {
		char c = text.bytes[i];

		safe = (c >= '0' && c <= '9') ||
		       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		       (c && strchr(plain, c));
	}
	if (safe && text.length > 0) {
		*out = text;
		return 0;
	}
	text_init(&buf);
	buf_putc(&buf, '\'');
	for (uint32_t i = 0; i < text.length; i++) {
		if (text.bytes[i] == '\'')
			buf_puts(&buf, "'\"'\"'");
		else
			buf_putc(&buf, text.bytes[i]);
	}
	buf_putc(&buf, '\'');
	return text_take(call->render, &buf, out);
}

static int filter_bool(struct call *call, struct value *out)
{
	static const char *const yes[] = {"yes", "on", "1", "true"};
	struct value value = call->subject;
	bool truth = false;

	if (ansible_bind_none(call) || render_defined(call->render, value))
		return -1;
	if (value.kind == VALUE_NONE || value.kind == VALUE_BOOL) {
		*out = value;
		return 0;
	}
	if (is_string(value)) {
		if (string_case(call->render, value, STRING_LOWER, &value))
			return -1;
		for (size_t i = 0; i < COUNT(yes); i++)
			truth = truth || text_is(value, yes[i]);
	} else if (value_equal(call->render, value, value_int(1), &truth)) {
		return -1;
	}
	*out = value_bool(truth);
	return 0;
}

static int filter_ternary(struct call *call, struct value *out)
{
	static const char *const names[] = {"true_val", "false_val", "none_val",
					    NULL};
	struct value arguments[3];
	bool truth;

	if (call_bind(call, names, 2, arguments))
		return -1;
	if (call->subject.kind == VALUE_NONE && ansible_given(arguments[2])) {
		*out = arguments[2];
		return 0;
	}
	if (value_true(call->render, call->subject, &truth))
		return -1;
	*out = arguments[truth ? 0 : 1];
	return 0;
}

static int filter_mandatory(struct call *call, struct value *out)
{
	static const char *const names[] = {"msg", NULL};
	struct value message;
	struct value text;

	if (call_bind(call, names, 0, &message))
		return -1;
	*out = call->subject;
	if (out->kind != VALUE_UNDEFINED)
		return 0;
	if (!ansible_given(message))
		return render_fail(call->render, RENDER_FILTER,
				   "Mandatory variable not defined.");
	if (ansible_text(call, message, &text))
		return -1;
	return render_fail(call->render, RENDER_FILTER, "%.*s",
			   (int)text.length, text.bytes);
}

static int filter_type_debug(struct call *call, struct value *out)
{
	const char *name = value_type_name(call->subject);

	if (ansible_bind_none(call))
		return -1;
	*out = value_borrow(name, strlen(name));
	return 0;
}

static int filter_split(struct call *call, struct value *out)
{
	if (!is_string(call->subject))
		return fail_type(call->render,
				 "descriptor 'split' for 'str' objects "
				 "doesn't apply to a '%s' object",
				 value_type_name(call->subject));
	return str_split(call, out);
}

enum {
	DECORATION,
	NEWLINE,
	BEGINNING,
	PREFIX,
	PREFIX_COUNT,
	POSTFIX,
	POSTFIX_COUNT,
	END,
	COMMENT_ARGUMENTS
};

/* Beginning, decoration and end of the styles that Ansible knows. */
static int comment_style(struct call *call, struct value style,
			 struct value parts[COMMENT_ARGUMENTS])
{
	static const struct {
		const char *name, *beginning, *decoration, *end;
	} styles[] = {
		{"plain", "", "# ", ""},       {"erlang", "", "% ", ""},
		{"c", "", "// ", ""},          {"cblock", "/*", " * ", " */"},
		{"xml", "<!--", " - ", "-->"},
	};

	for (size_t i = 0; i < COUNT(styles); i++) {
		if (!text_is(style, styles[i].name))
			continue;
		parts[BEGINNING] = value_borrow(styles[i].beginning,
						strlen(styles[i].beginning));
		parts[DECORATION] = value_borrow(styles[i].decoration,
						 strlen(styles[i].decoration));
		parts[END] = value_borrow(styles[i].end, strlen(styles[i].end));
		return 0;
	}
	return render_fail(call->render, RENDER_RUNTIME,
			   "there is no style '%.*s' of comments",
			   is_string(style) ? (int)style.length : 0,
			   is_string(style) ? style.bytes : "");
}

static struct value strip_right(struct value text)
{
	while (text.length > 0 &&
	       unicode_is((unsigned char)text.bytes[text.length - 1],
			  UNICODE_SPACE))
		text.length--;
	return text;
}

static int bind_comment(struct call *call,
			struct value parts[COMMENT_ARGUMENTS])
{
	static const char *const names[] = {"style",   "decoration",
					    "newline", "beginning",
					    "prefix",  "prefix_count",
					    "postfix", "postfix_count",
					    "end",     NULL};
	struct value given[COMMENT_ARGUMENTS + 1];
	struct value style = LITERAL("plain");

	if (call_bind(call, names, 0, given))
		return -1;
	if (given[0].kind != VALUE_ABSENT)
		style = given[0];
	parts[NEWLINE] = LITERAL("\n");
	parts[PREFIX_COUNT] = parts[POSTFIX_COUNT] = value_int(1);
	if (comment_style(call, style, parts))
		return -1;
	if (given[1 + DECORATION].kind != VALUE_ABSENT)
		parts[DECORATION] = given[1 + DECORATION];
	if (argument_text(call, parts[DECORATION], "decoration"))
		return -1;
	parts[PREFIX] = parts[POSTFIX] = strip_right(parts[DECORATION]);
	for (int i = 0; i < COMMENT_ARGUMENTS; i++)
		if (given[1 + i].kind != VALUE_ABSENT)
			parts[i] = given[1 + i];
	for (int i = 0; i < COMMENT_ARGUMENTS; i++)
		if (i != PREFIX_COUNT && i != POSTFIX_COUNT &&
		    argument_text(call, parts[i], "argument"))
			return -1;
	return 0;
}

static void put(struct buf *buf, struct value text)
{
	buf_append(buf, text.bytes, text.length);
}

static int replace(struct render *render, struct value *text, struct value old,
		   struct value new)
{
	const struct value parts[3] = {*text, old, new};

	return string_replace(render, parts, -1, text);
}

/* The decoration before each line; without spaces before an empty one. */
static int decorate(struct call *call, const struct value *parts,
		    struct value text, struct buf *buf)
{
	struct value decoration = parts[DECORATION];
	struct value newline = parts[NEWLINE];
	struct render *render = call->render;
	struct value decorated;
	struct value bare;
	struct value full;

	if (value_operate(render, OPERATOR_ADD, newline, decoration,
			  &decorated) ||
	    replace(render, &text, newline, decorated) ||
	    value_operate(render, OPERATOR_ADD, decoration, text, &text) ||
	    value_operate(render, OPERATOR_ADD, decoration, newline, &full) ||
	    value_operate(render, OPERATOR_ADD, strip_right(decoration),
			  newline, &bare) ||
	    replace(render, &text, full, bare))
		return -1;
	put(buf, text);
	return 0;
}

static int put_comment(struct call *call, const struct value *parts,
		       struct value text, struct buf *buf)
{
	int64_t before;
	int64_t after;

	if (argument_int(call->render, parts[PREFIX_COUNT], &before) ||
	    argument_int(call->render, parts[POSTFIX_COUNT], &after))
		return -1;
	if (parts[BEGINNING].length > 0) {
		put(buf, parts[BEGINNING]);
		put(buf, parts[NEWLINE]);
	}
	for (; parts[PREFIX].length > 0 && before > 0 && !buf->full; before--) {
		if (!string_equal(parts[PREFIX], parts[NEWLINE]))
			put(buf, parts[PREFIX]);
		put(buf, parts[NEWLINE]);
		if (render_count(call->render, 1))
			return -1;
	}
	if (decorate(call, parts, text, buf))
		return -1;
	for (; after > 0 && !buf->full; after--) {
		put(buf, parts[NEWLINE]);
		put(buf, parts[POSTFIX]);
		if (render_count(call->render, 1))
			return -1;
	}
	if (parts[END].length > 0) {
		put(buf, parts[NEWLINE]);
		put(buf, parts[END]);
	}
	return 0;
}

static int filter_comment(struct call *call, struct value *out)
{
	struct value parts[COMMENT_ARGUMENTS];
	struct buf buf;

	if (bind_comment(call, parts))
		return -1;
	if (call->subject.kind == VALUE_UNDEFINED)
		return render_missing(call->render, call->subject);
	if (!is_string(call->subject))
		return render_fail(call->render, RENDER_RUNTIME,
				   "'%s' object has no attribute 'replace'",
				   value_type_name(call->subject));
	text_init(&buf);
	return text_done(call->render,
			 put_comment(call, parts, call->subject, &buf), &buf,
			 out);
}

static const struct call_entry entries[] = {
	{"bool", filter_bool},
	{"comment", filter_comment},
	{"mandatory", filter_mandatory},
	{"quote", filter_quote},
	{"split", filter_split},
	{"ternary", filter_ternary},
	{"type_debug", filter_type_debug},
};

const struct method_table filters_ansible_text = {entries, COUNT(entries)};
