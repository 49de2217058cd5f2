/* What is seen of a value, by name; the order is that of the model. */
#pragma once

/* clang-format off */
#define CONFIG_FEATURE_LIST(X) \
	/* of all */ \
	X(what) X(total) X(environments) X(age) X(siblings) X(sibling_share) \
	X(changed_too) X(revisions) X(name_keys) \
	/* kind and format: how far it differs from … */ \
	X(is_new) X(kind) X(length) X(kind_before) X(format_before) \
	X(kind_siblings) X(format_siblings) X(kind_name) X(name_seen) \
	X(format_name) X(tail_seen) X(format_tail) X(coarse_tail) \
	X(shape_name) X(coarse_name) X(kind_key) X(format_key) \
	X(world_name) X(world_format) X(world_kind) X(tail_format) \
	X(tail_kind) X(world_value) \
	/* seen before */ \
	X(same_pairs) X(same_values) X(value_seen) X(value_name) X(value_key) \
	X(value_own) X(value_siblings) X(normal_siblings) X(normal_key) \
	X(siblings_alike) X(elsewhere) X(value_keys) X(item_twice) \
	/* numbers */ \
	X(world_unit) X(unit_name) X(world_magnitude) X(name_magnitude) \
	X(negative) X(zero) X(fraction) X(ratio_before) X(sign_before) \
	X(unit_before) X(unit_siblings) X(ratio_siblings) X(ratio_past) \
	X(limit) \
	/* texts */ \
	X(nearest) X(equals_one) X(distance_before) X(length_before) \
	X(strange_words) X(strange_share) X(misspelt) X(lint) X(lint_before) \
	X(placeholder) X(capitals) X(no_unit) X(misfit) \
	/* words of environments */ \
	X(foreign) X(own) X(alias_before) X(swapped) \
	/* names */ \
	X(key_strange) X(key_misspelt) X(key_nearest) X(key_environments) \
	/* removed or missing */ \
	X(left) X(removed_beside) X(set_beside) X(item) X(renamed) X(moved) \
	X(removed_here) X(set_here) X(removed_there) X(items_have) \
	X(added_in) X(added_share) X(changed_here) X(parent_here) \
	X(had) X(together) X(have) X(overlap) X(added_overlap) X(added) \
	X(size_share) X(item_here)
/* clang-format on */

enum config_feature {
#define X(name) FEATURE_##name,
	CONFIG_FEATURE_LIST(X)
#undef X
		CONFIG_FEATURES
};

const char *config_feature_name(enum config_feature feature);
