/* Opening an image: its arrays are used where they are. */
#include "runtime/learn/gbt/model.h"

#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/learn/gbt/added.h"
#include "runtime/learn/gbt/check.h"
#include "runtime/learn/gbt/image.h"

static const char *const objective_names[GBT_OBJECTIVES] = {
	[GBT_REGRESSION] = "regression",
	[GBT_BINARY] = "binary",
	[GBT_L1] = "l1",
	[GBT_HUBER] = "huber",
	[GBT_QUANTILE] = "quantile",
	[GBT_POISSON] = "poisson",
	[GBT_GAMMA] = "gamma",
	[GBT_TWEEDIE] = "tweedie",
	[GBT_MULTICLASS] = "multiclass",
	[GBT_ONE_VS_ALL] = "one-vs-all",
	[GBT_CROSS_ENTROPY] = "cross-entropy",
	[GBT_RANK] = "rank",
	[GBT_OTHER] = "other",
};

static int invalid(struct error **err, const char *what)
{
	return error_set(err, ERROR_INVALID, "not a model: %s", what);
}

static int check_parts(const struct gbt_header *header, size_t size,
		       struct error **err)
{
	uint32_t count = gbt_section_count(header->version);

	for (uint32_t i = 0; i < count; i++) {
		const struct gbt_part *part = &header->parts[i];

		if (part->offset % GBT_IMAGE_ALIGN || part->offset > size ||
		    part->count > INT32_MAX ||
		    part->count >
			    (size - part->offset) /
				    gbt_section_width((enum gbt_section)i))
			return invalid(err, "a section lies outside of it");
	}
	return 0;
}

static int check_header(const struct gbt_header *header, size_t size,
			struct error **err)
{
	if (size < gbt_header_size(GBT_IMAGE_PLAIN) ||
	    !gbt_is_image(header, size))
		return invalid(err, "expected a Tidemill model");
	if (header->order != GBT_IMAGE_ORDER)
		return invalid(err, "it is of a machine with another byte"
				    " order");
	if (header->version < GBT_IMAGE_PLAIN ||
	    header->version > GBT_IMAGE_VERSION)
		return error_set(err, ERROR_INVALID,
				 "the model's format is version %u, expected"
				 " at most %d",
				 header->version, GBT_IMAGE_VERSION);
	if (header->size != size || size < gbt_header_size(header->version))
		return invalid(err, "it has another length than it says: cut"
				    " off?");
	if (gbt_image_checksum(header, size) != header->checksum)
		return invalid(err, "its checksum does not fit: damaged");
	if (header->features > GBT_FEATURES_MAX || header->outputs < 1 ||
	    header->outputs > GBT_OUTPUTS_MAX)
		return invalid(err, "too many features or outputs");
	if (header->objective >= GBT_OBJECTIVES ||
	    header->transform >= GBT_TRANSFORMS ||
	    header->calibration > GBT_ISOTONIC)
		return invalid(err, "unknown objective");
	return check_parts(header, size, err);
}

static uint32_t count_of(const struct gbt_header *header,
			 enum gbt_section which)
{
	return which < gbt_section_count(header->version)
		       ? (uint32_t)header->parts[which].count
		       : 0;
}

static const void *section(const struct gbt_header *header,
			   enum gbt_section which)
{
	return count_of(header, which)
		       ? (const char *)header + header->parts[which].offset
		       : NULL;
}

