/* Attributes and items: what follows a dot or stands in brackets. */
#include <string.h>

#include "runtime/text/template/frame.h"
#include "runtime/text/template/library.h"

/* Attributes that everything has in Python, and no template should. */
static bool is_internal(struct value name)
{
	static const char *const names[] = {
		"__class__", "__delattr__",      "__dir__",
		"__doc__",   "__eq__",           "__format__",
		"__ge__",    "__gt__",           "__getattribute__",
		"__hash__",  "__init__",         "__init_subclass__",
		"__le__",    "__lt__",           "__ne__",
		"__new__",   "__reduce__",       "__reduce_ex__",
		"__repr__",  "__setattr__",      "__sizeof__",
		"__str__",   "__subclasshook__",
	};

	if (name.length < 5 || name.bytes[0] != '_')
		return false;
	for (size_t i = 0; i < COUNT(names); i++)
		if (text_is(name, names[i]))
			return true;
	return false;
}

/* As Python's getattr: 1, 0 when there is no such attribute, or -1. */
static int get_attribute(struct render *render, struct value subject,
			 struct value name, struct value *out)
{
	const struct call_entry *method;

	if (render->options->sandbox && is_internal(name)) {
		*out = undefined_unsafe(render, subject, name);
		return 1;
	}
	if (subject.kind == VALUE_OBJECT)
		return subject.object->class->attribute
			       ? subject.object->class->attribute(
					 render, subject, name, out)
			       : 0;
	method = method_find(subject, name);
	if (!method)
		return 0;
	*out = bound_method(render, subject, method);
	return 1;
}

/* The character at `index`; 0 when the string is shorter. */
static int get_character(struct value text, int64_t index, struct value *out)
{
	const char *at = text.bytes;
	const char *end = at + text.length;
	const char *from;

	if (index < 0)
		index += value_length(text);
	if (index < 0)
		return 0;
	for (; at < end && index > 0; index--)
		for (at++; at < end && (*at & 0xc0) == 0x80;)
			at++;
	if (at >= end)
		return 0;
	from = at;
	for (at++; at < end && (*at & 0xc0) == 0x80;)
		at++;
	*out = value_borrow(from, (size_t)(at - from));
	out->flags = text.flags;
	return 1;
}

static int get_index(struct render *render, struct value subject,
		     struct value key, struct value *out)
{
	const struct value_list *list = subject.list;
	int64_t index = integer_of(key);

	if (subject.kind == VALUE_STRING)
		return render_count(render, subject.length / 64) != 0
			       ? -1
			       : get_character(subject, index, out);
	if (index < 0)
		index += list->count;
	if (index < 0 || index >= list->count)
		return 0;
	*out = list->items[index];
	return 1;
}

/* As subject[key]: 1, 0 when Python would raise, or -1. */
static int get_item(struct render *render, struct value subject,
		    struct value key, struct value *out)
{
	const struct value *found;
	bool number = key.kind == VALUE_INT || key.kind == VALUE_BOOL;

	switch (subject.kind) {
	case VALUE_DICT:
		if (key.kind == VALUE_UNDEFINED &&
		    render_defined(render, key) != 0)
			return -1;
		if (!value_hashable(key))
			return 0;
		found = value_dict_get(subject.dict, key);
		if (found)
			*out = *found;
		return found != NULL;
	case VALUE_LIST:
	case VALUE_TUPLE:
	case VALUE_STRING:
		return number ? get_index(render, subject, key, out) : 0;
	case VALUE_OBJECT:
		return subject.object->class->item
			       ? subject.object->class->item(render, subject,
							     key, out)
			       : 0;
	default:
		return 0;
	}
}

/* What is missing has no parts, or parts that are missing as well. */
static int undefined_part(struct render *render, struct value subject,
			  struct value name, struct value *out)
{
	*out = subject;
	if (render->options->sandbox && name.kind == VALUE_STRING &&
	    is_internal(name)) {
		*out = undefined_unsafe(render, subject, name);
		return 0;
	}
	return undefined_chains(render, subject)
		       ? 0
		       : render_missing(render, subject);
}

int render_attribute(struct render *render, struct value subject,
		     struct value name, struct value *out)
{
	int found;

	*out = subject;
	if (subject.kind == VALUE_UNDEFINED)
		return undefined_part(render, subject, name, out);
	found = get_attribute(render, subject, name, out);
	if (found == 0)
		found = get_item(render, subject, name, out);
	if (found == 0)
		*out = undefined_item(render, subject, name);
	return found < 0 ? -1 : 0;
}

int render_item(struct render *render, struct value subject, struct value key,
		struct value *out)
{
	int found;

	*out = subject;
	if (subject.kind == VALUE_UNDEFINED)
		return undefined_chains(render, subject)
			       ? 0
			       : render_missing(render, subject);
	found = get_item(render, subject, key, out);
	if (found == 0 && key.kind == VALUE_STRING)
		found = get_attribute(render, subject, key, out);
	if (found == 0)
		*out = undefined_item(render, subject, key);
	return found < 0 ? -1 : 0;
}

/* The entry of a dict where this attribute was found last. */
static const struct value *try_hint(const struct value_dict *dict,
				    uint32_t hint, struct value name)
{
	const struct value_entry *entry;

	if (hint >= dict->used)
		return NULL;
	entry = &dict->entries[hint];
	if (entry->key.kind != VALUE_STRING ||
	    entry->key.length != name.length ||
	    memcmp(entry->key.bytes, name.bytes, name.length) != 0)
		return NULL;
	return &entry->value;
}

int eval_attribute(struct render *render, const struct node *node,
		   struct value *out)
{
	struct value subject;
	uint32_t *hint = &render->frame->loaded->hints[node->slot];
	const struct value *found;

	if (eval(render, node->kids[0], &subject) != 0)
		return -1;
	if (subject.kind != VALUE_DICT || node->operator)
		return render_attribute(render, subject, node->value, out);
	found = try_hint(subject.dict, *hint, node->value);
	if (!found) {
		found = value_dict_get(subject.dict, node->value);
		if (!found)
			return render_attribute(render, subject, node->value,
						out);
		*hint = (uint32_t)((const struct value_entry
					    *)((const char *)found -
					       offsetof(struct value_entry,
							value)) -
				   subject.dict->entries);
	}
	*out = *found;
	return 0;
}
