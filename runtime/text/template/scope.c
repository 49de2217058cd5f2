#include "runtime/text/template/scope.h"

#include <string.h>

struct symbols *symbols_new(struct scopes *scopes, struct symbols *parent,
			    struct unit *unit)
{
	struct symbols *symbols =
		arena_alloc(&scopes->scratch, sizeof(*symbols));

	*symbols = (struct symbols){.parent = parent, .unit = unit};
	return symbols;
}

static bool same(struct value left, struct value right)
{
	return left.length == right.length &&
	       memcmp(left.bytes, right.bytes, left.length) == 0;
}

static struct symbol *lookup(struct scopes *scopes,
			     const struct symbols *symbols, struct value name)
{
	scopes->work += 1 + symbols->count / 4;
	for (uint32_t i = 0; i < symbols->count; i++)
		if (same(symbols->items[i].name, name))
			return &symbols->items[i];
	return NULL;
}

static void grow(struct scopes *scopes, struct symbols *symbols)
{
	uint32_t capacity = symbols->capacity ? symbols->capacity * 2 : 8;
	struct symbol *items =
		arena_alloc(&scopes->scratch, capacity * sizeof(*items));

	if (symbols->count > 0)
		memcpy(items, symbols->items, symbols->count * sizeof(*items));
	symbols->items = items;
	symbols->capacity = capacity;
}

/* The symbol `name` of this very scope; a new one gets a slot. */
static struct symbol *own(struct scopes *scopes, struct symbols *symbols,
			  struct value name)
{
	struct symbol *symbol = lookup(scopes, symbols, name);

	if (symbol)
		return symbol;
	if (symbols->count == symbols->capacity)
		grow(scopes, symbols);
	symbol = &symbols->items[symbols->count++];
	*symbol = (struct symbol){.name = name, .slot = symbols->unit->slots++};
	return symbol;
}

bool symbols_find(struct scopes *scopes, const struct symbols *symbols,
		  struct value name, struct place *place)
{
	uint8_t up = 0;

	for (; symbols; symbols = symbols->parent) {
		const struct symbol *symbol = lookup(scopes, symbols, name);

		if (symbol && symbol->known) {
			*place = (struct place){name, symbol->slot, up};
			return true;
		}
		if (symbols->parent && symbols->parent->unit != symbols->unit)
			up++;
	}
	return false;
}

/* The place of `name` outside of this scope, seen from within. */
static bool find_outside(struct scopes *scopes, const struct symbols *symbols,
			 struct value name, struct place *place)
{
	if (!symbols->parent ||
	    !symbols_find(scopes, symbols->parent, name, place))
		return false;
	if (symbols->parent->unit != symbols->unit)
		place->up++;
	return true;
}

static void define(struct symbol *symbol, enum load_action action)
{
	symbol->known = true;
	symbol->loaded = true;
	symbol->action = (uint8_t)action;
}

static void define_alias(struct symbol *symbol, const struct place *outer)
{
	define(symbol, LOAD_ALIAS);
	symbol->from = outer->slot;
	symbol->up = outer->up;
}

static void store(struct scopes *scopes, struct symbols *symbols,
		  struct value name)
{
	struct symbol *symbol = own(scopes, symbols, name);
	struct place outer;

	symbol->stored = true;
	if (symbol->known)
		return;
	if (find_outside(scopes, symbols, name, &outer))
		define_alias(symbol, &outer);
	else
		define(symbol, LOAD_MISSING);
}

static void load(struct scopes *scopes, struct symbols *symbols,
		 struct value name)
{
	struct place place;

	if (!symbols_find(scopes, symbols, name, &place))
		define(own(scopes, symbols, name), LOAD_RESOLVE);
}

uint32_t symbols_declare(struct scopes *scopes, struct symbols *symbols,
			 struct value name)
{
	struct symbol *symbol = own(scopes, symbols, name);

	symbol->stored = true;
	define(symbol, LOAD_PARAMETER);
	return symbol->slot;
}

static struct symbols *copy(struct scopes *scopes,
			    const struct symbols *symbols)
{
	struct symbols *made = symbols_new(scopes, NULL, NULL);

	*made = *symbols;
	made->capacity = symbols->count;
	made->items = arena_alloc(&scopes->scratch,
				  made->count * sizeof(*made->items) + 1);
	if (made->count > 0)
		memcpy(made->items, symbols->items,
		       made->count * sizeof(*made->items));
	scopes->work += made->count;
	return made;
}

/* A name stored in some branches but not all: outside it may be as before. */
static void settle(struct scopes *scopes, struct symbols *symbols,
		   struct symbol *symbol)
{
	struct place outer;

	if (find_outside(scopes, symbols, symbol->name, &outer))
		define_alias(symbol, &outer);
	else
		define(symbol, LOAD_RESOLVE);
}

