/* Ansible's filters of paths and URLs. */
#include "runtime/text/template/ansible.h"

/* The subject as a path: a string, nothing else. */
static int path_text(struct call *call, struct value path, struct value *out)
{
	*out = path;
	out->flags = 0;
	if (is_string(path))
		return 0;
	return fail_type(call->render,
			 "expected str, bytes or os.PathLike object, not %s",
			 value_type_name(path));
}

static int bind_path(struct call *call, struct value *out)
{
	*out = call->subject;
	if (ansible_bind_none(call))
		return -1;
	return path_text(call, call->subject, out);
}

/* Behind the last character that is in `separators`. */
static uint32_t last_part(struct value path, const char *separators)
{
	uint32_t at = path.length;

	while (at > 0 &&
	       !(path.bytes[at - 1] && strchr(separators, path.bytes[at - 1])))
		at--;
	return at;
}

static struct value tail(struct value text, uint32_t from)
{
	return value_borrow(text.bytes + from, text.length - from);
}

/* Without separators at the end, unless there is nothing else. */
static struct value strip_end(struct value head, const char *separators)
{
	struct value bare = head;

	while (bare.length > 0 &&
	       strchr(separators, bare.bytes[bare.length - 1]))
		bare.length--;
	return bare.length > 0 ? bare : head;
}

static int filter_basename(struct call *call, struct value *out)
{
	struct value path;

	if (bind_path(call, &path))
		return -1;
	*out = tail(path, last_part(path, "/"));
	return 0;
}

static int filter_dirname(struct call *call, struct value *out)
{
	struct value path;

	if (bind_path(call, &path))
		return -1;
	*out = strip_end(value_borrow(path.bytes, last_part(path, "/")), "/");
	return 0;
}

/* "C:" or "\\host\share" before a path of Windows. */
static uint32_t drive_length(struct value path)
{
	uint32_t slashes = 0;
	uint32_t at;

	if (path.length >= 2 && path.bytes[1] == ':')
		return 2;
	if (path.length < 3 || !strchr("\\/", path.bytes[0]) ||
	    !strchr("\\/", path.bytes[1]) || strchr("\\/", path.bytes[2]))
		return 0;
	for (at = 2; at < path.length; at++) {
		if (path.bytes[at] && strchr("\\/", path.bytes[at]) &&
		    ++slashes == 2)
			break;
	}
	return slashes ? at : 0;
}

static int filter_win_basename(struct call *call, struct value *out)
{
	struct value path;

	if (bind_path(call, &path))
		return -1;
	path = tail(path, drive_length(path));
	*out = tail(path, last_part(path, "\\/"));
	return 0;
}

static int filter_win_dirname(struct call *call, struct value *out)
{
	struct value path;
	struct value rest;
	uint32_t drive;

	if (bind_path(call, &path))
		return -1;
	drive = drive_length(path);
	rest = tail(path, drive);
	rest = strip_end(value_borrow(rest.bytes, last_part(rest, "\\/")),
			 "\\/");
	*out = value_borrow(path.bytes, drive + rest.length);
	return 0;
}

static struct value pair_of(struct call *call, struct value left,
			    struct value right)
{
	struct arena *arena = render_arena(call->render);
	struct value pair = value_tuple_new(arena, 2);

	value_list_add(arena, pair.list, left);
	value_list_add(arena, pair.list, right);
	return pair;
}

static int filter_win_splitdrive(struct call *call, struct value *out)
{
	struct value path;
	uint32_t drive;

	if (bind_path(call, &path))
		return -1;
	drive = drive_length(path);
	*out = pair_of(call, value_borrow(path.bytes, drive),
		       tail(path, drive));
	return 0;
}

