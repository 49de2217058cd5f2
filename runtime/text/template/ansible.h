/* What several of Ansible's filters need. */
#pragma once

#include "runtime/text/template/filter.h"

/* One parameter, or none but the subject. */
int ansible_bind_none(struct call *call);

/* Ansible's to_text: str(value); undefined ones fail as the mode says. */
int ansible_text(struct call *call, struct value value, struct value *out);

/* Append to a list; fails when the rendering's memory is used up. */
int ansible_add(struct render *render, struct value list, struct value item);

/* Is `item` one of `list`? */
int ansible_in(struct render *render, const struct value_list *list,
	       struct value item, bool *out);
bool ansible_given(struct value value); /* neither absent nor none */

/* Tests by regular expression. */
call_function test_match;
call_function test_regex;
call_function test_search;
call_function test_uri; /* and url and urn, by its name */

/* Dates, for strftime and to_json. */
int datetime_print(struct render *render, struct value value, char separator,
		   struct buf *out);