static void place_arrays(struct gbt_model *model,
			 const struct gbt_header *header)
{
	model->tree_count = count_of(header, GBT_SECTION_TREES);
	model->node_count = count_of(header, GBT_SECTION_NODES);
	model->leaf_count = count_of(header, GBT_SECTION_LEAF_VALUES);
	model->base = section(header, GBT_SECTION_BASE);
	model->trees = section(header, GBT_SECTION_TREES);
	model->nodes = section(header, GBT_SECTION_NODES);
	model->leaf_values = section(header, GBT_SECTION_LEAF_VALUES);
	model->leaf_ids = section(header, GBT_SECTION_LEAF_IDS);
	model->leaf_covers = section(header, GBT_SECTION_LEAF_COVERS);
	model->node_covers = section(header, GBT_SECTION_NODE_COVERS);
	model->gains = section(header, GBT_SECTION_GAINS);
	model->expected = section(header, GBT_SECTION_EXPECTED);
	model->set_first = section(header, GBT_SECTION_SET_FIRST);
	model->set_words = section(header, GBT_SECTION_SET_WORDS);
	if (model->set_first)
		model->set_count = count_of(header, GBT_SECTION_SET_FIRST) - 1;
	model->level_first = section(header, GBT_SECTION_LEVEL_FIRST);
	model->linear.first = section(header, GBT_SECTION_LINEAR_FIRST);
	model->linear.constants = section(header, GBT_SECTION_LINEAR_CONSTANTS);
	model->linear.features = section(header, GBT_SECTION_LINEAR_FEATURES);
	model->linear.coefficients =
		section(header, GBT_SECTION_LINEAR_COEFFICIENTS);
	model->added.first = section(header, GBT_SECTION_ADDED_FIRST);
	model->added.values = section(header, GBT_SECTION_ADDED_VALUES);
	model->calibration_table = section(header, GBT_SECTION_CALIBRATION);
	model->calibration_count = count_of(header, GBT_SECTION_CALIBRATION);
}

static int check_counts(const struct gbt_model *model,
			const struct gbt_header *header, struct error **err)
{
	const struct gbt_part *parts = header->parts;
	uint64_t leaves = model->leaf_count, nodes = model->node_count;
	bool fits = parts[GBT_SECTION_BASE].count == model->outputs &&
		    parts[GBT_SECTION_LEAF_IDS].count == leaves &&
		    parts[GBT_SECTION_LEAF_COVERS].count == leaves &&
		    parts[GBT_SECTION_NODE_COVERS].count == nodes &&
		    parts[GBT_SECTION_GAINS].count == nodes &&
		    parts[GBT_SECTION_EXPECTED].count == model->tree_count &&
		    parts[GBT_SECTION_NAMES].count == model->features;

	if (model->level_first)
		fits = fits && parts[GBT_SECTION_LEVEL_FIRST].count ==
				       (uint64_t)model->features + 1;
	if (model->set_count)
		fits = fits && model->set_first[model->set_count] <=
				       parts[GBT_SECTION_SET_WORDS].count;
	if (model->added.first)
		fits = fits && parts[GBT_SECTION_ADDED_FIRST].count ==
				       (uint64_t)model->features + 1;
	if (model->linear.first)
		fits = fits &&
		       parts[GBT_SECTION_LINEAR_FIRST].count == leaves + 1 &&
		       parts[GBT_SECTION_LINEAR_CONSTANTS].count == leaves &&
		       parts[GBT_SECTION_LINEAR_FEATURES].count >=
			       model->linear.first[leaves] &&
		       parts[GBT_SECTION_LINEAR_COEFFICIENTS].count >=
			       model->linear.first[leaves];
	if (model->calibration == GBT_PLATT)
		fits = fits && model->calibration_count == 2;
	if (model->calibration == GBT_ISOTONIC)
		fits = fits && model->calibration_count >= 2 &&
		       model->calibration_count % 2 == 0;
	return fits ? 0 : invalid(err, "its sections do not fit together");
}