/* At the last dot of the name, unless only dots are before it. */
static int filter_splitext(struct call *call, struct value *out)
{
	struct value path;
	uint32_t name;
	uint32_t dot;
	uint32_t at;

	if (bind_path(call, &path))
		return -1;
	name = last_part(path, "/");
	for (at = name; at < path.length && path.bytes[at] == '.'; at++)
		;
	for (dot = path.length; dot > at && path.bytes[dot - 1] != '.'; dot--)
		;
	if (dot <= at)
		dot = path.length + 1;
	*out = pair_of(call, value_borrow(path.bytes, dot - 1),
		       tail(path, dot - 1));
	return 0;
}

static int join_path(struct call *call, const struct value_list *parts,
		     struct buf *buf)
{
	for (uint32_t i = 0; i < parts->count; i++) {
		struct value part;

		if (path_text(call, parts->items[i], &part))
			return -1;
		if (part.length > 0 && part.bytes[0] == '/')
			buf_clear(buf);
		else if (i > 0 && buf->length > 0 &&
			 buf->data[buf->length - 1] != '/')
			buf_putc(buf, '/');
		buf_append(buf, part.bytes, part.length);
	}
	return 0;
}

static int filter_path_join(struct call *call, struct value *out)
{
	struct value subject = call->subject;
	struct buf buf;

	if (ansible_bind_none(call))
		return -1;
	*out = subject;
	if (is_string(subject))
		return 0;
	if (!is_sequence(subject))
		return render_fail(call->render, RENDER_FILTER,
				   "|path_join expects string or sequence, got "
				   "<class '%s'> instead.",
				   value_type_name(subject));
	if (subject.list->count == 0)
		return fail_type(call->render,
				 "join() missing 1 required positional "
				 "argument: 'a'");
	text_init(&buf);
	return text_done(call->render, join_path(call, subject.list, &buf),
			 &buf, out);
}

/* The parts of a path without ".", and ".." taken back. */
static int normal_parts(struct call *call, struct value path, struct value *out)
{
	struct value parts;

	*out = value_list_new(render_arena(call->render), 8);
	if (string_split(call, path, LITERAL("/"), -1, &parts))
		return -1;
	for (uint32_t i = 0; i < parts.list->count; i++) {
		struct value part = parts.list->items[i];

		if (part.length == 0 || text_is(part, "."))
			continue;
		if (text_is(part, "..") && out->list->count > 0)
			out->list->count--;
		else if (!text_is(part, "..") &&
			 ansible_add(call->render, *out, part))
			return -1;
	}
	return 0;
}

/* Both are taken from the root: where we are does not matter to templates. */
static int filter_relpath(struct call *call, struct value *out)
{
	static const char *const names[] = {"start", NULL};
	struct value start = LITERAL(".");
	struct value argument;
	struct value parts[2];
	struct value path;
	uint32_t same = 0;
	struct buf buf;

	if (call_bind(call, names, 0, &argument) ||
	    path_text(call, call->subject, &path) ||
	    (ansible_given(argument) && path_text(call, argument, &start)))
		return -1;
	if (path.length == 0)
		return render_fail(call->render, RENDER_VALUE,
				   "no path specified");
	if (normal_parts(call, path, &parts[0]) ||
	    normal_parts(call, start, &parts[1]))
		return -1;
	while (same < parts[0].list->count && same < parts[1].list->count &&
	       string_equal(parts[0].list->items[same],
			    parts[1].list->items[same]))
		same++;
	text_init(&buf);
	for (uint32_t i = same; i < parts[1].list->count; i++)
		buf_puts(&buf, buf.length > 0 ? "/.." : "..");
	for (uint32_t i = same; i < parts[0].list->count; i++) {
		if (buf.length > 0)
			buf_putc(&buf, '/');
		buf_append(&buf, parts[0].list->items[i].bytes,
			   parts[0].list->items[i].length);
	}
	if (buf.length == 0)
		buf_putc(&buf, '.');
	return text_take(call->render, &buf, out);
}

/* The parts of a URL; what is not there is NULL. */
struct url {
	struct value scheme, netloc, path, query, fragment;
};

