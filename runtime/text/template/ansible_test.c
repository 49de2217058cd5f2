/* Ansible's tests. */
#include <math.h>

#include "runtime/text/template/ansible.h"
#include "runtime/text/template/version.h"

static int answer(struct value *out, bool truth)
{
	*out = value_bool(truth);
	return 0;
}

/* The truth of an entry of a task's result. */
static int result_entry(struct call *call, const char *key, bool *out)
{
	const struct value *found;

	*out = false;
	if (ansible_bind_none(call))
		return -1;
	if (call->subject.kind != VALUE_DICT)
		return render_fail(call->render, RENDER_FILTER,
				   "The '%s' test expects a dictionary", key);
	found = value_dict_find(call->subject.dict, key);
	return found ? value_true(call->render, *found, out) : 0;
}

static int entry_is(struct call *call, const char *key, bool wanted,
		    struct value *out)
{
	bool truth;

	if (result_entry(call, key, &truth))
		return -1;
	return answer(out, truth == wanted);
}

static int test_failed(struct call *call, struct value *out)
{
	return entry_is(call, "failed", true, out);
}

static int test_succeeded(struct call *call, struct value *out)
{
	return entry_is(call, "failed", false, out);
}

static int test_unreachable(struct call *call, struct value *out)
{
	return entry_is(call, "unreachable", true, out);
}

static int test_reachable(struct call *call, struct value *out)
{
	return entry_is(call, "unreachable", false, out);
}

static int test_skipped(struct call *call, struct value *out)
{
	return entry_is(call, "skipped", true, out);
}

/* Of the task, or of one of its items. */
static int test_changed(struct call *call, struct value *out)
{
	const struct value *results;
	bool changed;

	if (result_entry(call, "changed", &changed))
		return -1;
	results = value_dict_find(call->subject.dict, "results");
	if (value_dict_find(call->subject.dict, "changed") || !results ||
	    results->kind != VALUE_LIST)
		return answer(out, changed);
	for (uint32_t i = 0; !changed && i < results->list->count; i++) {
		struct value item = results->list->items[i];
		const struct value *found =
			item.kind == VALUE_DICT
				? value_dict_find(item.dict, "changed")
				: NULL;

		if (found && value_true(call->render, *found, &changed))
			return -1;
	}
	return answer(out, changed);
}

/* Of an asynchronous task; others always are. */
static int async_is(struct call *call, const char *key, struct value *out)
{
	bool truth;

	if (result_entry(call, key, &truth))
		return -1;
	return answer(out, truth || !value_dict_find(call->subject.dict, key));
}

static int test_started(struct call *call, struct value *out)
{
	return async_is(call, "started", out);
}

static int test_finished(struct call *call, struct value *out)
{
	return async_is(call, "finished", out);
}

static int test_contains(struct call *call, struct value *out)
{
	static const char *const names[] = {"value", NULL};
	struct value item;
	bool found;

	if (call_bind(call, names, 1, &item) ||
	    value_contains(call->render, call->subject, item, &found))
		return -1;
	return answer(out, found);
}

/* Does the truth of any item (or of all) decide? */
static int quantify(struct call *call, bool deciding, struct value *out)
{
	struct value item;
	uint64_t at = 0;
	int more;

	if (ansible_bind_none(call))
		return -1;
	while ((more = render_next(call->render, call->subject, &at, &item)) ==
	       1) {
		bool truth;

		if (render_count(call->render, 1) ||
		    value_true(call->render, item, &truth))
			return -1;
		if (truth == deciding)
			return answer(out, deciding);
	}
	return more < 0 ? -1 : answer(out, !deciding);
}

static int test_any(struct call *call, struct value *out)
{
	return quantify(call, true, out);
}

static int test_all(struct call *call, struct value *out)
{
	return quantify(call, false, out);
}

static int check_hashable(struct call *call, const struct value_list *list)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (!value_hashable(list->items[i]))
			return fail_type(call->render, "unhashable type: '%s'",
					 value_type_name(list->items[i]));
	return 0;
}

/* Is everything of `inner` in `outer`? Both as sets. */
static int within(struct call *call, struct value inner, struct value outer,
		  struct value *out)
{
	struct value items;
	struct value others;
	bool found = true;

