/* Scopes: what the evaluator gets to know of them. */
#include <string.h>

#include "runtime/text/template/scope.h"

/* Can the name change while a loop goes round? Then it begins anew each time.
 */
static bool changes(const struct symbol *symbol)
{
	return symbol->stored || symbol->action != LOAD_RESOLVE;
}

struct scope symbols_scope(const struct symbols *symbols, struct arena *arena)
{
	struct scope scope = {0};

	scope.loads =
		arena_alloc(arena, symbols->count * sizeof(*scope.loads) + 1);
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < symbols->count; i++) {
			const struct symbol *symbol = &symbols->items[i];

			if (!symbol->loaded ||
			    symbol->action == LOAD_PARAMETER ||
			    changes(symbol) != (pass == 1))
				continue;
			scope.loads[scope.count++] =
				(struct load){.name = symbol->name,
					      .slot = symbol->slot,
					      .from = symbol->from,
					      .up = symbol->up,
					      .action = symbol->action};
		}
		if (pass == 0)
			scope.once = scope.count;
	}
	return scope;
}

static bool listed(const struct names *names, struct value name)
{
	for (uint32_t i = 0; i < names->count; i++)
		if (value_same_key(names->items[i].name, name))
			return true;
	return false;
}

static uint32_t count_stored(const struct symbols *symbols)
{
	uint32_t count = 0;

	for (; symbols; symbols = symbols->parent)
		for (uint32_t i = 0; i < symbols->count; i++)
			count += symbols->items[i].stored;
	return count;
}

struct names *symbols_stored(struct scopes *scopes,
			     const struct symbols *symbols, struct arena *arena)
{
	const struct symbols *outermost = symbols;
	struct names *names = arena_alloc(
		arena,
		sizeof(*names) + count_stored(symbols) * sizeof(*names->items));

	names->count = 0;
	for (; outermost; outermost = outermost->parent) {
		for (uint32_t i = 0; i < outermost->count; i++) {
			const struct symbol *symbol = &outermost->items[i];
			struct place place;

			scopes->work += names->count / 4;
			if (symbol->stored && !listed(names, symbol->name) &&
			    symbols_find(scopes, symbols, symbol->name, &place))
				names->items[names->count++] = place;
		}
	}
	return names;
}

enum usage { USAGE_NONE, USAGE_LOADED, USAGE_STORED };

/* The first use of the name decides, as in jinja2's find_undeclared. */
static enum usage first_use(const struct node *list, const char *name,
			    size_t length)
{
	for (; list; list = list->next) {
		bool is_name =
			list->kind == NODE_NAME || list->kind == NODE_PARAMETER;
		bool body_last = list->kind == NODE_MACRO ||
				 list->kind == NODE_CALL_BLOCK;

		if (is_name &&
		    list->operator!= NAME_DECLARED &&
			    list->value.length == length &&
			    memcmp(list->value.bytes, name, length) == 0)
			return list->operator== NAME_LOADED &&
				       list->kind == NODE_NAME
				       ? USAGE_LOADED
				       : USAGE_STORED;
		if (list->kind == NODE_BLOCK)
			continue;
		for (int i = 0; i < NODE_KIDS; i++) {
			int kid = body_last ? NODE_KIDS - 1 - i : i;
			enum usage usage =
				first_use(list->kids[kid], name, length);

			if (usage != USAGE_NONE)
				return usage;
		}
	}
	return USAGE_NONE;
}

bool tree_uses(const struct node *list, const char *name)
{
	return first_use(list, name, strlen(name)) == USAGE_LOADED;
}
