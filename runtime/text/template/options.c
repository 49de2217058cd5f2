#include "runtime/text/template/options.h"

void template_options_init(struct template_options *options)
{
	*options = (struct template_options){
		.block_start = "{%",
		.block_end = "%}",
		.variable_start = "{{",
		.variable_end = "}}",
		.comment_start = "{#",
		.comment_end = "#}",
		.newline = "\n",
		.do_tag = true,
		.loop_controls = true,
		.undefined = UNDEFINED_STRICT,
		.limits = {.steps = 100u << 20,
			   .output = 256u << 20,
			   .memory = 512u << 20,
			   .depth = 200,
			   .template = 16u << 20},
	};
}
