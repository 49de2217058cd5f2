/* Ansible's filters and tests of URLs. */
#include "runtime/text/template/ansible.h"

static struct value tail(struct value text, uint32_t from)
{
	return value_borrow(text.bytes + from, text.length - from);
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
	{"urldecode", filter_urldecode},
	{"urlsplit", filter_urlsplit},
};

const struct method_table filters_ansible_url = {entries, COUNT(entries)};