static bool take_until(struct value *rest, const char *stops, struct value *out)
{
	uint32_t at = 0;

	while (at < rest->length &&
	       !(rest->bytes[at] && strchr(stops, rest->bytes[at])))
		at++;
	*out = value_borrow(rest->bytes, at);
	*rest = tail(*rest, at);
	return rest->length > 0;
}

static bool is_scheme(struct value text)
{
	for (uint32_t i = 0; i < text.length; i++) {
		char c = text.bytes[i];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

		if (!letter && (i == 0 || !((c >= '0' && c <= '9') ||
					    (c && strchr("+-.", c)))))
			return false;
	}
	return text.length > 0;
}

static int split_url(struct call *call, struct value text, struct url *url)
{
	struct value rest = text;
	struct value part;

	*url = (struct url){LITERAL(""), LITERAL(""), LITERAL(""), LITERAL(""),
			    LITERAL("")};
	if (take_until(&rest, ":", &part) && is_scheme(part)) {
		if (string_case(call->render, part, STRING_LOWER, &url->scheme))
			return -1;
		rest = tail(rest, 1);
	} else {
		rest = text;
	}
	if (rest.length >= 2 && memcmp(rest.bytes, "//", 2) == 0) {
		rest = tail(rest, 2);
		take_until(&rest, "/?#", &url->netloc);
	}
	take_until(&rest, "?#", &url->path);
	if (rest.length > 0 && rest.bytes[0] == '?') {
		rest = tail(rest, 1);
		take_until(&rest, "#", &url->query);
	}
	if (rest.length > 0)
		url->fragment = tail(rest, 1);
	return 0;
}

/* "user:password@host:port" */
static int split_host(struct call *call, struct value netloc,
		      struct value_dict *out)
{
	struct arena *arena = render_arena(call->render);
	const char *at = netloc.length
				 ? memrchr(netloc.bytes, '@', netloc.length)
				 : NULL;
	struct value user = value_none();
	struct value password = value_none();
	struct value port = value_none();
	struct value host = netloc;
	struct value rest;

	if (at) {
		rest = value_borrow(netloc.bytes, (size_t)(at - netloc.bytes));
		host = tail(netloc, rest.length + 1);
		if (take_until(&rest, ":", &user))
			password = tail(rest, 1);
	}
	rest = host;
	if (host.length > 0 && host.bytes[0] == '[') {
		rest = tail(host, 1);
		take_until(&rest, "]", &host);
		rest = rest.length ? tail(rest, 1) : rest;
	} else {
		take_until(&rest, ":", &host);
	}
	if (rest.length > 1 &&
	    !(number_parse(call->render, tail(rest, 1), 10, &port) &&
	      port.kind == VALUE_INT && port.integer >= 0 &&
	      port.integer <= 65535))
		return render_fail(call->render, RENDER_VALUE,
				   "Port out of range 0-65535");
	if (string_case(call->render, host, STRING_LOWER, &host))
		return -1;
	value_dict_set(arena, out, LITERAL("hostname"),
		       host.length ? host : value_none());
	value_dict_set(arena, out, LITERAL("password"), password);
	value_dict_set(arena, out, LITERAL("port"), port);
	value_dict_set(arena, out, LITERAL("username"), user);
	return 0;
}

static int url_dict(struct call *call, struct value text, struct value *out)
{
	struct arena *arena = render_arena(call->render);
	struct value_dict *host = value_dict_new(arena, 4).dict;
	struct url url;

	if (split_url(call, text, &url) || split_host(call, url.netloc, host))
		return -1;
	*out = value_dict_new(arena, 9);
	value_dict_set(arena, out->dict, LITERAL("fragment"), url.fragment);
	value_dict_set(arena, out->dict, LITERAL("hostname"),
		       *value_dict_find(host, "hostname"));
	value_dict_set(arena, out->dict, LITERAL("netloc"), url.netloc);
	value_dict_set(arena, out->dict, LITERAL("password"),
		       *value_dict_find(host, "password"));
	value_dict_set(arena, out->dict, LITERAL("path"), url.path);
	value_dict_set(arena, out->dict, LITERAL("port"),
		       *value_dict_find(host, "port"));
	value_dict_set(arena, out->dict, LITERAL("query"), url.query);
	value_dict_set(arena, out->dict, LITERAL("scheme"), url.scheme);
	value_dict_set(arena, out->dict, LITERAL("username"),
		       *value_dict_find(host, "username"));
	return 0;
}

