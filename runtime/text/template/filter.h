/* The filters' tables, and what several of them need. */
#pragma once

#include "runtime/text/template/method.h"

/* Sorted by name. */
extern const struct method_table filters_text;
extern const struct method_table filters_html;
extern const struct method_table filters_number;
extern const struct method_table filters_list;
extern const struct method_table filters_order;
extern const struct method_table filters_map;
extern const struct method_table filters_document;

/* Ansible's, which come before those of the same name. */
extern const struct method_table filters_ansible_combine;
extern const struct method_table filters_ansible_data;
extern const struct method_table filters_ansible_dict;
extern const struct method_table filters_ansible_digest;
extern const struct method_table filters_ansible_list;
extern const struct method_table filters_ansible_math;
extern const struct method_table filters_ansible_path;
extern const struct method_table filters_ansible_regex;
extern const struct method_table filters_ansible_text;
extern const struct method_table filters_ansible_time;
extern const struct method_table filters_ansible_url;

extern const struct method_table tests_plain;
extern const struct method_table tests_ansible;

/* In files of their own. */
call_function filter_pprint;
call_function filter_urlize;
call_function filter_wordwrap;

/* str(subject). */
int subject_text(struct call *call, struct value *out);

/* "user.name" or 0: how to get at a part of an item. */
struct getter {
	struct render *render;
	struct value *parts;
	uint32_t count;
	struct value fallback; /* VALUE_ABSENT: none */
};

/* From the `attribute` of a filter; without one items stand for themselves. */
int getter_init(struct getter *getter, struct render *render,
		struct value attribute);
int getter_get(const struct getter *getter, struct value item,
	       struct value *out);