	if (value_items(call->render, inner, &items) ||
	    value_items(call->render, outer, &others))
		return -1;
	if (check_hashable(call, items.list) ||
	    check_hashable(call, others.list))
		return -1;
	for (uint32_t i = 0; found && i < items.list->count; i++) {
		if (ansible_in(call->render, others.list, items.list->items[i],
			       &found))
			return -1;
	}
	return answer(out, found);
}

static int bind_other(struct call *call, struct value *other)
{
	static const char *const names[] = {"b", NULL};

	return call_bind(call, names, 1, other);
}

static int test_subset(struct call *call, struct value *out)
{
	struct value other;

	return bind_other(call, &other)
		       ? -1
		       : within(call, call->subject, other, out);
}

static int test_superset(struct call *call, struct value *out)
{
	struct value other;

	return bind_other(call, &other)
		       ? -1
		       : within(call, other, call->subject, out);
}

static int test_nan(struct call *call, struct value *out)
{
	if (ansible_bind_none(call))
		return -1;
	if (call->subject.kind == VALUE_UNDEFINED)
		return render_missing(call->render, call->subject);
	return answer(out, call->subject.kind == VALUE_FLOAT &&
				   isnan(call->subject.number));
}

/* "yes" and "off" become booleans; what is neither stays what it is. */
static int convert(struct render *render, struct value *value)
{
	static const char *const words[][6] = {
		{"n", "no", "off", "0", "false", "f"},
		{"y", "yes", "on", "1", "true", "t"},
	};
	const char *at;
	const char *end;
	struct value text = *value;

	if (!is_string(text))
		return 0;
	if (string_case(render, text, STRING_LOWER, &text))
		return -1;
	at = text.bytes;
	end = at + text.length;
	while (at < end && unicode_is((unsigned char)*at, UNICODE_SPACE))
		at++;
	while (end > at && unicode_is((unsigned char)end[-1], UNICODE_SPACE))
		end--;
	text = value_borrow(at, (size_t)(end - at));
	for (int truth = 0; truth < 2; truth++)
		for (int i = 0; i < 6; i++)
			if (text_is(text, words[truth][i]))
				*value = value_bool(truth);
	return 0;
}

static int truth_is(struct call *call, bool wanted, struct value *out)
{
	static const char *const names[] = {"convert_bool", NULL};
	struct value value = call->subject;
	struct value argument;
	bool converted;
	bool truth;

	if (call_bind(call, names, 0, &argument) ||
	    argument_bool(call->render, argument, false, &converted) ||
	    (converted && convert(call->render, &value)) ||
	    value_true(call->render, value, &truth))
		return -1;
	return answer(out, truth == wanted);
}

static int test_truthy(struct call *call, struct value *out)
{
	return truth_is(call, true, out);
}

static int test_falsy(struct call *call, struct value *out)
{
	return truth_is(call, false, out);
}

static int test_abs(struct call *call, struct value *out)
{
	if (ansible_bind_none(call) ||
	    argument_text(call, call->subject, "path"))
		return -1;
	return answer(out, call->subject.length > 0 &&
				   call->subject.bytes[0] == '/');
}

static int test_vault_encrypted(struct call *call, struct value *out)
{
	return ansible_bind_none(call) ? -1 : answer(out, false);
}

static const struct call_entry entries[] = {
	{"abs", test_abs},
	{"all", test_all},
	{"any", test_any},
	{"change", test_changed},
	{"changed", test_changed},
	{"contains", test_contains},
	{"failed", test_failed},
	{"failure", test_failed},
	{"falsy", test_falsy},
	{"finished", test_finished},
	{"is_abs", test_abs},
	{"isnan", test_nan},
	{"issubset", test_subset},
	{"issuperset", test_superset},
	{"match", test_match},
	{"nan", test_nan},
	{"reachable", test_reachable},
	{"regex", test_regex},
	{"search", test_search},
	{"skip", test_skipped},
	{"skipped", test_skipped},
	{"started", test_started},
	{"subset", test_subset},
	{"succeeded", test_succeeded},
	{"success", test_succeeded},
	{"successful", test_succeeded},
	{"superset", test_superset},
	{"truthy", test_truthy},
	{"unreachable", test_unreachable},
	{"uri", test_uri},
	{"url", test_uri},
	{"urn", test_uri},
	{"vault_encrypted", test_vault_encrypted},
	{"version", test_version},
	{"version_compare", test_version},
};

const struct method_table tests_ansible = {entries, COUNT(entries)};