static int place_strings(struct gbt_model *model,
			 const struct gbt_header *header, struct error **err)
{
	struct gbt_strings *lists[] = {&model->names, &model->levels,
				       &model->classes, &model->about};
	static const enum gbt_section sections[] = {
		GBT_SECTION_NAMES, GBT_SECTION_LEVELS, GBT_SECTION_CLASSES,
		GBT_SECTION_ABOUT};
	static const char *const whats[] = {"names", "levels", "classes",
					    "notes"};
	const char *text = section(header, GBT_SECTION_TEXT);
	size_t size = header->parts[GBT_SECTION_TEXT].count;

	if (size && text[size - 1] != '\0')
		return invalid(err, "its text has no end");
	for (int i = 0; i < 4; i++) {
		lists[i]->bytes = text;
		lists[i]->offsets = section(header, sections[i]);
		lists[i]->count = count_of(header, sections[i]);
		if (gbt_check_strings(lists[i], size, whats[i], err) < 0)
			return -1;
	}
	return model->level_first ? gbt_check_levels(model, err) : 0;
}

static int open_image(struct gbt_model *model, struct error **err)
{
	const struct gbt_header *header = model->image;

	if (check_header(header, model->image_size, err) < 0)
		return -1;
	model->features = header->features;
	model->outputs = header->outputs;
	model->objective = header->objective;
	model->transform = header->transform;
	model->sigmoid = header->sigmoid;
	model->alpha = header->alpha;
	model->power = header->power;
	model->average = header->flags & GBT_IMAGE_AVERAGE;
	model->float_sums = header->flags & GBT_IMAGE_FLOAT_SUMS;
	model->calibration = header->calibration;
	place_arrays(model, header);
	if (check_counts(model, header, err) < 0 ||
	    place_strings(model, header, err) < 0)
		return -1;
	if (gbt_check_added(model, count_of(header, GBT_SECTION_ADDED_VALUES),
			    err) < 0)
		return -1;
	return gbt_check_trees(model, err);
}

struct gbt_model *gbt_model_open(const void *image, size_t size,
				 struct error **err)
{
	struct gbt_model *model = mem_alloc(sizeof(*model));

	model->image = image;
	model->image_size = size;
	if (open_image(model, err) < 0) {
		gbt_model_free(model);
		return NULL;
	}
	return model;
}

struct gbt_model *gbt_model_adopt(void *image, size_t size, struct error **err)
{
	struct gbt_model *model = gbt_model_open(image, size, err);

	if (model)
		model->owned = image;
	else
		mem_free(image);
	return model;
}

void gbt_model_free(struct gbt_model *model)
{
	if (!model)
		return;
	mem_free(model->owned);
	mem_free(model);
}

bool gbt_is_image(const void *bytes, size_t size)
{
	return size >= 8 && memcmp(bytes, GBT_IMAGE_MAGIC, 8) == 0;
}

const char *gbt_string(const struct gbt_strings *strings, uint32_t index)
{
	return strings->bytes + strings->offsets[index];
}

uint32_t gbt_level_count(const struct gbt_model *model, uint32_t feature)
{
	if (!model->level_first)
		return 0;
	return model->level_first[feature + 1] - model->level_first[feature];
}

int64_t gbt_level(const struct gbt_model *model, uint32_t feature,
		  const char *text, size_t length)
{
	uint32_t low = 0, high = gbt_level_count(model, feature);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const char *level = gbt_string(
			&model->levels, model->level_first[feature] + middle);
		size_t own = strlen(level);
		int order = memcmp(level, text, own < length ? own : length);

		if (order == 0 && own == length)
			return middle;
		if (order == 0)
			order = own < length ? -1 : 1;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

uint32_t gbt_predictions(const struct gbt_model *model)
{
	return model->transform == GBT_LARGEST ? 1 : model->outputs;
}

uint32_t gbt_iterations(const struct gbt_model *model)
{
	uint32_t iterations = model->tree_count / model->outputs;

	return iterations ? iterations : 1;
}

const char *gbt_objective_name(enum gbt_objective objective)
{
	return objective_names[objective];
}

bool gbt_objective_find(const char *name, enum gbt_objective *objective)
{
	for (int i = 0; i < GBT_OBJECTIVES; i++)
		if (strcmp(name, objective_names[i]) == 0) {
			*objective = (enum gbt_objective)i;
			return true;
		}
	return false;
}
