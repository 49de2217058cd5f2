/* Other templates: includes and imports. */
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/text/template/library.h"
#include "runtime/text/template/track.h"

/* An imported template: what it printed, and the names it sets. */
struct module {
	struct value_object object;
	struct context *context;
	struct value text;
};

const struct template *find_template(struct render *render, struct value name,
				     const char *how)
{
	const struct template *template;
	char *text;

	if (name.kind == VALUE_UNDEFINED) {
		render_missing(render, name);
		return NULL;
	}
	if (name.flags & VALUE_TAINTED) {
		render_fail(render, RENDER_RUNTIME,
			    "a secret cannot name a template");
		return NULL;
	}
	if (name.kind != VALUE_STRING) {
		render_fail(render, RENDER_TYPE,
			    "the name of a template must be a string, not %s",
			    value_type_name(name));
		return NULL;
	}
	text = mem_copy_n(name.bytes, name.length);
	template = environment_get(render->environment, text, render->error);
	mem_free(text);
	if (template)
		return template;
	if (render->error->template)
		render_note(render, "%s", how);
	else
		render_locate(render);
	return NULL;
}

/* Forget that a template was not found. */
static bool forgive(struct render *render)
{
	if (render->error->fault != RENDER_NOT_FOUND &&
	    render->error->fault != RENDER_UNDEFINED)
		return false;
	template_error_release(render->error);
	return true;
}

static const struct template *fail_select(struct render *render,
					  const struct value_list *names)
{
	struct buf text;

	if (names->count == 0) {
		render_fail(render, RENDER_NOT_FOUND,
			    "Tried to select from an empty list of"
			    " templates.");
		return NULL;
	}
	buf_init(&text, 4096);
	for (uint32_t i = 0; i < names->count; i++) {
		buf_puts(&text, i > 0 ? ", " : "");
		value_print(render, names->items[i], &text);
	}
	render_fail(render, RENDER_NOT_FOUND,
		    "none of the templates given were found: %s",
		    text.data ? text.data : "");
	buf_release(&text);
	return NULL;
}

/* The first of the templates that there is. */
static const struct template *select_template(struct render *render,
					      struct value name)
{
	const struct template *template = NULL;

	if (name.kind != VALUE_LIST && name.kind != VALUE_TUPLE)
		return find_template(render, name, "included");
	for (uint32_t i = 0; i < name.list->count && !template; i++) {
		template =
			find_template(render, name.list->items[i], "included");
		if (!template && !forgive(render))
			return NULL;
	}
	return template ? template : fail_select(render, name.list);
}

/* Run `template` as a module of its own; its text is taken. */
static struct module *make_module(struct render *render, struct loaded *loaded,
				  struct value_dict *parent)
{
	struct module *module = arena_alloc(&render->arena, sizeof(*module));
	size_t start = render->out->length;

	*module =
		(struct module){.context = context_new(render, loaded, parent)};
	if (run_root(render, module->context, loaded) != 0)
		return NULL;
	return take_output(render, start, false, &module->text) ? NULL : module;
}

static int get_attribute(struct render *render, struct value self,
			 struct value name, struct value *out)
{
	const struct module *module = (const struct module *)self.object;
	const struct context *context = module->context;
	const struct value *value;

	(void)render;
	if (text_is(name, "__name__")) {
		*out = context->loaded->template->name;
		return 1;
	}
	if (!context->exported || !value_dict_get(context->exported, name))
		return 0;
	value = value_dict_get(context->vars, name);
	if (value)
		*out = *value;
	return value != NULL;
}

static int print(struct render *render, struct value self, struct buf *out)
{
	const struct module *module = (const struct module *)self.object;

	(void)render;
	return buf_append(out, module->text.bytes, module->text.length);
}

static const struct value_class module_class = {
	.name = "TemplateModule", .attribute = get_attribute, .print = print};

bool is_module(struct value value)
{
	return value.kind == VALUE_OBJECT &&
	       value.object->class == &module_class;
}

static struct value module_value(struct module *module)
{
	module->object.class = &module_class;
	return (struct value){
		.kind = VALUE_OBJECT,
		.flags = module->text.flags & VALUE_TAINTED ? VALUE_HOLDS : 0,
		.object = &module->object};
}

/* The module of a template without context, which runs once. */
static struct module *shared_module(struct render *render,
				    struct loaded *loaded)
{
	struct module *module;

	if (loaded->module.kind == VALUE_OBJECT)
		return (struct module *)loaded->module.object;
	module = make_module(render, loaded, NULL);
	if (module)
		loaded->module = module_value(module);
	return module;
}

static int print_module(struct render *render, const struct node *node,
			const struct module *module)
{
	size_t start = render->out->length;

	if (buf_append(render->out, module->text.bytes, module->text.length))
		return -1;
	return map_print(render, node, module->text, start);
}

int exec_include(struct render *render, const struct node *node)
{
	const struct template *template;
	struct context *context = render->frame->context;
	struct loaded *loaded;
	struct module *module;
	struct value name;
	int result;

	render->at = node;
	if (eval(render, node->kids[0], &name) != 0)
		return -1;
	template = select_template(render, name);
	if (!template)
		return (node->flags & NODE_OPTIONAL) &&
				       render->error->fault ==
					       RENDER_NOT_FOUND &&
				       forgive(render)
			       ? 0
			       : -1;
	loaded = render_loaded(render, template);
	if (node->flags & NODE_CONTEXT) {
		result = run_root(render,
				  context_new(render, loaded,
					      context_all(render, context,
							  node->plan.names)),
				  loaded);
	} else {
		module = shared_module(render, loaded);
		result = module ? print_module(render, node, module) : -1;
	}
	if (result != 0)
		render_note(render, "included");
	return result;
}

/* Import one name, or an undefined value that says what is wrong. */
static struct value find_export(struct render *render, struct module *module,
				const struct node *from,
				const struct node *name)
{
	const struct template *here = render->frame->loaded->template;
	struct value there = module->context->loaded->template->name;
	struct value value;

	if (get_attribute(render, module_value(module), name->value, &value))
		return value;
	return render_undefined(
		render,
		"the template '%.*s' (imported on line %u in '%.*s') does not"
		" export the requested name '%.*s'",
		(int)there.length, there.bytes, from->line,
		(int)here->name.length, here->name.bytes,
		(int)name->value.length, name->value.bytes);
}

static int import_names(struct render *render, const struct node *node,
			struct module *module)
{
	bool exported = node->flags & NODE_EXPORTED;

	for (const struct node *name = node->kids[1]; name; name = name->next) {
		const struct node *target = name;
		struct value value = module_value(module);

		if (node->kind == NODE_FROM) {
			target = name->kids[0];
			value = find_export(render, module, node, name);
		}
		if (assign(render, target, value) != 0)
			return -1;
		if (exported)
			export_name(render, target->value, value, false);
	}
	return 0;
}

int exec_import(struct render *render, const struct node *node)
{
	const struct template *template;
	struct loaded *loaded;
	struct module *module;
	struct value name;

	render->at = node;
	if (eval(render, node->kids[0], &name) != 0)
		return -1;
	template = find_template(render, name, "imported");
	if (!template)
		return -1;
	loaded = render_loaded(render, template);
	if (node->flags & NODE_CONTEXT)
		module = make_module(render, loaded,
				     context_all(render, render->frame->context,
						 node->plan.names));
	else
		module = shared_module(render, loaded);
	if (!module) {
		render_note(render, "imported");
		return -1;
	}
	return import_names(render, node, module);
}
