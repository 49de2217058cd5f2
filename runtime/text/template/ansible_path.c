/* Ansible's filters of paths. */
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

static const struct call_entry entries[] = {
	{"basename", filter_basename},
	{"dirname", filter_dirname},
	{"path_join", filter_path_join},
	{"relpath", filter_relpath},
	{"splitext", filter_splitext},
	{"win_basename", filter_win_basename},
	{"win_dirname", filter_win_dirname},
	{"win_splitdrive", filter_win_splitdrive},
};

const struct method_table filters_ansible_path = {entries, COUNT(entries)};