/* What a branch knows is known afterwards, at the same slots. */
static void merge_one(struct scopes *scopes, struct symbols *symbols,
		      const struct symbol *from)
{
	struct symbol *to = own(scopes, symbols, from->name);
	bool stored = to->stored || from->stored;
	uint32_t slot = to->slot;

	if (from->known) {
		*to = *from;
		to->slot = slot;
	}
	to->stored = stored;
}

static void merge(struct scopes *scopes, struct symbols *symbols,
		  struct symbols *branches[3])
{
	for (int i = 0; i < 3; i++)
		for (uint32_t j = 0; j < branches[i]->count; j++)
			merge_one(scopes, symbols, &branches[i]->items[j]);
}

/* How many of the branches store `name`? */
static int count_stores(struct scopes *scopes, struct symbols *branches[3],
			struct value name)
{
	int count = 0;

	for (int i = 0; i < 3; i++) {
		const struct symbol *symbol = lookup(scopes, branches[i], name);

		count += symbol && symbol->stored;
	}
	return count;
}

/*
 * Every branch begins with what was known before. A branch's new names get the
 * slots that they have in the whole.
 */
static struct symbols *visit_branch(struct scopes *scopes,
				    struct symbols *symbols,
				    const struct node *list)
{
	struct symbols *branch = copy(scopes, symbols);

	symbols_visit_list(scopes, branch, list);
	for (uint32_t i = symbols->count; i < branch->count; i++)
		own(scopes, symbols, branch->items[i].name)->slot =
			branch->items[i].slot;
	return branch;
}

static void visit_if(struct scopes *scopes, struct symbols *symbols,
		     const struct node *node)
{
	struct symbols *branches[3];
	struct symbols *before;

	symbols_visit(scopes, symbols, node->kids[0]);
	before = copy(scopes, symbols);
	for (int i = 0; i < 3; i++)
		branches[i] = visit_branch(scopes, symbols, node->kids[i + 1]);
	merge(scopes, symbols, branches);
	for (uint32_t i = 0; i < symbols->count; i++) {
		struct symbol *symbol = &symbols->items[i];
		const struct symbol *old = lookup(scopes, before, symbol->name);
		int stores;

		if (old && old->stored)
			continue;
		stores = count_stores(scopes, branches, symbol->name);
		if (stores > 0 && stores < 3)
			settle(scopes, symbols, symbol);
	}
}

void symbols_visit_target(struct scopes *scopes, struct symbols *symbols,
			  const struct node *node, bool as_parameter)
{
	if (node->kind == NODE_TUPLE) {
		for (node = node->kids[0]; node; node = node->next)
			symbols_visit_target(scopes, symbols, node,
					     as_parameter);
	} else if (node->kind == NODE_PLACE) {
		load(scopes, symbols, node->kids[0]->value);
	} else if (as_parameter) {
		symbols_declare(scopes, symbols, node->value);
	} else {
		store(scopes, symbols, node->value);
	}
}

void symbols_visit_list(struct scopes *scopes, struct symbols *symbols,
			const struct node *list)
{
	for (; list && scopes->work <= scopes->work_max; list = list->next)
		symbols_visit(scopes, symbols, list);
}

static void visit_kids(struct scopes *scopes, struct symbols *symbols,
		       const struct node *node)
{
	for (int i = 0; i < NODE_KIDS; i++)
		symbols_visit_list(scopes, symbols, node->kids[i]);
}

static void visit_from(struct scopes *scopes, struct symbols *symbols,
		       const struct node *node)
{
	symbols_visit(scopes, symbols, node->kids[0]);
	if (node->kind == NODE_IMPORT)
		store(scopes, symbols, node->kids[1]->value);
	else
		for (const struct node *name = node->kids[1]; name;
		     name = name->next)
			store(scopes, symbols, name->kids[0]->value);
}

void symbols_visit(struct scopes *scopes, struct symbols *symbols,
		   const struct node *node)
{
	switch (node->kind) {
	case NODE_NAME:
		load(scopes, symbols, node->value);
		break;
	case NODE_IF:
		visit_if(scopes, symbols, node);
		break;
	case NODE_SET:
		symbols_visit(scopes, symbols, node->kids[1]);
		symbols_visit_target(scopes, symbols, node->kids[0], false);
		break;
	case NODE_SET_BLOCK:
		symbols_visit_target(scopes, symbols, node->kids[0], false);
		break;
	case NODE_MACRO:
		store(scopes, symbols, node->value);
		break;
	case NODE_IMPORT:
	case NODE_FROM:
		visit_from(scopes, symbols, node);
		break;
	case NODE_FOR:
	case NODE_WITH: /* the values */
		symbols_visit_list(scopes, symbols, node->kids[1]);
		break;
	case NODE_CALL_BLOCK:
		symbols_visit(scopes, symbols, node->kids[2]);
		break;
	case NODE_FILTER_BLOCK:
		symbols_visit(scopes, symbols, node->kids[0]);
		break;
	case NODE_BLOCK:
	case NODE_AUTOESCAPE:
		break;
	default:
		visit_kids(scopes, symbols, node);
	}
}
