/* tojson, and the table of the filters that have files of their own. */
#include "runtime/text/template/filter.h"
#include "runtime/text/template/json.h"

int render_json(struct render *render, struct value value,
		const struct json_style *style, struct value *out)
{
	struct error *err = NULL;
	struct buf buf;

	text_init(&buf);
	if (json_value_write(value, style, &buf, &err)) {
		render_fail(render,
			    err->code == ERROR_LIMIT ? RENDER_LIMIT
						     : RENDER_TYPE,
			    "%s", err->message);
		error_free(err);
		buf_release(&buf);
		return -1;
	}
	return text_take(render, &buf, out);
}

/* Characters that end a script or an attribute are written as \u00xx. */
static int html_safe(struct render *render, struct value text,
		     struct value *out)
{
	const char *at = text.bytes;
	const char *end = at + text.length;
	const char *plain = at;
	struct buf buf;

	text_init(&buf);
	for (; at < end; at++) {
		if (*at != '<' && *at != '>' && *at != '&' && *at != '\'')
			continue;
		buf_append(&buf, plain, (size_t)(at - plain));
		buf_printf(&buf, "\\u%04x", (unsigned)*at);
		plain = at + 1;
	}
	buf_append(&buf, plain, (size_t)(end - plain));
	if (text_take(render, &buf, out))
		return -1;
	out->flags |= VALUE_SAFE;
	return 0;
}

static int filter_tojson(struct call *call, struct value *out)
{
	static const char *const names[] = {"indent", NULL};
	struct json_style style = {.sort_keys = true};
	struct value argument;
	int64_t indent = 0;
	struct value text;

	if (call_bind(call, names, 0, &argument))
		return -1;
	if (argument.kind != VALUE_ABSENT && argument.kind != VALUE_NONE) {
		if (argument_int(call->render, argument, &indent))
			return -1;
		style.lines = true;
	}
	style.indent = indent < 0 ? 0 : indent > 1000 ? 1000 : (int)indent;
	if (render_json(call->render, call->subject, &style, &text))
		return -1;
	return html_safe(call->render, text, out);
}

static const struct call_entry entries[] = {
	{"pprint", filter_pprint},
	{"tojson", filter_tojson},
	{"urlize", filter_urlize},
	{"wordwrap", filter_wordwrap},
};

const struct method_table filters_document = {entries, COUNT(entries)};