static int filter_urlsplit(struct call *call, struct value *out)
{
	static const char *const names[] = {"query", "alias", NULL};
	struct value arguments[2];
	const struct value *part;
	struct value dict;
	struct value text;
	bool chosen;

	if (call_bind(call, names, 0, arguments) ||
	    argument_bool(call->render, arguments[0], false, &chosen))
		return -1;
	text = call->subject;
	if (text.kind == VALUE_UNDEFINED)
		return render_missing(call->render, text);
	if (!is_string(text))
		return render_fail(call->render, RENDER_RUNTIME,
				   "'%s' object has no attribute 'decode'",
				   value_type_name(text));
	if (url_dict(call, text, &dict))
		return -1;
	*out = dict;
	if (!chosen)
		return 0;
	part = value_hashable(arguments[0])
		       ? value_dict_get(dict.dict, arguments[0])
		       : NULL;
	if (!part)
		return render_fail(
			call->render, RENDER_FILTER,
			"urlsplit: unknown URL component: %.*s",
			is_string(arguments[0]) ? (int)arguments[0].length : 0,
			is_string(arguments[0]) ? arguments[0].bytes : "");
	*out = *part;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* unquote_plus: "%2F" and "+". */
static int filter_urldecode(struct call *call, struct value *out)
{
	struct value text = call->subject;
	struct buf buf;

	if (ansible_bind_none(call))
		return -1;
	if (text.kind == VALUE_UNDEFINED)
		return render_missing(call->render, text);
	if (!is_string(text))
		return render_fail(call->render, RENDER_RUNTIME,
				   "'%s' object has no attribute 'replace'",
				   value_type_name(text));
	text_init(&buf);
	for (uint32_t i = 0; i < text.length; i++) {
		char c = text.bytes[i];
		bool coded = c == '%' && i + 2 < text.length &&
			     hex_digit(text.bytes[i + 1]) >= 0 &&
			     hex_digit(text.bytes[i + 2]) >= 0;

		if (coded) {
			c = (char)(hex_digit(text.bytes[i + 1]) << 4 |
				   hex_digit(text.bytes[i + 2]));
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		buf_putc(&buf, c);
	}
	return text_take(call->render, &buf, out);
}

/* Has the subject a scheme (of a list, if there is one) and a host? */
int test_uri(struct call *call, struct value *out)
{
	static const char *const names[] = {"schemes", NULL};
	struct value schemes;
	struct url url;
	bool is = true;

	if (call_bind(call, names, 0, &schemes))
		return -1;
	*out = value_bool(false);
	if (!is_string(call->subject))
		return 0;
	if (split_url(call, call->subject, &url))
		return -1;
	if (ansible_given(schemes) &&
	    value_contains(call->render, schemes, url.scheme, &is))
		return -1;
	if (strcmp(call->name, "url") == 0)
		is = is &&
		     (url.netloc.length > 0 || text_is(url.scheme, "file"));
	else if (strcmp(call->name, "urn") == 0)
		is = is && text_is(url.scheme, "urn");
	*out = value_bool(is);
	return 0;
}

static const struct call_entry entries[] = {
	{"basename", filter_basename},
	{"dirname", filter_dirname},
	{"path_join", filter_path_join},
	{"relpath", filter_relpath},
	{"splitext", filter_splitext},
	{"urldecode", filter_urldecode},
	{"urlsplit", filter_urlsplit},
	{"win_basename", filter_win_basename},
	{"win_dirname", filter_win_dirname},
	{"win_splitdrive", filter_win_splitdrive},
};

const struct method_table filters_ansible_path = {entries, COUNT(entries)};
