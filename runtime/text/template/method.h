/* What strings can do: shared by their methods and by filters. */
#pragma once

#include "runtime/text/template/library.h"

enum string_case {
	STRING_LOWER,
	STRING_UPPER,
	STRING_TITLE,
	STRING_CAPITALIZE,
	STRING_SWAP,
	STRING_FOLD,
};

/* All results are safe if `text` is. */
int string_case(struct render *render, struct value text, enum string_case to,
		struct value *out);

/* Is `point`, before `at`, a sigma that ends a word? It has its own shape. */
bool string_final_sigma(const char *at, const char *end, uint32_t point,
			bool after_letter);

enum {
	STRIP_LEFT = 1,
	STRIP_RIGHT = 2,
};

/* `characters` are those to remove; white space if it is absent or none. */
int string_strip(struct call *call, struct value text, struct value characters,
		 int sides, struct value *out);

/* str.split; `most` < 0: no limit; an absent separator is white space. */
int string_split(struct call *call, struct value text, struct value separator,
		 int64_t most, struct value *out);

/* Lines without their ends, or with. */
int string_lines(struct render *render, struct value text, bool keep,
		 struct value *out);

/* Take the next line from `*at`; its end is not part of `*out`. */
bool string_next_line(const char **at, const char *end, struct value *out,
		      const char **next);

/* Replace part 1 of part 0 by part 2, at most `most` times (< 0: all). */
int string_replace(struct render *render, const struct value parts[3],
		   int64_t most, struct value *out);

/* Put `left` and `right` times a fill character around `*text`. */
int string_pad(struct render *render, struct value *text, int64_t left,
	       int64_t right, struct value fill);
int string_center(struct render *render, struct value text, int64_t width,
		  struct value fill, struct value *out);

int string_join(struct render *render, struct value separator,
		struct value items, struct value *out);

/* str.format with the arguments of `call`. */
int format_brace(struct call *call, struct value format, struct value *out);

/* format(number, specification) as in f"{value:specification}". */
int format_value(struct render *render, struct value value,
		 struct value specification, struct buf *out);

/* Methods of str, whose subject is a string. */
call_function str_lower;
call_function str_upper;
call_function str_title;
call_function str_capitalize;
call_function str_swapcase;
call_function str_casefold;
call_function str_find;
call_function str_rfind;
call_function str_index;
call_function str_rindex;
call_function str_count;
call_function str_startswith;
call_function str_endswith;
call_function str_removeprefix;
call_function str_removesuffix;
call_function str_partition;
call_function str_rpartition;
call_function str_replace;
call_function str_strip;
call_function str_lstrip;
call_function str_rstrip;
call_function str_split;
call_function str_rsplit;
call_function str_splitlines;
call_function str_join;

/* The methods of one kind, sorted by name. */
struct method_table {
	const struct call_entry *entries;
	size_t count;
};
extern const struct method_table string_methods;
extern const struct method_table string_tests; /* isalpha and so on */
extern const struct method_table list_methods;
extern const struct method_table tuple_methods;
extern const struct method_table dict_methods;
