---@meta model_train
--- Learns boosted trees from a table.
error("definitions for the editor, not a module")

---@class model_train
local model_train = {}

---@class model_train.Options
---@field file? string how errors name the text [data]
---@field read? boolean `text` is the path of a file, read in parts
---@field progress? fun(trees: integer, all: integer, loss?: number): boolean?
---called after each tree, with the loss of what is held out; false ends it
---@field label string column of what is to be predicted
---@field weight? string column: how much a row counts
---@field time? string column: the order of the rows; no feature
---@field ignore? string|string[] columns that are no features
---@field categorical? string|string[] columns of texts
---@field objective? string "regression", "l1", "huber", … ["binary"]
---@field blend? boolean trees, a linear model and base rates [false]
---@field alpha? number of quantile [0.5] and huber [0.9]
---@field trees? integer [by the number of rows]
---@field leaves? integer of a tree [by the number of rows]
---@field rate? number of learning [by the number of rows]
---@field bins? integer of a column [255]
---@field min_data? number rows on each side of a cut
---@field min_hessian? number ditto [0.001]
---@field min_gain? number of a cut [0]
---@field l1? number [0]
---@field l2? number [by the number of rows]
---@field group? string column: of rank, rows ordered among themselves
---@field goss? boolean trees learn from rows that are wrong [false]
---@field row_share? number of rows, drawn for each tree [1]
---@field feature_share? number ditto, of features [1]
---@field seed? integer of chance [1]
---@field from? model.Model its trees come first: training goes on
---@field balance? boolean binary: both classes weigh the same [false]
---@field monotone? table<string, integer> by column: 1 or -1, see the page
---@field threads? integer at once; the model is the same with any number [1]
---@field early_stop? integer trees that may go by without help [0: all]
---@field held_out? number share of the last rows for that [0.2]

--- Returns a model of the module model, learned from a CSV text. Raises
--- `invalid` with file and line.
---@param text string
---@param options model_train.Options
---@return model.Model
function model_train.train(text, options) end

---@class model_train.CrossOptions: model_train.Options
---@field folds? integer parts [5]

--- Returns how good models are on rows they did not see: the metrics of
--- model:evaluate over the rows of all parts, and of each part in `folds`.
--- With `time` a part is foreseen from all before it, else from all others.
---@param text string
---@param options model_train.CrossOptions
---@return table
function model_train.cross(text, options) end

return model_train
