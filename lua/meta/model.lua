---@meta model
--- Boosted trees: models of Tidemill, LightGBM and XGBoost.
error("definitions for the editor, not a module")

---@class model
local model = {}

---@class model.Model
local Model = {}

---@class model.ReadOptions
---@field file? string how errors name it (model)

--- Reads a model: Tidemill's own, LightGBM's text or XGBoost's JSON. Raises
--- `invalid` with file and line on anything else and on damage.
---@param bytes string
---@param options? model.ReadOptions
---@return model.Model
function model.read(bytes, options) end

--- Predicts one row: a table by the features' names, or a list in their
--- order; what is missing is a missing value. Returns a number, or one a
--- class. With `raw` the scores before they are made probabilities.
---@param row table
---@param raw? boolean
---@return number ...
function Model:predict(row, raw) end

--- Returns how much of the raw score of `output` (1) each feature is
--- responsible for, and the bias: together they are the raw score.
---@param row table
---@param output? integer
---@return table<string, number>
---@return number bias
function Model:contributions(row, output) end

--- Returns the leaf that each tree has for the row.
---@param row table
---@return integer[]
function Model:leaves(row) end

---@class model.ScoreOptions
---@field file? string how errors name the text (data)
---@field read? boolean `text` is the path of a file, read in parts
---@field want? "predictions"|"raw"|"contributions"
---@field ignore? string a column that is no feature

--- Returns an iterator over parts of CSV, header first: a line for each row of
--- `text`, which is CSV with a header. Raises `invalid` "FILE:LINE: what".
---@param text string
---@param options? model.ScoreOptions
---@return fun(): string?
function Model:scores(text, options) end

---@class model.EvaluateOptions
---@field label string the column with what is true
---@field file? string how errors name the text (data)
---@field read? boolean `text` is the path of a file, read in parts
---@field group? string column: rows that are ordered among themselves
---@field weight? string column: how much a row counts [all the same]
---@field upper? model.Model of the upper end of an interval

--- Returns metrics of the predictions for the rows of a CSV text: auc,
--- average_precision, log_loss, brier, ece, f1, accuracy, precision_at_10,
--- recall_at_10, … and `reliability` for two classes; log_loss and accuracy
--- for more; rmse, mae, r2 and what the objective is about for numbers. With
--- `upper` also coverage: the share of rows in the interval from this model's
--- prediction to that one's, and its mean width.
---@param text string
---@param options model.EvaluateOptions
---@return table
function Model:evaluate(text, options) end

---@class model.ImportanceOptions
---@field label string the column with what is true
---@field file? string how errors name the text (data)
---@field read? boolean `text` is the path of a file, read in parts
---@field rows? integer how many of the first rows are looked at (20000)
---@field seed? integer of the shuffling (1)

--- Returns how much the loss (log loss of classes, else the mean squared
--- error) grows when a feature's values are shuffled, and the loss as it is.
---@param text string
---@param options model.ImportanceOptions
---@return table<string, number>
---@return number loss
function Model:importance(text, options) end

---@class model.CalibrateOptions
---@field label string the column with what is true: 0 or 1
---@field file? string how errors name the text (data)
---@field read? boolean `text` is the path of a file, read in parts
---@field method? "best"|"platt"|"isotonic" "best" is the one with the least
--- log loss in cross-validation, or none

--- Returns a model whose probabilities are calibrated on the rows of a CSV
--- text, which it was not trained on.
---@param text string
---@param options model.CalibrateOptions
---@return model.Model
function Model:calibrate(text, options) end

--- Returns what the model is: objective, transform, trees, leaves, depth,
--- outputs, bytes, classes, about, and features with name, gain and splits;
--- of a blend also shares: trees, linear, rates and constant.
---@return table
function Model:info() end

--- Returns the model as bytes: "tidemill" (default) or "lightgbm", its text.
---@param format? "tidemill"|"lightgbm"
---@return string
function Model:export(format) end
